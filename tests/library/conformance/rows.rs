//! Rows of scores.

use super::{all, undefined};
use weighbridge::report::Warning;
use weighbridge::{Batch, Device, Evaluator, Report, Task, Undefined};

/// Lightning-AI/torchmetrics#1604, #2195: a softmax is applied or not as the range of a batch
/// suggests.
#[test]
fn rows_of_logits_whose_first_batch_lies_in_0_to_1() {
    let build = |from_logits| {
        let builder = Evaluator::builder(Task::Multiclass).classes(3).metric("log_loss");
        builder.from_logits(from_logits).device(Device::Cpu).build().unwrap()
    };
    // The first batch could be probabilities, and sums to 1; the second could not.
    let (first, second) = ([0.5_f32, 0.25, 0.25], [3.0_f32, -2.0, 0.0]);
    let mut logits = build(true);
    logits.update(&Batch::new(&first, &[0_u8])).unwrap();
    logits.update(&Batch::new(&second, &[1_u8])).unwrap();
    let loss =
        |row: [f64; 3], truth: usize| row.map(f64::exp).iter().sum::<f64>().ln() - row[truth];
    let expected = (loss([0.5, 0.25, 0.25], 0) + loss([3.0, -2.0, 0.0], 1)) / 2.0;
    let found = logits.result().unwrap().unweighted("log_loss").unwrap();
    // Losses are within 4 ulp, 2^-21 of themselves.
    assert!((found / expected - 1.0).abs() < 0.5_f64.powi(21), "{found}, not {expected}");

    let mut probabilities = build(false);
    probabilities.update(&Batch::new(&first, &[0_u8])).unwrap();
    let half = f64::from(-0.5_f32.ln());
    assert_eq!(probabilities.result().unwrap().unweighted("log_loss"), Ok(half));
    probabilities.update(&Batch::new(&second, &[1_u8])).unwrap();
    let reason = undefined(probabilities.result().unwrap().unweighted("log_loss"));
    assert!(matches!(reason, Undefined::OutsideDomain { count: 1, .. }), "{reason}");
}

/// Keras compares labels as floats of the logits' type: with bfloat16, four of four wrong
/// predictions counted as right.
#[test]
fn labels_above_256_with_logits() {
    // In bf16, 257 and 259 would be 256 and 260.
    let (classes, truths) = (1000_u32, [257_u32, 259, 513, 999]);
    let mut logits = vec![0.0_f32; 4 * classes as usize];
    for (row, truth) in logits.chunks_mut(classes as usize).zip(truths) {
        row[truth as usize - 1] = 5.0; // the class beside the truth: each prediction is wrong
    }
    let metrics = ["accuracy", "top_k_accuracy:k=2"];
    let builder = Evaluator::builder(Task::Multiclass).classes(classes as usize).metrics(metrics);
    let mut evaluator = builder.from_logits(true).device(Device::Cpu).build().unwrap();
    for truth in [truths, truths.map(|truth| truth - 1)] {
        evaluator.update(&Batch::new(&logits, &truth)).unwrap();
        let accuracy = if truth == truths { 0.0 } else { 0.5 };
        assert_eq!(evaluator.result().unwrap().unweighted("accuracy"), Ok(accuracy));
    }
    // Of equal scores the lowest class comes second, which is never the truth.
    assert_eq!(evaluator.result().unwrap().unweighted("top_k_accuracy:k=2"), Ok(0.5));
}

/// A report of three classes.
fn of_rows(specs: &[&str], from_logits: bool, batch: &Batch<'_>) -> Report {
    let builder = Evaluator::builder(Task::Multiclass).classes(3).metrics(specs.iter().copied());
    let mut evaluator = builder.from_logits(from_logits).device(Device::Cpu).build().unwrap();
    evaluator.update(batch).unwrap();
    evaluator.result().unwrap()
}

#[test]
fn rows_outside_0_to_1_are_not_probabilities_but_can_be_ranked() {
    let specs = all(Task::Multiclass);
    let scores = [0.25_f32, 0.5, 0.25, 1.5, -0.25, -0.25, 0.5, 0.25, 0.25];
    let batch = Batch::new(&scores, &[1_u8, 0, 2]).weights(&[1.0_f32, 2.0, 0.0]);
    let report = of_rows(&specs, false, &batch);
    let of_probabilities = [
        "log_loss",
        "perplexity",
        "brier_score",
        "normalized_entropy",
        "expected_calibration_error",
        "maximum_calibration_error",
        "calibration_bins",
        "calibration_curve",
    ];
    for entry in &report.entries {
        let outside = of_probabilities.contains(&entry.spec.as_str());
        for value in [&entry.unweighted, &entry.weighted] {
            match value {
                Err(Undefined::OutsideDomain { count: 1, domain }) if outside => {
                    assert_eq!(domain, "predictions from 0 to 1");
                }
                value => assert!(!outside && value.is_ok(), "{}: {value:?}", entry.spec),
            }
        }
    }
    assert_eq!(report.weighted("accuracy"), Ok(1.0));
    // As logits they are valid.
    let report = of_rows(&specs, true, &batch);
    assert!(report.entries.iter().all(|entry| entry.unweighted.is_ok()));
    assert_eq!(report.warnings, []);
}

#[test]
fn rows_that_do_not_sum_to_1_are_reported_and_used_unchanged() {
    // A sum that is off by 2^-11 is accepted, slightly more is not. Rows outside [0, 1] do not
    // count.
    let near = 0.5 + 0.5_f32.powi(11);
    let off = near + 0.5_f32.powi(20);
    let scores =
        [0.5, 0.25, 0.25, near, 0.5, 0.0, off, 0.25, 0.25, 0.25, 0.25, 0.25, 2.0, 0.0, 0.0];
    let specs = ["brier_score", "log_loss", "accuracy", "top_k_accuracy"];
    let batch = Batch::new(&scores[..12], &[0_u8, 0, 0, 0]);
    let report = of_rows(&specs, false, &batch.weights(&[1.0_f32, 1.0, 0.0, 1.0]));
    let values = vec!["brier_score".to_owned(), "log_loss".to_owned()];
    assert_eq!(report.warnings, [Warning::Unnormalized { values, count: 2 }]);
    assert_eq!(
        report.warnings[0].to_string(),
        "the probabilities of 2 of the samples do not sum to 1 in brier_score, log_loss: if they \
         are logits, say so (from_logits)"
    );
    let brier = |p: [f32; 3]| {
        let [p, q, r] = p.map(f64::from);
        (1.0 - p).powi(2) + q * q + r * r
    };
    let rows = [[0.5, 0.25, 0.25], [near, 0.5, 0.0], [off, 0.25, 0.25], [0.25; 3]].map(brier);
    let (found, expected) =
        (report.unweighted("brier_score").unwrap(), rows.iter().sum::<f64>() / 4.0);
    // Each is within 4 ulp, 2^-21 of itself.
    assert!((found / expected - 1.0).abs() < 0.5_f64.powi(21), "{found}, not {expected}");
    let outside = of_rows(&specs, false, &Batch::new(&scores, &[0_u8; 5]));
    let count = |warning: &Warning| matches!(warning, Warning::Unnormalized { count: 2, .. });
    assert!(matches!(&outside.warnings[..], [warning] if count(warning)), "{:?}", outside.warnings);
}

#[test]
fn probability_0_for_the_class_is_clipped_and_reported() {
    let scores = [0.0_f32, 1.0, 0.0, 1.0, 0.0, 0.0, 0.5, 0.25, 0.25];
    let batch = Batch::new(&scores, &[0_u8, 0, 0]).weights(&[0.0_f32, 1.0, 1.0]);
    let specs = ["log_loss", "perplexity:eps=0.3", "log_loss:label_smoothing=0.5"];
    let report = of_rows(&specs, false, &batch);
    let near =
        |value: f64, expected: f64| assert!((value / expected - 1.0).abs() < 1e-6, "{value}");
    let (clipped, half) = (-f64::from(f32::EPSILON).ln(), 2_f64.ln());
    near(report.unweighted("log_loss").unwrap(), (clipped + half) / 3.0);
    near(report.weighted("log_loss").unwrap(), half / 2.0);
    let perplexity = ((-0.3_f64.ln() + half) / 3.0).exp();
    near(report.unweighted("perplexity:eps=0.3").unwrap(), perplexity);
    let mean = (4.0 * clipped + 5.0 * half) / 9.0;
    near(
        report.unweighted("log_loss:label_smoothing=0.5").unwrap(),
        ((clipped + half) / 3.0 + mean) / 2.0,
    );
    let values = specs.map(str::to_owned).to_vec();
    assert_eq!(report.warnings, [Warning::Clipped { values, count: 1 }]);
}

#[test]
fn equal_scores_go_to_the_lower_class() {
    // The truth shares the second place with a lower class, and then with a higher one.
    let scores = [0.5_f32, 0.25, 0.25];
    let specs = ["accuracy", "top_k_accuracy", "top_k_accuracy:k=3"];
    for (truth, second) in [(2_u8, 0.0), (1, 1.0)] {
        let report = of_rows(&specs, false, &Batch::new(&scores, &[truth]));
        assert_eq!(report.unweighted("top_k_accuracy"), Ok(second));
        assert_eq!(report.unweighted("top_k_accuracy:k=3"), Ok(1.0));
    }
    let report = of_rows(&specs, true, &Batch::new(&[-0.0_f32, 0.0, -1e-40], &[0_u8]));
    assert_eq!(report.unweighted("accuracy"), Ok(1.0));
}
