//! States that do not match, that are impossible, or that are equal.

use super::{evaluator, undefined};
use weighbridge::error::StateError;
use weighbridge::statistic::{Accumulator, Key};
use weighbridge::{Batch, Device, Error, Evaluator, Task, Undefined};

/// Lightning-AI/torchmetrics#2596, #2916: metrics whose first states are equal are permanently
/// merged into one.
#[test]
fn two_thresholds_that_agree_on_the_first_batch() {
    let build = |threshold| {
        let builder = Evaluator::builder(Task::Binary).metric("accuracy").threshold(threshold);
        builder.device(Device::Cpu).build().unwrap()
    };
    let (mut low, mut high) = (build(0.3), build(0.7));
    for evaluator in [&mut low, &mut high] {
        evaluator.update(&Batch::new(&[0.1_f32, 0.9], &[0_u8, 1])).unwrap();
        evaluator.update(&Batch::new(&[0.5_f32, 0.5], &[1_u8, 1])).unwrap();
    }
    assert_eq!(low.result().unwrap().unweighted("accuracy"), Ok(1.0));
    assert_eq!(high.result().unwrap().unweighted("accuracy"), Ok(0.5));
    let mixed = low.merge(&high.state().unwrap());
    assert!(matches!(mixed, Err(Error::State(StateError::Mismatch { .. }))), "{mixed:?}");
}

#[test]
fn states_with_impossible_numbers_do_not_panic() {
    let specs = ["max_error", "mean_error", "r2_score"];
    let mut evaluator = evaluator(Task::Regression, &specs);
    evaluator.update(&Batch::new(&[1.0_f32, 5.0], &[2.0_f32, 3.0])).unwrap();
    let before = evaluator.state().unwrap();

    let mut full = before.clone();
    full.totals[0].weights.samples = u64::MAX;
    full.totals[0].weights.zero_weight = u64::MAX;
    full.totals[0].statistics[0].faults.underflow = u64::MAX;
    evaluator.merge(&full).unwrap();
    assert_eq!(evaluator.result().unwrap().samples, u64::MAX);

    evaluator.reset().unwrap();
    evaluator.merge(&before).unwrap();
    let mut no_maximum = before.clone();
    for total in &mut no_maximum.totals[0].statistics {
        if let Accumulator::Maximum(maximum) = &mut total.content {
            maximum.weighted = Key::new(f64::NAN);
        }
    }
    assert_eq!(evaluator.merge(&no_maximum), Err(Error::State(StateError::Inconsistent)));
    assert_eq!(evaluator.state(), Ok(before));
}

/// A key as a state from a file may contain it.
fn key_of_integer(integer: u64) -> Key {
    serde_json::from_value(integer.into()).unwrap()
}

#[test]
fn maxima_are_positive_finite_doubles() {
    let mut evaluator = evaluator(Task::Regression, &["max_error"]);
    evaluator.update(&Batch::new(&[1.0_f32, 5.0], &[2.0_f32, 3.0])).unwrap();
    let before = evaluator.state().unwrap();
    let with = |key: Key| {
        let mut state = before.clone();
        let content = &mut state.totals[0].statistics[0].content;
        let Accumulator::Maximum(maximum) = content else { panic!("{content:?}") };
        maximum.weighted = key;
        state
    };
    // 0 is none. The last integer is the key of a NaN.
    let bad = [-1.0, 0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN].map(Key::new);
    for key in bad.into_iter().chain([i64::MAX as u64, u64::MAX].map(key_of_integer)) {
        let merged = evaluator.merge(&with(key));
        assert_eq!(merged, Err(Error::State(StateError::Inconsistent)), "{key:?}");
    }
    assert_eq!(evaluator.state(), Ok(before.clone()));
    // Totals need not be single precision.
    let third = 1e300 / 3.0;
    evaluator.merge(&with(Key::new(third))).unwrap();
    let report = evaluator.result().unwrap();
    assert_eq!(
        [report.weighted("max_error"), report.unweighted("max_error")],
        [Ok(third), Ok(2.0)]
    );
}

#[test]
fn extremes_with_impossible_numbers_do_not_panic() {
    let mut evaluator = evaluator(Task::Aggregation, &["minimum", "maximum"]);
    evaluator.update(&Batch::values(&[1.0_f32, -5.0, 0.0])).unwrap();
    let before = evaluator.state().unwrap();
    let with = |keys: [Key; 2]| {
        let mut state = before.clone();
        let content = &mut state.totals[0].statistics[0].content;
        let Accumulator::Extremes(extremes) = content else { panic!("{content:?}") };
        [extremes.largest.weighted, extremes.smallest.weighted] = keys;
        state
    };
    // -0, and the integer whose complement stands for a missing number.
    let [negative_zero, full] = [i64::MAX as u64, u64::MAX].map(key_of_integer);
    let infinities = [f64::INFINITY, f64::NEG_INFINITY, f64::NAN].map(Key::new);
    for bad in infinities.into_iter().chain([negative_zero]) {
        for keys in [[bad, Key::NONE], [Key::NONE, bad.reversed()]] {
            assert_eq!(evaluator.merge(&with(keys)), Err(Error::State(StateError::Inconsistent)));
        }
    }
    for keys in [[full, Key::NONE], [Key::NONE, full]] {
        assert_eq!(evaluator.merge(&with(keys)), Err(Error::State(StateError::Inconsistent)));
    }
    assert_eq!(evaluator.state(), Ok(before.clone()));
    // Samples, but no values.
    evaluator.reset().unwrap();
    evaluator.merge(&with([Key::NONE; 2])).unwrap();
    let report = evaluator.result().unwrap();
    assert_eq!(report.unweighted("minimum"), Ok(-5.0));
    assert_eq!(undefined(report.weighted("minimum")), Undefined::NoSamples);
}

#[test]
fn metrics_requested_in_another_order_have_the_same_state() {
    let build = |metrics: [&str; 3]| {
        let builder = Evaluator::builder(Task::Regression).metrics(metrics);
        builder.device(Device::Cpu).build().unwrap()
    };
    let mut one = build(["mean_error", "max_error", "r2_score"]);
    let mut other = build(["r2_score", "mean_error", "max_error"]);
    for evaluator in [&mut one, &mut other] {
        evaluator.update(&Batch::new(&[1.0_f32, 2.0], &[0.5_f32, 4.0])).unwrap();
    }
    assert_eq!(one.state().unwrap(), other.state().unwrap());
    one.merge(&other.state().unwrap()).unwrap();
    assert_eq!(one.result().unwrap().samples, 4);
}
