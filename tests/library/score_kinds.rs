//! Logits that are taken for probabilities, and probabilities that are taken for logits.

use crate::common::devices::devices;
use weighbridge::batch::FaultPolicy;
use weighbridge::report::Warning;
use weighbridge::{Batch, Device, Evaluator, EvaluatorBuilder, Precision, Report, Task, Undefined};

fn builder(task: Task, metrics: &[&str]) -> EvaluatorBuilder {
    Evaluator::builder(task).metrics(metrics.iter().copied()).device(Device::Cpu)
}

fn report(builder: EvaluatorBuilder, batches: &[Batch<'_>]) -> Report {
    let mut evaluator = builder.build().expect("valid settings");
    for batch in batches {
        evaluator.update(batch).expect("a valid batch");
    }
    evaluator.result().expect("a result")
}

/// The number of samples outside the domain, unweighted and weighted.
fn outside(report: &Report, spec: &str) -> [u64; 2] {
    let entry = report.get(spec).expect("a metric of the report");
    [&entry.unweighted, &entry.weighted].map(|value| match value {
        Ok(_) => 0,
        Err(Undefined::OutsideDomain { count, .. }) => *count,
        Err(Undefined::Label { reason, .. }) => match **reason {
            Undefined::OutsideDomain { count, .. } => count,
            ref reason => panic!("{spec}: {reason}"),
        },
        Err(reason) => panic!("{spec}: {reason}"),
    })
}

/// tensorflow/tensorflow#41413.
#[test]
fn counts_of_logits_are_undefined_unless_a_threshold_is_given() {
    let (logits, labels) = ([2.0_f64, -1.5, 0.3, -0.2], [1_u8, 0, 1, 0]);
    let weights = [1.0_f64, 1.0, 1.0, 0.0];
    let narrow = logits.map(|z| z as f32);
    let batches = [Batch::new(&logits, &labels), Batch::new(&narrow, &labels)];
    let names = ["accuracy", "recall", "confusion_matrix", "accuracy:threshold=0"];
    for device in devices() {
        for batch in batches {
            let builder = builder(Task::Binary, &names).device(device.clone());
            let report = report(builder, &[batch.weights(&weights)]);
            for name in &names[..3] {
                assert_eq!(outside(&report, name), [3, 2], "{name} on {device:?}");
            }
            assert_eq!(report.unweighted("accuracy:threshold=0"), Ok(1.0), "on {device:?}");
            assert_eq!(
                report.get("accuracy").unwrap().weighted.as_ref().unwrap_err().to_string(),
                "inputs outside the domain (predictions from 0 to 1, unless from_logits or a \
                 threshold is set) in 2 of the samples"
            );
        }
    }
    for batch in batches {
        let given = report(builder(Task::Binary, &["accuracy"]).threshold(0.5), &[batch]);
        assert_eq!(given.unweighted("accuracy"), Ok(0.75));
        let read = report(builder(Task::Binary, &["accuracy"]).from_logits(true), &[batch]);
        assert_eq!(read.unweighted("accuracy"), Ok(1.0));
    }
}

/// One pass over a histogram also counts for the threshold.
#[test]
fn counts_beside_a_histogram_are_undefined_too() {
    let (scores, labels) = ([0.25_f32, 0.75, 1.5, -0.5, f32::MIN_POSITIVE], [0_u8, 1, 1, 0, 0]);
    let names = ["accuracy", "roc_auc:bins=4"];
    for precision in [Precision::Single, Precision::Double] {
        let builder = builder(Task::Binary, &names).precision(precision);
        let report = report(builder, &[Batch::new(&scores, &labels)]);
        assert_eq!(outside(&report, "accuracy"), [2, 2], "{precision}");
        assert_eq!(outside(&report, "roc_auc:bins=4"), [0, 0], "{precision}");
    }
}

#[test]
fn only_scores_beyond_0_and_1_are_outside() {
    let labels = [0_u8, 1, 1, 0];
    let accuracy = |scores: &[f64; 4], precision| {
        let builder = builder(Task::Binary, &["accuracy"]).precision(precision);
        outside(&report(builder, &[Batch::new(scores, &labels)]), "accuracy")[0]
    };
    let ends = [-0.0, 1.0, 1.0_f64.next_down(), 0.0_f64.next_up()];
    assert_eq!(accuracy(&ends, Precision::Double), 0);
    assert_eq!(accuracy(&ends, Precision::Single), 0);
    let beyond = [0.0_f64.next_down(), 1.0_f64.next_up(), 1.0 + 1e-6, -1e-6];
    assert_eq!(accuracy(&beyond, Precision::Double), 4);
    // Single precision rounds the first two to 0 and 1.
    assert_eq!(accuracy(&beyond, Precision::Single), 2);
}

#[test]
fn masked_scores_and_missing_scores_are_not_outside() {
    let (scores, labels) = ([0.9_f64, 5.0, 0.2, -3.0], [1_u8, 0, 0, 2]);
    for precision in [Precision::Single, Precision::Double] {
        let builder = builder(Task::Binary, &["accuracy"]).ignore_index(2).precision(precision);
        let batch = Batch::new(&scores, &labels).mask(&[true, false, true, true]);
        assert_eq!(report(builder, &[batch]).unweighted("accuracy"), Ok(1.0), "{precision}");
    }
}

#[test]
fn each_label_of_a_sample_needs_probabilities() {
    let scores = [0.9_f64, 0.1, 0.8, 4.0, 0.7, f64::NAN];
    let labels = [1_u8, 0, 1, 1, 0, 0];
    let weights = [1.0_f64, 2.0, 0.0];
    let names = ["exact_match", "accuracy:average=none", "accuracy", "exact_match:threshold=0.5"];
    for device in devices() {
        for precision in [Precision::Single, Precision::Double] {
            let builder = builder(Task::Multilabel, &names).outputs(2).precision(precision);
            let batch = Batch::new(&scores[..4], &labels[..4]).weights(&weights[..2]);
            let report = report(builder.device(device.clone()), &[batch]);
            assert_eq!(outside(&report, "exact_match"), [1, 1], "{precision}");
            assert_eq!(outside(&report, "accuracy"), [1, 1], "{precision}");
            assert_eq!(report.unweighted("exact_match:threshold=0.5"), Ok(1.0), "{precision}");
            let of_labels = &report.to_json()["metrics"]["accuracy:average=none"];
            assert_eq!(of_labels["unweighted"], serde_json::json!([1.0, null]), "{precision}");
        }
    }
    // A score that is not a number is the first fault of its sample.
    let builder = builder(Task::Multilabel, &["exact_match"]).outputs(2);
    let batch = Batch::new(&scores, &labels).weights(&weights).on_fault(FaultPolicy::Count);
    let report = report(builder, &[batch]);
    let exact_match = report.get("exact_match").unwrap();
    assert!(matches!(exact_match.unweighted, Err(Undefined::NonFinite { count: 1 })));
    assert!(matches!(exact_match.weighted, Err(Undefined::OutsideDomain { count: 1, .. })));
}

/// Whether a report warns of scores within [0, 1] that are read as logits.
fn warns(report: &Report) -> bool {
    report.warnings.contains(&Warning::LogitsWithinUnit)
}

#[test]
fn logits_within_0_and_1_are_a_warning() {
    let (within, beyond) = ([0.5_f64, 0.0, 1.0], [0.5_f64, 0.25, 1.5]);
    let (labels, classes) = ([1_u8, 0, 1], [0_u8]);
    for (task, sizes) in [(Task::Binary, 1), (Task::Multilabel, 3), (Task::Multiclass, 3)] {
        for metric in ["log_loss", "accuracy", "roc_auc"] {
            let report_of = |scores: &[&[f64; 3]], from_logits: bool| {
                let builder = builder(task, &[metric]).from_logits(from_logits);
                let builder = match task {
                    Task::Multilabel => builder.outputs(sizes),
                    Task::Multiclass => builder.classes(sizes),
                    _ => builder,
                };
                let truths: &[u8] = if task == Task::Multiclass { &classes } else { &labels };
                let batches: Vec<_> =
                    scores.iter().map(|scores| Batch::new(*scores, truths)).collect();
                report(builder, &batches)
            };
            assert!(warns(&report_of(&[&within, &within], true)), "{task} {metric}");
            assert!(!warns(&report_of(&[&within, &beyond], true)), "{task} {metric}");
            assert!(!warns(&report_of(&[&beyond, &within], true)), "{task} {metric}");
            assert!(!warns(&report_of(&[], true)), "{task} {metric}");
            assert!(!warns(&report_of(&[&within], false)), "{task} {metric}");
        }
    }
}

#[test]
fn classes_and_refused_batches_are_not_logits() {
    let builder = builder(Task::Multiclass, &["accuracy"]).classes(3).from_logits(true);
    let report = report(builder, &[Batch::new(&[1_u8, 0], &[1_u8, 2])]);
    assert!(!warns(&report));

    let builder = self::builder(Task::Binary, &["accuracy"]).from_logits(true);
    let mut evaluator = builder.build().expect("valid settings");
    evaluator.update(&Batch::new(&[5.0_f32, f32::NAN], &[1_u8, 0])).expect_err("NaN");
    evaluator.update(&Batch::new(&[0.5_f32], &[1_u8])).expect("a valid batch");
    assert!(warns(&evaluator.result().expect("a result")));
    evaluator.update(&Batch::new(&[-5.0_f32], &[0_u8])).expect("a valid batch");
    assert!(!warns(&evaluator.result().expect("a result")));
    evaluator.reset().expect("a reset");
    evaluator.update(&Batch::new(&[0.5_f32], &[1_u8])).expect("a valid batch");
    let warning = &evaluator.result().expect("a result").warnings[0];
    assert_eq!(
        warning.to_string(),
        "every score is within [0, 1], as probabilities are, but scores are read as logits: if \
         they are probabilities, leave out from_logits (--from-logits)"
    );
}
