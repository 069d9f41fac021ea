//! Values of rows of scores against their formulas in `f64`: the bound that each states, for rows
//! that are easy and hard, short and long.

#[path = "common/bounds.rs"]
mod bounds;
#[path = "common/random.rs"]
mod random;

use bounds::bound_of_rows;
use random::Random;
use weighbridge::statistic::{Content, Function, SampleValue, Statistic};
use weighbridge::{Batch, Device, Evaluator, Task};

/// What a row's formulas are made of.
struct Exact {
    scores: Vec<f64>,
    truth: usize,
    top: usize,
}

impl Exact {
    fn new(scores: &[f32], truth: usize) -> Self {
        let scores: Vec<f64> = scores.iter().map(|&score| score.into()).collect();
        let best = |best: usize, class| if scores[class] > scores[best] { class } else { best };
        let top = (1..scores.len()).fold(0, best);
        Self { scores, truth, top }
    }

    /// The sum of a function of scores over all classes but one, the small terms first.
    fn sum(&self, without: usize, of: impl Fn(f64) -> f64) -> f64 {
        let others = self.scores.iter().enumerate().filter(|(class, _)| *class != without);
        let mut terms: Vec<_> = others.map(|(_, &score)| of(score)).collect();
        terms.sort_by(f64::total_cmp);
        terms.iter().sum()
    }

    /// Σ e^(z − top) over all classes but the arg max.
    fn rest(&self) -> f64 {
        self.sum(self.top, |score| libm::exp(score - self.scores[self.top]))
    }

    fn probability(&self, class: usize) -> f64 {
        libm::exp(self.scores[class] - self.scores[self.top]) / (1.0 + self.rest())
    }

    fn value(&self, function: Function, parameter: f64) -> f64 {
        let Self { ref scores, truth, top } = *self;
        let (classes, of_truth) = (scores.len() as f64, scores[truth]);
        let gap = scores[top] - of_truth;
        match function {
            Function::TopK => {
                let before = |(class, &score): (usize, &f64)| {
                    score > of_truth || score == of_truth && class < truth
                };
                let rank = scores.iter().enumerate().filter(|&entry| before(entry)).count();
                f64::from(u8::from((rank as f64) < parameter))
            }
            Function::CategoricalHinge => {
                let others = scores.iter().enumerate().filter(|(class, _)| *class != truth);
                let other = others.fold(f64::NEG_INFINITY, |most, (_, &score)| most.max(score));
                (1.0 + (other - of_truth)).max(0.0)
            }
            Function::SoftmaxLoss => gap + libm::log1p(self.rest()),
            Function::MeanSoftmaxLoss => {
                let gaps = self.sum(usize::MAX, |score| scores[top] - score);
                gaps / classes + libm::log1p(self.rest())
            }
            Function::SoftmaxTop => 1.0 / (1.0 + self.rest()),
            Function::SoftmaxBrier => {
                let whole = 1.0 + self.rest();
                let lacking =
                    if truth == top { self.rest() / whole } else { 1.0 - self.probability(truth) };
                let square = |score: f64| (libm::exp(score - scores[top]) / whole).powi(2);
                lacking * lacking + self.sum(truth, square)
            }
            Function::LikelihoodLoss => -libm::log(of_truth.max(parameter)),
            Function::MeanLikelihoodLoss => {
                self.sum(usize::MAX, |p| -libm::log(p.max(parameter))) / classes
            }
            Function::LikelihoodTop => scores[top],
            Function::LikelihoodBrier => (1.0 - of_truth).powi(2) + self.sum(truth, |p| p * p),
            _ => unreachable!("no value of rows"),
        }
    }
}

/// A number from 0 to 1.
fn unit(random: &mut Random) -> f64 {
    (random.bits() >> 11) as f64 / 2_f64.powi(53)
}

/// Rows of logits: alike, far apart, one far above the others, ties, tiny differences, large.
fn logits(random: &mut Random, classes: usize, turn: usize) -> Vec<f32> {
    let spread = [0.0, 1e-6, 0.01, 1.0, 5.0, 20.0, 60.0, 1e4][random.below(8)];
    let offset = [0.0, 0.0, 1.0, -30.0, 300.0][random.below(5)];
    let mut row: Vec<f32> =
        (0..classes).map(|_| (offset + spread * (2.0 * unit(random) - 1.0)) as f32).collect();
    let one = random.below(classes);
    match turn % 4 {
        0 => row[one] += [1.0, 5.0, 12.0, 16.0, 25.0, 80.0][random.below(6)],
        1 => row[one] = row[random.below(classes)],
        _ => {}
    }
    row
}

/// Rows of probabilities, rounded to `f32`: from logits, and some with zeros.
fn probabilities(random: &mut Random, classes: usize, turn: usize) -> Vec<f32> {
    let exact = Exact::new(&logits(random, classes, turn), 0);
    let total = 1.0 + exact.rest();
    let top = exact.scores[exact.top];
    let flushed = |p: f32| if p < 2_f32.powi(-61) { 0.0 } else { p };
    exact.scores.iter().map(|score| flushed((libm::exp(score - top) / total) as f32)).collect()
}

/// The value of one row, as the CPU engine has it; none if it counts as too small.
fn found(evaluator: &mut Evaluator, row: &[f32], truth: usize) -> Option<f64> {
    evaluator.reset().expect("a reset");
    evaluator.update(&Batch::new(row, &[truth as u32])).expect("a row");
    let total = &evaluator.state().expect("a state").totals[0].statistics[0];
    assert_eq!(total.faults.unnormalized, 0);
    assert_eq!(total.faults.outside.unweighted, 0);
    let Content::Sum(sum) = total.content else { panic!("no sum") };
    (total.faults.underflow == 0).then(|| sum.unweighted.to_f64())
}

#[test]
fn values_of_rows_are_as_near_to_their_formulas_as_they_say() {
    let mut random = Random::new(31);
    for &function in Function::OF_ROWS {
        let range = function.parameter_ranges().remove(0);
        let mut worst = (0.0, 0, 0.0, 0.0);
        for (classes, turns) in
            [(2, 4000), (3, 4000), (10, 3000), (64, 1000), (65, 1000), (129, 500), (1000, 200)]
        {
            let parameter = if *range.end() == 0.0 { 0.0 } else { 0.01_f32.max(*range.start()) };
            let statistic = Statistic::Sum(SampleValue { function, parameter });
            let mut evaluator = Evaluator::builder(Task::Multiclass)
                .classes(classes)
                .statistics([statistic])
                .device(Device::Cpu)
                .build()
                .expect("an evaluator");
            for turn in 0..turns {
                let rows = if function.is_of_probabilities() { probabilities } else { logits };
                let row = rows(&mut random, classes as usize, turn);
                let truth = match turn % 3 {
                    0 => Exact::new(&row, 0).top,
                    _ => random.below(classes as usize),
                };
                let exact = Exact::new(&row, truth).value(function, parameter.into());
                let Some(found) = found(&mut evaluator, &row, truth) else {
                    assert!(exact < 1e-36, "{} is {exact:e}", function.name());
                    continue;
                };
                let size = (exact as f32).max(f32::MIN_POSITIVE);
                let error = (found - exact).abs() / f64::from(size.next_up() - size);
                let what = format!("{} of {classes} classes, {truth}", function.name());
                assert!(
                    error <= bound_of_rows(function) + 1e-6,
                    "{what}: off by {error} ulp: {found:e}, not {exact:e}: {row:?}"
                );
                if error > worst.0 {
                    worst = (error, classes, found, exact);
                }
            }
        }
        println!("{}: {:.3} ulp, {worst:?}", function.name(), worst.0);
    }
}
