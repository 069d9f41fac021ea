//! 64-bit numbers that are rounded to 32 bits, in single precision.

use super::undefined;
use weighbridge::batch::FaultPolicy;
use weighbridge::error::{Input, UpdateError};
use weighbridge::report::Warning;
use weighbridge::{Batch, Device, Error, Evaluator, Precision, Report, State, Task, Undefined};

fn evaluator(task: Task, specs: &[&str]) -> Evaluator {
    let builder = Evaluator::builder(task).metrics(specs.iter().copied()).device(Device::Cpu);
    builder.precision(Precision::Single).build().unwrap()
}

fn report(task: Task, specs: &[&str], batches: &[Batch<'_>]) -> Report {
    let mut evaluator = evaluator(task, specs);
    batches.iter().for_each(|batch| evaluator.update(batch).unwrap());
    evaluator.result().unwrap()
}

#[test]
fn rounded_numbers_give_the_same_state_for_any_split() {
    // The precision loss is in the first rows, and then in the last.
    let mut rows = [(0.1, 0.9, 1e-60), (0.3, 0.7, 1e-40), (0.5, 0.25, 2.0), (2.0, 3.0, 0.3)];
    for _ in 0..2 {
        let whole = state_in_batches(&rows, 4);
        assert_eq!(whole.precision_loss.lossy_weights, 2);
        for len in 1..4 {
            assert_eq!(state_in_batches(&rows, len), whole, "batches of {len}");
        }
        rows.reverse();
    }
}

#[test]
fn precision_loss_in_a_long_batch_is_found_at_any_row() {
    let (len, one) = ((1 << 18) + 1000, 16_777_217.0_f64); // longer than a conversion chunk
    for row in [0, len - 1] {
        let mut prediction = vec![1.0_f64; len];
        let (mut truth, mut weight) = (prediction.clone(), prediction.clone());
        (prediction[row], truth[row], weight[row]) = (one, 2.0 * one + 1.0, 1e-60);
        let mut evaluator = evaluator(Task::Regression, &["mean_error"]);
        evaluator.update(&Batch::new(&prediction, &truth).weights(&weight)).unwrap();
        let lost = evaluator.state().unwrap().precision_loss;
        assert_eq!((lost.prediction, lost.truth, lost.lossy_weights), (1.0, 1.0, 1), "row {row}");
    }
}

#[test]
fn precision_loss_is_merged_and_reset_with_the_state() {
    // 2^24 + 1 is not an f32: it is rounded by 1, and the errors of the two samples are 0 and 2.
    let batch = Batch::new(&[16_777_217.0_f64, 1.0], &[16_777_216.0_f64, 3.0]);
    let mut worker = evaluator(Task::Regression, &["mean_error"]);
    worker.update(&batch).unwrap();
    let lost = worker.state().unwrap().precision_loss;
    assert_eq!((lost.prediction, lost.truth, lost.samples), (1.0, 0.0, 2));
    assert_eq!(lost.absolute_error.to_f64(), 2.0);

    let mut all = evaluator(Task::Regression, &["mean_error"]);
    all.merge(&worker.state().unwrap()).unwrap();
    let narrowed = Warning::PrecisionLoss {
        input: Input::Prediction,
        largest_rounding: 1.0,
        mean_absolute_error: 1.0,
    };
    assert_eq!(all.result().unwrap().warnings, [narrowed]);
    all.reset().unwrap();
    assert_eq!(all.result().unwrap().warnings, []);

    // The mean absolute error is half of this one; losing a thousandth of it causes no warning.
    for (error, warnings) in [(1998.0, 1), (2000.0, 0)] {
        all.reset().unwrap();
        all.update(&Batch::new(&[16_777_217.0_f64, 0.0], &[16_777_216.0_f64, error])).unwrap();
        assert_eq!(all.result().unwrap().warnings.len(), warnings, "{error}");
    }
    // Samples whose error is too large or not finite are left out of the mean.
    let with_nan = Batch::new(&[f64::NAN; 3], &[0.0_f64; 3]);
    all.update(&with_nan.on_fault(FaultPolicy::Count)).unwrap();
    all.update(&Batch::new(&[3e38_f64], &[-3e38_f64])).unwrap();
    assert_eq!(all.state().unwrap().precision_loss.samples, 2);
}

#[test]
fn precision_loss_is_compared_with_an_unweighted_error_of_either_type() {
    let narrowed = |largest_rounding| Warning::PrecisionLoss {
        input: Input::Prediction,
        largest_rounding,
        mean_absolute_error: 1.0,
    };
    let (prediction, truth) = ([16_777_217.0_f64, 1.0], [16_777_216.0_f32, 3.0]);
    let batch = Batch::new(&prediction, &truth).weights(&[1.0_f32, 1e6]);
    assert_eq!(report(Task::Regression, &["mean_error"], &[batch]).warnings, [narrowed(1.0)]);
    // Without any error there is nothing to compare with, and no value is affected.
    let batch = Batch::new(&[16_777_217.0_f64], &[f32::NAN]).on_fault(FaultPolicy::Count);
    assert_eq!(report(Task::Regression, &["mean_error"], &[batch]).warnings, []);
}

/// The state of rows of prediction, truth and weight.
fn state_in_batches(rows: &[(f64, f64, f64)], len: usize) -> State {
    let mut evaluator = evaluator(Task::Regression, &["mean_error"]);
    for rows in rows.chunks(len) {
        let column = |of: fn(&(f64, f64, f64)) -> f64| rows.iter().map(of).collect::<Vec<_>>();
        let (prediction, truth, weight) = (column(|r| r.0), column(|r| r.1), column(|r| r.2));
        evaluator.update(&Batch::new(&prediction, &truth).weights(&weight)).unwrap();
    }
    evaluator.state().unwrap()
}

#[test]
fn weight_too_small_for_f32_is_a_weight_of_zero() {
    let batch = Batch::new(&[0.9_f32, 0.9], &[1_i32, -1]).weights(&[1.0_f64, 1e-60]);
    let report = report(Task::Binary, &["accuracy"], &[batch]);
    assert_eq!(report.weighted("accuracy"), Ok(1.0));
    assert_eq!(report.zero_weight_samples, 1);
}

#[test]
fn weight_that_becomes_2_to_the_64_when_rounded_is_refused() {
    let mut evaluator = evaluator(Task::Regression, &["mean_error"]);
    let weight = 2.0_f64.powi(64).next_down();
    let batch = Batch::new(&[1.0_f32], &[0.0_f32]);
    let refused = Err(Error::Update(UpdateError::InvalidWeight { row: 0, weight }));
    assert_eq!(evaluator.update(&batch.weights(&[weight])), refused);
    let largest = f64::from(2.0_f32.powi(64).next_down());
    assert_eq!(evaluator.update(&batch.weights(&[largest])), Ok(()));
}

#[test]
fn infinity_in_64_bits_is_treated_as_in_32_bits() {
    let batch = Batch::new(&[1.0_f64, f64::INFINITY], &[0.0_f64, 0.0]);
    let refused = evaluator(Task::Regression, &["mean_error"]).update(&batch);
    let value = f64::INFINITY;
    assert_eq!(
        refused,
        Err(Error::Update(UpdateError::NotFinite { input: Input::Prediction, row: 1, value }))
    );
    let batch = batch.on_fault(FaultPolicy::Count);
    let report = report(Task::Regression, &["mean_error"], &[batch]);
    let reason = undefined(report.unweighted("mean_error"));
    assert_eq!(reason, Undefined::NonFinite { count: 1 });
}

#[test]
fn weight_that_is_negative_before_it_is_rounded_to_zero_is_refused() {
    let mut evaluator = evaluator(Task::Regression, &["mean_error"]);
    let batch = Batch::new(&[1.0_f32, 2.0], &[0.0_f32, 0.0]).weights(&[1.0_f64, -1e-60]);
    let refused = Error::Update(UpdateError::InvalidWeight { row: 1, weight: -1e-60 });
    assert_eq!(evaluator.update(&batch), Err(refused));
    let zeros = Batch::new(&[1.0_f32, 2.0], &[0.0_f32, 0.0]).weights(&[0.0_f64, -0.0]);
    assert_eq!(evaluator.update(&zeros), Ok(()));
}

#[test]
fn weights_too_small_for_f32_are_reported() {
    let weights = [1.0, 1e-60, 0.0, 1e-40, f64::from(f32::MIN_POSITIVE), f64::from(1e-45_f32)];
    let batch = Batch::new(&[1.0_f32; 6], &[0.0_f32; 6]).weights(&weights);
    let warnings = report(Task::Regression, &["mean_error"], &[batch]).warnings;
    assert_eq!(warnings, [Warning::SmallWeights { count: 2 }]);
}

#[test]
fn values_rounded_to_zero_are_counted_and_other_roundings_are_not() {
    let mut evaluator = evaluator(Task::Aggregation, &["mean"]);
    let rounded = f64::from(1 << 24) + 1.0;
    evaluator.update(&Batch::values(&[1e-50, -1e-300, 1e-40, 0.0, rounded])).unwrap();
    let report = evaluator.result().unwrap();
    let values = vec!["mean".to_owned()];
    assert_eq!(report.warnings, [Warning::Underflow { values, count: 3 }]);
    assert_eq!(report.unweighted("mean"), Ok(f64::from(1 << 24) / 5.0));
}
