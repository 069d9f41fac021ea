//! The reference of rows of scores: reduced one score at a time, in `f64` and integers.
//!
//! Only exponentials and logarithms are taken from the library; their accuracy is tested elsewhere.

use super::reference::{self, Sample, of_rows};
use super::{check, in_order_of_a_state, totals};
use crate::common::families::{Labels, Numbers, Random, Weights};
use weighbridge::batch::FaultPolicy;
use weighbridge::internals::kernel::row::RowSummary;
use weighbridge::internals::kernel::row::exp_nonpositive;
use weighbridge::internals::kernel::{RowNeeds, ScoreKind};
use weighbridge::kernel::bits::UNDERFLOW;
use weighbridge::kernel::float;
use weighbridge::statistic::{Constant, Moment, Statistic, Task, ValueFn, ValueSpec};
use weighbridge::{Batch, Device, Evaluator, InstructionSet};

fn two_to(exponent: i32) -> f64 {
    2_f64.powi(exponent)
}

/// An f32 result; below 2^-125 it counts as zero.
fn bits(exact: f64) -> u32 {
    let number = exact as f32;
    let small = exact != 0.0 && f64::from(number).abs() < two_to(-125);
    if small { UNDERFLOW } else { number.to_bits() }
}

/// A sum of terms, each rounded to a multiple of the largest term's unit.
struct Units {
    exponent: i32,
    count: u128,
}

impl Units {
    fn new(largest: f64) -> Self {
        let exponent = if largest > 0.0 { libm::ilogb(largest) } else { -127 };
        Self { exponent: exponent.max(-105) - 43, count: 0 }
    }

    fn add(&mut self, term: f64) {
        self.count += libm::ldexp(term, -self.exponent).round_ties_even() as u128;
    }

    /// The count divided by `classes`; both the count and the quotient are rounded.
    fn over(&self, classes: u32) -> u32 {
        let rounded = self.count as f32;
        let quotient = (f64::from(rounded) / f64::from(classes)) as f32;
        bits(libm::ldexp(quotient.into(), self.exponent))
    }
}

/// The square of a number of at least 2^-62; none for smaller numbers.
fn square(x: f64) -> u32 {
    if x != 0.0 && x.abs() < two_to(-62) { UNDERFLOW } else { bits(x * x) }
}

/// A number, or 0 for one that counts as zero.
fn flush_result(bits: u32) -> f64 {
    if bits == UNDERFLOW { 0.0 } else { f32::from_bits(bits).into() }
}

fn reduce(reduction: RowNeeds, raw: &[f32], truth: u32) -> RowSummary {
    let usable = |x: f32| if x.is_normal() { x } else { 0.0 };
    let scores: Vec<f32> = raw.iter().map(|&x| usable(x)).collect();
    let classes = scores.len();
    let best = |best: usize, class| if scores[class] > scores[best] { class } else { best };
    let arg_max = (1..classes).fold(0, best);
    let other_classes = || (0..classes).filter(|&class| class != arg_max);
    let top = scores[arg_max];
    let runner_up = other_classes().map(|class| scores[class]).fold(f32::NEG_INFINITY, f32::max);
    let known = (truth as usize) < classes;
    let truth_score = if known { scores[truth as usize] } else { 0.0 };
    let before = |class: &usize| {
        let score = scores[*class];
        score > truth_score || score == truth_score && (*class as u32) < truth
    };
    let mut row = RowSummary {
        arg_max: arg_max as u32,
        truth: if known { truth } else { of_rows("NO_CLASS") },
        rank: if reduction.rank { (0..classes).filter(before).count() as u32 } else { 0 },
        max: top.to_bits(),
        runner_up: runner_up.to_bits(),
        truth_score: truth_score.to_bits(),
        ..RowSummary::default()
    };
    let mut note = |any: bool, bit: u32| row.flags |= if any { bit } else { 0 };
    let inside = |x: f32| (0.0..=1.0).contains(&x);
    let of_probabilities = reduction.scores == ScoreKind::Probabilities;
    note(raw.iter().any(|x| !x.is_finite()), of_rows("ROW_NONFINITE"));
    note(raw.iter().any(|x| x.is_subnormal()), of_rows("ROW_SUBNORMAL"));
    note(of_probabilities && scores.iter().any(|&x| !inside(x)), of_rows("ROW_OUTSIDE"));
    if reduction.scores == ScoreKind::Logits {
        let (mut sum, mut squares) = (Units::new(1.0), Units::new(1.0));
        for class in other_classes() {
            let term = f32::from_bits(exp_nonpositive((scores[class] - runner_up).to_bits()));
            sum.add(term.into());
            squares.add((term * term).into());
        }
        row.sum = sum.over(1);
        row.sum_of_squares = if reduction.squares { squares.over(1) } else { 0 };
    }
    if of_probabilities {
        let mut sum = Units::new(1.0);
        scores.iter().filter(|&&p| inside(p)).for_each(|&p| sum.add(p.into()));
        let off = sum.count.abs_diff(1 << 43);
        row.flags |= if off > 1 << 32 { of_rows("ROW_UNNORMALIZED") } else { 0 };
        let largest = square(runner_up.into());
        let mut squares = Units::new(flush_result(largest));
        if reduction.squares && inside(runner_up) {
            let inside = other_classes().map(|class| scores[class]).filter(|&p| inside(p));
            inside.for_each(|p| squares.add(flush_result(square(p.into()))));
        }
        row.sum_of_squares = if flush_result(largest) == 0.0 { largest } else { squares.over(1) };
    }
    match reduction.mean.map(Constant::bits) {
        None => {}
        Some(0) => {
            let gap = |score: f32| bits(f64::from(top) - f64::from(score));
            let lowest = scores.iter().copied().fold(f32::INFINITY, f32::min);
            let mut mean = Units::new(flush_result(gap(lowest)).min(f32::MAX.into()));
            row.mean = gap(lowest);
            if f32::from_bits(row.mean).is_normal() {
                scores.iter().for_each(|&score| mean.add(flush_result(gap(score))));
                row.mean = mean.over(classes as u32);
            }
        }
        Some(min) => {
            let loss = |p: u32| f64::from(f32::from_bits(float::ln(p))).abs();
            let mut mean = Units::new(loss(min));
            let inside = scores.iter().filter(|&&p| inside(p));
            inside.for_each(|p| mean.add(loss(p.to_bits().max(min))));
            row.mean = mean.over(classes as u32);
        }
    }
    row
}

/// All statistics of rows of scores, and some of their classes.
fn statistics(classes: u32, scores: ScoreKind) -> Vec<Statistic> {
    let fits = |function: ValueFn| {
        let kind = function.row_needs(Constant::ZERO).scores;
        kind == ScoreKind::Any || kind == scores
    };
    let mut all = vec![
        Statistic::sum(ValueFn::Correct),
        Statistic::sum(ValueFn::Error),
        Statistic::Moment(Moment::Truth),
        Statistic::Margins { classes },
    ];
    for &function in ValueFn::OF_ROWS.iter().filter(|&&function| fits(function)) {
        let range = function.parameter_ranges().remove(0);
        let parameter = if *range.end() == 0.0 { 0.0 } else { 0.01_f32.max(*range.start()) };
        let value = ValueSpec { function, parameter: parameter.into() };
        all.extend([Statistic::Sum(value), Statistic::Maximum(value)]);
        if function.is_probability() {
            all.push(Statistic::Calibration { probability: value, bins: 9 });
        }
    }
    if classes < 100 {
        all.push(Statistic::Matrix { classes });
    }
    in_order_of_a_state(Task::Multiclass, all)
}

/// A row of one family, of few distinct scores, of typical logits, or of probabilities.
fn row(kind: usize, classes: usize, random: &mut Random) -> Vec<f32> {
    let unit = |random: &mut Random| random.below(1 << 24) as f32 / (1 << 24) as f32;
    let spread = [0.01, 1.0, 4.0, 30.0][random.below(4)];
    let mut row: Vec<f32> = (0..classes)
        .map(|_| match kind.checked_sub(Numbers::ALL.len()) {
            None => Numbers::ALL[kind].sample(random)[0],
            Some(0) => random.below(3) as f32 / 2.0,
            Some(1) => spread * unit(random),
            Some(_) => unit(random).powi(1 + spread as i32),
        })
        .collect();
    if kind == Numbers::ALL.len() + 1 && classes > 64 {
        // The largest score and its runner-up are in the same lane of the CPU engine.
        let first = random.below(classes - 64);
        (row[first], row[first + 64]) = (2.0 * spread, 1.5 * spread);
    }
    if kind > Numbers::ALL.len() + 1 {
        let sum = row.iter().sum::<f32>() * [1.0, 1.0, 1.000_6, 0.9994][random.below(4)];
        row.iter_mut().for_each(|p| *p /= sum);
    }
    row
}

#[test]
fn rows_of_every_family() {
    let mut random = Random::new(23);
    for classes in [2_u32, 5, 63, 64, 65, 130, 1000] {
        for scores in [ScoreKind::Logits, ScoreKind::Probabilities] {
            let statistics = statistics(classes, scores);
            let task = Task::Multiclass;
            let plan =
                weighbridge::internals::statistic::Plan::new(task, statistics.iter().copied());
            let reduction = plan.row_needs();
            for kind in 0..Numbers::ALL.len() + 3 {
                let weights = Weights::ALL[random.below(Weights::ALL.len())];
                let labels = Labels::ALL[random.below(Labels::ALL.len())];
                let what = format!("{classes} classes, {scores:?} {kind}, {weights:?}, {labels:?}");
                let (mut prediction, mut truth, mut weight) = (vec![], vec![], vec![]);
                let mut samples = Vec::new();
                for _ in 0..(6000 / classes).max(20) {
                    let row = row(kind, classes as usize, &mut random);
                    let class = labels.class(classes, &mut random);
                    let weighs = weights.weight(&mut random);
                    samples.push(Sample::of_row(reduce(reduction, &row, class), weighs));
                    prediction.extend(row);
                    truth.push(class);
                    weight.push(weighs);
                }
                let expected = reference::totals(task, &statistics, &samples);
                for set in InstructionSet::available() {
                    let builder =
                        Evaluator::builder(task).classes(classes as usize).device(Device::Cpu);
                    let builder = builder.statistics(statistics.iter().copied());
                    let mut evaluator = builder.instructions(set).build().expect("an evaluator");
                    let batch = Batch::new(&prediction, &truth)
                        .weights(&weight)
                        .on_fault(FaultPolicy::Count);
                    evaluator.update(&batch).expect("faults are counted");
                    let what = format!("{what}, {}", set.name());
                    check(&totals(&mut evaluator), &expected, &statistics, &what);
                }
            }
        }
    }
}
