//! Sample weights and class weights: their effect, and which ones are refused.

use super::{all, batch, evaluator, predictions, report, truths, undefined};
use weighbridge::batch::FaultPolicy;
use weighbridge::error::UpdateError;
use weighbridge::metric::{self, Law, Value};
use weighbridge::{Batch, Device, Error, Evaluator, Precision, Task, Undefined};

/// `MeanIoU` of Keras truncates fractional weights to 0 with its default dtype.
#[test]
fn fractional_weights_in_a_confusion_count() {
    let (score, label) = ([0.9_f32, 0.8, 0.1, 0.2, 0.7], [1_u8, 0, 0, 1, 1]);
    let weight = [0.25_f32, 0.5, 0.125, 0.75, 0.0625];
    let specs = ["confusion_matrix", "true_positives"];
    let batch = Batch::new(&score, &label).weights(&weight);
    let report = report(Task::Binary, &specs, &[batch]);
    let matrix = report.get("confusion_matrix").unwrap();
    let rows = |tn, fp, fn_, tp| Ok(Value::from(vec![vec![tn, fp], vec![fn_, tp]]));
    assert_eq!(matrix.weighted, rows(0.125, 0.5, 0.75, 0.3125));
    assert_eq!(matrix.unweighted, rows(1.0, 1.0, 1.0, 2.0));
    assert_eq!(report.weighted("true_positives"), Ok(0.3125));
}

/// 0 · NaN is NaN in Keras and in TorchMetrics.
#[test]
fn nan_prediction_in_a_row_of_weight_zero() {
    for &task in Task::ALL {
        let prediction = predictions(task, &[0.25, f32::NAN, 0.75]);
        let truth = truths(task, [0.0, 1.0, 1.0]);
        let with = batch(task, &prediction, &truth).weights(&[1.0_f32, 0.0, 3.0]);
        let prediction = predictions(task, &[0.25, 0.75]);
        let truth = truths(task, [0.0, 1.0]);
        let without = batch(task, &prediction, &truth).weights(&[1.0_f32, 3.0]);
        // Metrics that count samples regardless of weights are marked as such.
        let counts = |metric: &&metric::MetricDef| {
            metric.exemptions.iter().any(|(law, _)| *law == Law::Deletion)
        };
        let specs: Vec<_> =
            metric::of_task(task).filter(|metric| !counts(metric)).map(|m| m.name).collect();
        let (with, without) = (report(task, &specs, &[with]), report(task, &specs, &[without]));
        for (with, without) in with.entries.iter().zip(&without.entries) {
            assert!(without.weighted.is_ok(), "{} is undefined", with.spec);
            assert_eq!(with.weighted, without.weighted, "{}", with.spec);
            assert_eq!(with.unweighted, Err(Undefined::NonFinite { count: 1 }), "{}", with.spec);
        }
    }
    // NaN is not a class.
    let batch = Batch::new(&[1.0_f32, f32::NAN], &[1_u8, 0]).weights(&[1.0_f32, 0.0]);
    let report = report(Task::Multiclass, &["accuracy"], &[batch]);
    assert_eq!(report.weighted("accuracy"), Ok(1.0));
    let reason = undefined(report.unweighted("accuracy"));
    assert_eq!(reason, Undefined::InvalidLabel { count: 1 });
}

#[test]
fn number_too_large_for_f32_in_a_row_of_weight_zero() {
    let (prediction, truth) = ([1.0_f64, 1e300, 3.0], [0.0_f64, -1e300, 0.0]);
    let (zero, one) = ([1.0_f64, 0.0, 1.0], [1.0_f64; 3]);
    let builder = Evaluator::builder(Task::Regression).metric("mean_error").device(Device::Cpu);
    let mut evaluator = builder.precision(Precision::Single).build().unwrap();
    let refused = evaluator.update(&Batch::new(&prediction, &truth).weights(&one));
    assert!(
        matches!(refused, Err(Error::Update(UpdateError::TooLarge { row: 1, value: 1e300, .. }))),
        "{refused:?}"
    );
    evaluator.update(&Batch::new(&prediction, &truth).weights(&zero)).unwrap();
    let report = evaluator.result().unwrap();
    assert_eq!(report.weighted("mean_error"), Ok(2.0));
    let reason = undefined(report.unweighted("mean_error"));
    assert_eq!(reason, Undefined::NonFinite { count: 1 });
}

/// Keras 3 silently ignores weights if `weighted_metrics` is empty.
#[test]
fn weights_given_but_not_used() {
    for &task in Task::ALL {
        let prediction = predictions(task, &[0.5, 0.25, 1.0]);
        let weighted = batch(task, &prediction, &[0.0, 1.0, 1.0]).weights(&[1.0_f32, 2.0, 5.0]);
        let report = report(task, &[], &[weighted]);
        assert!(!report.entries.is_empty(), "{task} has no standard set");
        let json = report.to_json();
        for entry in &report.entries {
            let entry = &json["metrics"][&entry.spec];
            assert!(!entry["unweighted"].is_null() && !entry["weighted"].is_null(), "{entry}");
        }
    }
}

/// Other libraries return 0.0, NaN or an exception.
#[test]
fn all_zero_weights() {
    for &task in Task::ALL {
        let prediction = predictions(task, &[0.75, 0.25, 0.125]);
        let truth = truths(task, [1.0, 0.0, 1.0]);
        let batch = batch(task, &prediction, &truth).weights(&[0.0_f32; 3]);
        for entry in report(task, &all(task), &[batch]).entries {
            assert!(entry.unweighted.is_ok(), "{}", entry.spec);
            assert_eq!(entry.weighted, Err(Undefined::ZeroWeights), "{}", entry.spec);
        }
    }
}

#[test]
fn negative_weight_is_refused_with_its_row_and_nothing_is_lost() {
    let mut evaluator = evaluator(Task::Regression, &["mean_error"]);
    evaluator.update(&Batch::new(&[1.0_f32], &[0.0_f32])).unwrap();
    let batch = Batch::new(&[5.0_f32, 7.0], &[0.0_f32, 0.0]).weights(&[1.0_f32, -1.0]);
    let refused = evaluator.update(&batch);
    assert_eq!(refused, Err(Error::Update(UpdateError::InvalidWeight { row: 1, weight: -1.0 })));
    assert_eq!(evaluator.result().unwrap().weighted("mean_error"), Ok(1.0));

    evaluator.update(&batch.on_fault(FaultPolicy::Count)).unwrap();
    let report = evaluator.result().unwrap();
    let reason = undefined(report.weighted("mean_error"));
    assert_eq!(reason, Undefined::InvalidWeight { count: 1 });
    assert_eq!(report.unweighted("mean_error"), Ok(13.0 / 3.0));
}

/// keras-team/keras#9346 and tensorflow/tensorflow#44068: a custom metric whose function ignores
/// the weight is silently unweighted. In weighbridge the function never sees the weight, so it
/// cannot forget to apply it.
#[test]
fn custom_value_cannot_forget_the_weight() {
    use weighbridge::kernel::bits;
    use weighbridge::statistic::CustomValue;
    static UNDERSHOOT: CustomValue = CustomValue::new(
        "undershoot",
        "fn undershoot(prediction: u32, truth: u32, parameter: u32) -> u32 {
             let d = difference(truth, prediction);
             return select(d, 0u, d >> 31u == 1u);
         }",
        |prediction, truth, _| {
            let d = bits::difference(truth, prediction);
            if d >> 31 == 1 { 0 } else { d }
        },
    );
    let builder = Evaluator::builder(Task::Regression).value(&UNDERSHOOT).device(Device::Cpu);
    let mut evaluator = builder.build().unwrap();
    let batch = Batch::new(&[1.0_f32, 5.0, 0.0], &[2.0_f32, 3.0, 4.0]);
    evaluator.update(&batch.weights(&[10.0_f32, 1.0, 1.0])).unwrap();
    let report = evaluator.result().unwrap();
    assert_eq!(report.unweighted("undershoot"), Ok(5.0 / 3.0));
    assert_eq!(report.weighted("undershoot"), Ok(14.0 / 12.0));
}

/// keras-team/keras#8591: class weights are dropped in validation. Here an evaluator always applies
/// them, and both values are reported.
#[test]
fn class_weights_in_validation() {
    let (logits, truth) = ([0.5_f32, -1.0, 2.0, -0.25], [1_u8, 0, 0, 1]);
    let build = |builder: weighbridge::EvaluatorBuilder| {
        let builder = builder.metrics(["log_loss", "accuracy"]).from_logits(true);
        builder.device(Device::Cpu).build().unwrap()
    };
    let mut by_class = build(Evaluator::builder(Task::Binary).class_weights([(0, 1.0), (1, 9.0)]));
    let mut by_sample = build(Evaluator::builder(Task::Binary));
    for _epoch in ["training", "validation"] {
        by_class.reset().unwrap();
        by_class.update(&Batch::new(&logits, &truth)).unwrap();
    }
    let weight = truth.map(|class| if class == 1 { 9.0_f32 } else { 1.0 });
    by_sample.update(&Batch::new(&logits, &truth).weights(&weight)).unwrap();
    assert_eq!(by_class.state().unwrap().totals, by_sample.state().unwrap().totals);
    let report = by_class.result().unwrap();
    assert_eq!(report.unweighted("accuracy"), Ok(0.5));
    assert_eq!(report.weighted("accuracy"), Ok(10.0 / 20.0));
    assert!(report.weighted("log_loss") != report.unweighted("log_loss"));
}

/// With `ignore_class`, Keras keeps ignored samples in the denominator: 0.549 here. weighbridge
/// deletes them.
#[test]
fn ignored_class_in_cross_entropy() {
    let third = 1.0_f32 / 3.0;
    let (scores, truth) = ([third; 12], [0_i64, -1, 2, -1]);
    let builder = Evaluator::builder(Task::Multiclass).classes(3).metric("log_loss");
    let mut evaluator = builder.ignore_index(-1).device(Device::Cpu).build().unwrap();
    evaluator.update(&Batch::new(&scores, &truth)).unwrap();
    let report = evaluator.result().unwrap();
    // The loss of a sample is an f32 within 4 ulp, of which there are 2^23 from 1 to 2.
    let near = |value: f64| (value - 3_f64.ln()).abs() <= 4.0 / f64::from(1 << 23);
    assert!(near(report.unweighted("log_loss").unwrap()), "{report}");
    assert!(near(report.weighted("log_loss").unwrap()), "{report}");
    assert_eq!((report.samples, report.masked_samples), (2, 2));
}
