//! Compares the CPU engine, with every instruction set of this machine, with a plain reference: the
//! totals are equal, bit for bit, for inputs of every kind.

mod data;
mod double;
mod formulas;
mod reference;
mod rows;
mod statistics;

use crate::common::families::{Labels, Numbers, Random, Weights};
use data::Data;
use reference::Sample;
pub use reference::of_rows;
use statistics::{few_statistics, in_order_of_a_state, statistics};
use weighbridge::batch::FaultPolicy;
use weighbridge::error::UpdateError;
use weighbridge::statistic::{
    Accumulator, Constant, Key, Moment, Sides, Statistic, Task, Totals, ValueFn, ValueSpec,
};
use weighbridge::{Device, Error, Evaluator, InstructionSet};

/// Classes of the multiclass task.
const CLASSES: u32 = 7;

fn evaluator(task: Task, statistics: &[Statistic], set: InstructionSet) -> Evaluator {
    Evaluator::builder(task)
        .classes(if task == Task::Multiclass { CLASSES as usize } else { 2 })
        .statistics(statistics.iter().copied())
        .device(Device::Cpu)
        .instructions(set)
        .build()
        .expect("the statistics are valid")
}

fn totals(evaluator: &mut Evaluator) -> Totals {
    evaluator.state().expect("the CPU engine does not fail").totals.remove(0)
}

/// Fails with the first statistic that differs.
fn check(actual: &Totals, expected: &Totals, statistics: &[Statistic], what: &str) {
    assert_eq!(actual.weights, expected.weights, "weights of {what}");
    assert_eq!(actual.statistics.len(), expected.statistics.len(), "{what}");
    let pairs = actual.statistics.iter().zip(&expected.statistics);
    for (statistic, (actual, expected)) in statistics.iter().zip(pairs) {
        assert_eq!(actual, expected, "{statistic} of {what}");
    }
    assert!(actual == expected, "{what}");
}

/// Compares engine and reference, with every instruction set, under both fault policies.
fn compare(task: Task, statistics: &[Statistic], data: &Data) {
    let expected = reference::totals(task, statistics, &data.samples);
    let len = data.samples.len();
    let batch = data.columns.batch(task, 0..len);
    // A class is a whole number; other inputs are refused unless they are finite, where they count.

    let has_finite_inputs = |sample: &Sample| {
        let truth_is_finite = task != Task::Regression || sample.truth.is_finite();
        truth_is_finite && (task == Task::Multiclass || sample.prediction.is_finite())
    };
    let counts = |sample: &&Sample| sample.weight > 0.0;
    let faulty = expected.weights.invalid_weight > 0
        || expected.weights.invalid_label.weighted > 0
        || !data.samples.iter().filter(counts).all(has_finite_inputs);
    for set in InstructionSet::available() {
        let what = format!("{len} samples, {}, {}", data.name, set.name());
        let mut evaluator = evaluator(task, statistics, set);
        let empty = totals(&mut evaluator);
        match evaluator.update(&batch) {
            Ok(()) if !faulty => check(&totals(&mut evaluator), &expected, statistics, &what),
            Err(Error::Update(
                UpdateError::InvalidWeight { .. }
                | UpdateError::InvalidLabel { .. }
                | UpdateError::NotFinite { .. },
            )) if faulty => {
                assert!(totals(&mut evaluator) == empty, "changed by a refused batch: {what}");
            }
            other => panic!("{other:?} for {what}"),
        }
        evaluator.reset().expect("the CPU engine does not fail");
        evaluator.update(&batch.on_fault(FaultPolicy::Count)).expect("faults are counted");
        check(&totals(&mut evaluator), &expected, statistics, &what);
    }
}

/// Slightly more than one block.
const SAMPLES: usize = 1100;

#[test]
fn regression_families() {
    let statistics = statistics(Task::Regression);
    let mut random = Random::new(1);
    for &numbers in Numbers::ALL {
        for &weights in Weights::ALL {
            let task = Task::Regression;
            let data = Data::new(task, numbers, weights, Labels::Mixed, SAMPLES, &mut random);
            compare(task, &statistics, &data);
        }
    }
}

#[test]
fn values_without_a_truth() {
    let (task, mut random) = (Task::Aggregation, Random::new(10));
    let identity = ValueSpec { function: ValueFn::Identity, parameter: Constant::ZERO };
    let statistics = [Statistic::Sum(identity), Statistic::Extremes(identity)].to_vec();
    let statistics = in_order_of_a_state(task, statistics);
    for &numbers in Numbers::ALL {
        for &weights in Weights::ALL {
            let data = Data::new(task, numbers, weights, Labels::Mixed, SAMPLES, &mut random);
            compare(task, &statistics, &data);
        }
    }
}

#[test]
fn multiclass_families() {
    let (task, mut random) = (Task::Multiclass, Random::new(9));
    let statistics = statistics(task);
    for &labels in Labels::ALL {
        for &weights in Weights::ALL {
            let data = Data::new(task, Numbers::Uniform, weights, labels, SAMPLES, &mut random);
            compare(task, &statistics, &data);
        }
    }
}

#[test]
fn binary_families() {
    let statistics = statistics(Task::Binary);
    let mut random = Random::new(2);
    for &numbers in Numbers::ALL {
        for (index, &weights) in Weights::ALL.iter().enumerate() {
            let task = Task::Binary;
            let labels = Labels::ALL[(index + random.below(2)) % Labels::ALL.len()];
            let data = Data::new(task, numbers, weights, labels, SAMPLES, &mut random);
            compare(task, &statistics, &data);
        }
    }
}

/// The levels of a block's sum depend on the spread of its exponents: every spread, with full
/// mantissas at both ends, at every position of the ends.
#[test]
fn exponents_at_every_distance() {
    let values = [ValueFn::AbsoluteError, ValueFn::Error].map(Statistic::sum);
    let moments = Moment::ALL.iter().copied().map(Statistic::Moment).collect();
    let moments = in_order_of_a_state(Task::Regression, moments);
    let mut random = Random::new(5);
    for distance in 0..=176 {
        let min = -120 + random.below(60) as i32;
        compare_exponents(&values, min, distance, &mut random);
        // Moments accept exponents from -51 to 63.
        let distance = distance.min(113);
        let min = -51 + random.below(114 - distance as usize) as i32;
        compare_exponents(&moments, min, distance, &mut random);
    }
}

/// Compares sums of inputs whose exponents start at `least` and spread over `distance`.
fn compare_exponents(statistics: &[Statistic], min: i32, distance: i32, random: &mut Random) {
    let min_weight = -140 + random.below(100) as i32;
    let mut data = Data {
        name: format!("exponents from {min}, {distance} apart, weights from {min_weight}"),
        ..Data::default()
    };
    let mut weights = Vec::new();
    for index in 0..64 {
        let mut number = |min: i32, distance: i32| {
            let within = random.below(distance as usize + 1) as i32;
            let exponent = min + [0, distance, within, within][index % 4];
            random.log_uniform(exponent, exponent + 1)
        };
        let [prediction, truth] = [number(min, distance), number(min, distance)];
        let weight = number(min_weight, distance / 2).abs();
        data.columns.prediction.push(prediction);
        data.columns.truth.push(truth);
        weights.push(weight);
        data.samples.push(Sample { prediction, truth, bad_label: false, weight, row: None });
    }
    data.columns.weight = Some(weights);
    compare(Task::Regression, statistics, &data);
}

#[test]
fn sizes_around_blocks_and_ranges() {
    // More than one thread, so that there are several ranges even on a single core.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().expect("three threads");
    let mut random = Random::new(3);
    let sizes = [0, 1, 2, 7, 63, 1023, 1024, 1025, 2048, 2049, 32767, 32768, 32769]
        .into_iter()
        .chain([65_535, 65_536, 65_537, 98_303, 98_304, 98_305, 100_352]);
    for (index, len) in sizes.enumerate() {
        let task = [Task::Regression, Task::Binary, Task::Multiclass][index % 3];
        let numbers = [Numbers::OneInHundredBad, Numbers::LogUniform, Numbers::Uniform][index % 3];
        let labels = Labels::OneInHundredBad;
        let data = Data::new(task, numbers, Weights::Uniform, labels, len, &mut random);
        pool.install(|| compare(task, &few_statistics(task), &data));
    }
}

#[test]
fn batches_order_and_workers_do_not_matter() {
    let task = Task::Regression;
    let statistics = statistics(task);
    let mut random = Random::new(4);
    for numbers in [Numbers::Edges, Numbers::Scattered, Numbers::Uniform] {
        let len = 3000;
        let data = Data::new(task, numbers, Weights::Edges, Labels::Mixed, len, &mut random);
        let expected = reference::totals(task, &statistics, &data.samples);
        for set in InstructionSet::available() {
            let what = format!("{}, {}", data.name, set.name());
            let mut split = evaluator(task, &statistics, set);
            let mut workers = [0, 1].map(|_| evaluator(task, &statistics, set));
            let mut cuts: Vec<_> = (0..6).map(|_| random.below(len + 1)).collect();
            cuts.extend([0, len]);
            cuts.sort_unstable();
            // Last batch first.
            for cut in cuts.windows(2).rev() {
                let batch = data.columns.batch(task, cut[0]..cut[1]).on_fault(FaultPolicy::Count);
                split.update(&batch).expect("faults are counted");
                workers[random.below(2)].update(&batch).expect("faults are counted");
            }
            check(&totals(&mut split), &expected, &statistics, &what);
            let [mut first, mut second] = workers;
            first.merge(&second.state().expect("a state")).expect("the same statistics");
            check(&totals(&mut first), &expected, &statistics, &what);
        }
    }
}

/// Checks the reference with hand-computed values.
#[test]
fn the_reference_adds_up() {
    let sample =
        |prediction, weight| Sample { prediction, truth: 1.0, bad_label: false, weight, row: None };
    let samples = [sample(3.0, 0.5), sample(2.0, 4.0), sample(9.0, 0.0), sample(f32::NAN, 1.0)];
    let statistics = [
        Statistic::sum(ValueFn::SquaredError),
        Statistic::Maximum(ValueSpec {
            function: ValueFn::AbsoluteError,
            parameter: Constant::ZERO,
        }),
        Statistic::Moment(Moment::Product),
        Statistic::Confusion { threshold: Constant::new(2.5), probabilities: false },
    ];
    let totals = reference::totals(Task::Binary, &statistics, &samples);
    assert_eq!(totals.weights.samples, 4);
    assert_eq!(totals.weights.zero_weight, 1);
    assert_eq!((totals.weights.sum.to_f64(), totals.weights.square_sum.to_f64()), (5.5, 17.25));
    for total in &totals.statistics {
        assert_eq!(total.faults.nonfinite, Sides { unweighted: 1, weighted: 1 });
        assert_eq!(total.faults.overflow, Sides::default());
    }
    let contents: Vec<_> = totals.statistics.iter().map(|total| total.content.clone()).collect();
    let Accumulator::Sum(squares) = contents[0] else { panic!("{contents:?}") };
    assert_eq!((squares.unweighted.to_f64(), squares.weighted.to_f64()), (69.0, 6.0));
    let largest = Sides { unweighted: Key::new(8.0), weighted: Key::new(2.0) };
    assert_eq!(contents[1], Accumulator::Maximum(largest));
    let Accumulator::Sum(products) = contents[2] else { panic!("{contents:?}") };
    assert_eq!((products.unweighted.to_f64(), products.weighted.to_f64()), (14.0, 9.5));
    let Accumulator::Confusion(cells) = &contents[3] else { panic!("{contents:?}") };
    assert_eq!(cells.counts, [0, 0, 1, 2]);
    assert_eq!(cells.weights.map(|weight| weight.to_f64()), [0.0, 0.0, 4.0, 0.5]);
}
