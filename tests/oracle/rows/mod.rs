//! Compares row values with their formulas in `f64`: each stays within its stated bound, for easy,
//! difficult, short and long rows.

mod library;

use crate::common::bounds::{bound_of_alike_rows, bound_of_rows};
use crate::common::random::Random;
use weighbridge::statistic::{Accumulator, Statistic, ValueFn, ValueSpec};
use weighbridge::{Batch, Device, Evaluator, Task};

/// The quantities in the formulas of a row.
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

    /// The sum of a function of scores over all classes except one, small terms first.
    fn sum(&self, without: usize, of: impl Fn(f64) -> f64) -> f64 {
        let other_classes = self.scores.iter().enumerate().filter(|(class, _)| *class != without);
        let mut terms: Vec<_> = other_classes.map(|(_, &score)| of(score)).collect();
        terms.sort_by(f64::total_cmp);
        terms.iter().sum()
    }

    /// Σ e^(z − top) over all classes except the arg max.
    fn rest(&self) -> f64 {
        self.sum(self.top, |score| libm::exp(score - self.scores[self.top]))
    }

    fn probability(&self, class: usize) -> f64 {
        libm::exp(self.scores[class] - self.scores[self.top]) / (1.0 + self.rest())
    }

    fn value(&self, function: ValueFn, parameter: f64) -> f64 {
        let Self { ref scores, truth, top } = *self;
        let (classes, of_truth) = (scores.len() as f64, scores[truth]);
        let gap = scores[top] - of_truth;
        match function {
            ValueFn::TopK => {
                let before = |(class, &score): (usize, &f64)| {
                    score > of_truth || score == of_truth && class < truth
                };
                let rank = scores.iter().enumerate().filter(|&entry| before(entry)).count();
                f64::from(u8::from((rank as f64) < parameter))
            }
            ValueFn::CategoricalHinge => {
                let other_classes = scores.iter().enumerate().filter(|(class, _)| *class != truth);
                let other =
                    other_classes.fold(f64::NEG_INFINITY, |max, (_, &score)| max.max(score));
                (1.0 + (other - of_truth)).max(0.0)
            }
            ValueFn::SoftmaxLoss => gap + libm::log1p(self.rest()),
            ValueFn::UniformCrossEntropy => {
                let gaps = self.sum(usize::MAX, |score| scores[top] - score);
                gaps / classes + libm::log1p(self.rest())
            }
            ValueFn::MaxSoftmax => 1.0 / (1.0 + self.rest()),
            ValueFn::SoftmaxBrier => {
                let whole = 1.0 + self.rest();
                let lacking =
                    if truth == top { self.rest() / whole } else { 1.0 - self.probability(truth) };
                let square = |score: f64| (libm::exp(score - scores[top]) / whole).powi(2);
                lacking * lacking + self.sum(truth, square)
            }
            ValueFn::CrossEntropyOfProbabilities => -libm::log(of_truth.max(parameter)),
            ValueFn::UniformCrossEntropyOfProbabilities => {
                self.sum(usize::MAX, |p| -libm::log(p.max(parameter))) / classes
            }
            ValueFn::MaxProbability => scores[top],
            ValueFn::BrierOfProbabilities => (1.0 - of_truth).powi(2) + self.sum(truth, |p| p * p),
            _ => unreachable!("no value of rows"),
        }
    }
}

/// A number from 0 to 1.
fn unit(random: &mut Random) -> f64 {
    (random.bits() >> 11) as f64 / 2_f64.powi(53)
}

/// Rows of logits: similar, far apart, one far above the others, ties, tiny differences, large.
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

fn evaluator(classes: usize, value: ValueSpec) -> Evaluator {
    let builder = Evaluator::builder(Task::Multiclass).classes(classes);
    let builder = builder.statistics([Statistic::Sum(value)]).device(Device::Cpu);
    builder.build().expect("an evaluator")
}

/// The parameter with which a value is tested.
fn parameter(function: ValueFn) -> f32 {
    let range = function.parameter_ranges().remove(0);
    if *range.end() == 0.0 { 0.0 } else { 0.01_f32.max(*range.start()) }
}

/// The value of one row by the CPU engine; none if it is flushed to zero.
fn found(evaluator: &mut Evaluator, row: &[f32], truth: usize) -> Option<f64> {
    evaluator.reset().expect("a reset");
    evaluator.update(&Batch::new(row, &[truth as u32])).expect("a row");
    let total = &evaluator.state().expect("a state").totals[0].statistics[0];
    assert_eq!(total.faults.unnormalized, 0);
    assert_eq!(total.faults.outside.unweighted, 0);
    assert_eq!(total.faults.nonfinite.unweighted, 0);
    if total.faults.overflow.unweighted > 0 {
        return Some(f64::INFINITY);
    }
    let Accumulator::Sum(sum) = total.content else { panic!("no sum") };
    (total.faults.underflow == 0).then(|| sum.unweighted.to_f64())
}

/// The error of a row value in ulp; infinite if it is of the wrong kind.
fn error(evaluator: &mut Evaluator, value: ValueSpec, row: &[f32], truth: usize) -> f64 {
    let exact = Exact::new(row, truth).value(value.function, value.parameter.single.into());
    let right = |kind: bool| if kind { 0.0 } else { f64::INFINITY };
    let classes = row.len() as f64;
    match found(evaluator, row, truth) {
        // e^(runner-up − top) counts as zero below 2^-125, its square below 2^-124: the sum over
        // all classes may be larger by the number of classes.
        None if value.function == ValueFn::SoftmaxBrier => {
            right(exact < classes * classes * 0.5_f64.powi(124))
        }
        None => right(exact < classes * 0.5_f64.powi(124)),
        // The differences in a mean overflow before the division.
        Some(f64::INFINITY) if value.function == ValueFn::UniformCrossEntropy => {
            right(exact > f64::from(f32::MAX) * (1.0 - 1e-6) / classes)
        }
        Some(f64::INFINITY) => right(exact > f64::from(f32::MAX) * (1.0 - 1e-6)),
        Some(found) => {
            let size = (exact as f32).max(f32::MIN_POSITIVE);
            (found - exact).abs() / f64::from(size.next_up() - size)
        }
    }
}

/// The error of the formulas in `f64`: sums of 200,000 terms have a relative error of at most
/// 200,000 · 2^-53, which is 2^-12 ulp.
const SLACK: f64 = 0.000_25;

#[test]
fn values_of_rows_are_within_their_bounds() {
    let mut random = Random::new(31);
    for &function in ValueFn::OF_ROWS {
        let value = ValueSpec { function, parameter: parameter(function).into() };
        let mut worst = (0.0, 0);
        for (classes, turns) in
            [(2, 4000), (3, 4000), (10, 3000), (64, 1000), (65, 1000), (129, 500), (1000, 200)]
        {
            let mut evaluator = evaluator(classes, value);
            for turn in 0..turns {
                let rows = if function.is_of_probabilities() { probabilities } else { logits };
                let row = rows(&mut random, classes, turn);
                let truth = match turn % 3 {
                    0 => Exact::new(&row, 0).top,
                    _ => random.below(classes),
                };
                let error = error(&mut evaluator, value, &row, truth);
                let what = format!("{} of {classes} classes, {truth}", function.name());
                let bound = bound_of_rows(function) + SLACK;
                assert!(error <= bound, "{what}: off by {error} ulp: {row:?}");
                if error > worst.0 {
                    worst = (error, classes);
                }
            }
        }
        println!("{}: {:.3} ulp, of {} classes", function.name(), worst.0, worst.1);
    }
}

/// The most difficult rows: many classes whose terms are all rounded in the same direction, one
/// class far above or below all others, numbers at the ends of their range.
fn hard_logits(random: &mut Random) -> Vec<(String, Vec<f32>)> {
    let mut rows = Vec::new();
    let mut push = |name: &str, row: Vec<f32>| rows.push((format!("{} of {name}", row.len()), row));
    let one = |classes: usize, top: f32, rest: f32| {
        let mut row = vec![rest; classes];
        row[classes / 2] = top;
        row
    };
    // Enough equal classes that together they are as probable as the first.
    for (classes, gap) in [(20_001, 9.9), (200_000, 12.2)] {
        push("alike, one above", one(classes, 100.7, 100.7 - gap));
        // The terms relative to the runner-up are all rounded in the same direction, the last ones
        // by the maximum (see tests/oracle/float.rs).
        for (gap, step) in [(gap, 0.1), (gap, 0.7), (gap / 2.0, 4.501_469), (gap, 4.501_469)] {
            let mut row = one(classes, 0.0, -gap - step);
            row[0] = -gap;
            push("alike, two above", row);
        }
    }
    for _ in 0..500 {
        let [gap, step] = [14.0, 8.0].map(|max| (max * unit(random)) as f32);
        let mut row = one(1000, 0.0, -gap - step);
        row[0] = -gap;
        push("alike, two above", row);
    }
    for classes in [2, 3, 64, 65, 1000, 200_000] {
        push("equal", vec![0.7; classes]);
        push("-1e30", vec![-1e30; classes]);
        push("equal but one", one(classes, 1.0, 0.999_999_94));
        push("one far above", one(classes, 1e30, 0.0));
        push("one above by 50", one(classes, 50.0, 0.0));
        push("one above by 87", one(classes, 87.0, 0.0));
        push("one far below", one(classes, -1e30, 0.0));
        push("the largest and the least", one(classes, f32::MAX, f32::MIN));
        push("the least and the largest", one(classes, f32::MIN, f32::MAX));
        push("the largest", vec![f32::MAX; classes]);
        push("small ones", one(classes, f32::MIN_POSITIVE, -f32::MIN_POSITIVE));
        let steps = (0..classes).map(|class| -((class * 7919 % classes) as f32) / 64.0);
        push("steps", steps.collect());
    }
    rows
}

#[test]
fn hard_rows_are_within_the_bounds_for_equally_rounded_terms() {
    for &function in ValueFn::OF_ROWS {
        if function.is_of_probabilities() {
            continue;
        }
        let value = ValueSpec { function, parameter: parameter(function).into() };
        let (mut random, mut worst) = (Random::new(37), (0.0, String::new()));
        for (name, row) in hard_logits(&mut random) {
            let mut evaluator = evaluator(row.len(), value);
            let top = Exact::new(&row, 0).top;
            for truth in [top, 0, row.len() - 1] {
                let error = error(&mut evaluator, value, &row, truth);
                let bound = bound_of_alike_rows(function) + SLACK;
                assert!(error <= bound, "{}, {truth}, {name}: off by {error} ulp", function.name());
                if error > worst.0 {
                    worst = (error, name.clone());
                }
            }
        }
        println!("{}: {:.3} ulp, {}", function.name(), worst.0, worst.1);
    }
}

/// A class with probability 0 only affects means over all classes, so rows in one lane and rows
/// spread over all lanes have the same values.
#[test]
fn short_rows_equal_long_rows_with_absent_classes() {
    let mut random = Random::new(17);
    for &function in ValueFn::OF_ROWS {
        let value = ValueSpec { function, parameter: parameter(function).into() };
        if Statistic::Sum(value).row_needs().mean.is_some() {
            continue;
        }
        let of_probabilities = function.is_of_probabilities();
        let rows = if of_probabilities { probabilities } else { logits };
        let nothing = if of_probabilities { 0.0 } else { -1e30 };
        for (short, long) in [(2, 3), (5, 65), (63, 64), (64, 65), (64, 128), (65, 129), (64, 3001)]
        {
            let mut evaluators = [short, long].map(|classes| evaluator(classes, value));
            for turn in 0..100 {
                let mut row = rows(&mut random, short, turn);
                let truth = random.below(short);
                let [of_short, of_long] = [short, long].map(|classes| {
                    row.resize(classes, nothing);
                    let evaluator = &mut evaluators[usize::from(classes == long)];
                    evaluator.reset().expect("a reset");
                    evaluator.update(&Batch::new(&row, &[truth as u32])).expect("a row");
                    evaluator.state().expect("a state").totals
                });
                assert_eq!(of_short, of_long, "{}, {short} and {long}: {row:?}", function.name());
            }
        }
    }
}
