//! Exact sums and exact limits, where other libraries are slightly off.

use super::{report, undefined};
use weighbridge::error::{Input, UpdateError};
use weighbridge::report::Warning;
use weighbridge::statistic::{Statistic, ValueFn};
use weighbridge::{Batch, Device, Error, Evaluator, Task, Undefined};

/// Truths around 10^4 with a spread of 1, and predictions that are off by a tenth of it.
fn shifted() -> (Vec<f32>, Vec<f32>) {
    let wave = |i: usize, step: f64| (i as f64 * step).sin();
    let truth: Vec<_> = (0..5000).map(|i| (1e4 + 1.4 * wave(i, 0.7)) as f32).collect();
    let off = |(i, t): (usize, &f32)| (f64::from(*t) + 0.14 * wave(i, 1.3)) as f32;
    let prediction = truth.iter().enumerate().map(off).collect();
    (prediction, truth)
}

/// 0.99236 in Keras and 0.99067 in TorchMetrics, instead of 0.98991.
#[test]
fn truth_mean_far_above_standard_deviation() {
    let (prediction, truth) = shifted();
    let names = ["r2_score", "explained_variance", "pearson_correlation"];
    let report = report(Task::Regression, &names, &[Batch::new(&prediction, &truth)]);

    // In f64, in two passes. Numbers near 1e4 are subtracted from their mean without rounding; the
    // mean, off by 5000 roundings of 2^-53 · 1e4 at most, 6e-9, adds its square to a variance; and
    // 5000 terms of size 1 are off by 5000 · 2^-53, 6e-13.
    let [p, t] = [&prediction, &truth].map(|x| x.iter().map(|&x| x.into()).collect::<Vec<f64>>());
    let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
    let covariance = |x: &[f64], y: &[f64]| {
        let (x_mean, y_mean) = (mean(x), mean(y));
        mean(&x.iter().zip(y).map(|(x, y)| (x - x_mean) * (y - y_mean)).collect::<Vec<_>>())
    };
    let errors: Vec<_> = p.iter().zip(&t).map(|(p, t)| p - t).collect();
    let squares: Vec<_> = errors.iter().map(|d| d * d).collect();
    let expected = [
        1.0 - mean(&squares) / covariance(&t, &t),
        1.0 - covariance(&errors, &errors) / covariance(&t, &t),
        covariance(&p, &t) / (covariance(&p, &p) * covariance(&t, &t)).sqrt(),
    ];
    for (name, expected) in names.into_iter().zip(expected) {
        let found = report.unweighted(name).unwrap();
        // The squared errors are f32 within 2 ulp, 2^-22 relative; the moments are exact.
        let bound = if name == "r2_score" { (1.0 - expected) * 0.5_f64.powi(22) } else { 0.0 };
        let error = (found - expected).abs();
        assert!(error <= bound + 1e-11, "{name}: {found}, expected {expected}");
    }
}

#[test]
fn constant_truth_is_exactly_constant() {
    let (prediction, _) = shifted();
    let truth = vec![9999.999_f32; prediction.len()];
    let weight: Vec<_> = (0..truth.len()).map(|i| (i % 7) as f32 * 0.1).collect();
    let batch = Batch::new(&prediction, &truth).weights(&weight);
    let names = ["r2_score", "explained_variance", "pearson_correlation"];
    let report = report(Task::Regression, &names, &[batch]);
    for name in names {
        let constant = Undefined::Constant { input: Input::Truth };
        assert_eq!(undefined(report.unweighted(name)), constant, "{name}");
        assert_eq!(undefined(report.weighted(name)), constant, "{name}");
    }
}

#[test]
fn truth_constant_except_for_a_row_of_weight_zero() {
    let batch = Batch::new(&[1.0_f32, 2.0, 3.0], &[5.0_f32, 5.0, 6.0]);
    let report = report(Task::Regression, &["r2_score"], &[batch.weights(&[1.0_f32, 2.0, 0.0])]);
    assert!(report.unweighted("r2_score").is_ok());
    let constant = Undefined::Constant { input: Input::Truth };
    assert_eq!(undefined(report.weighted("r2_score")), constant);
}

#[test]
fn a_vocabulary_of_classes_needs_no_matrix() {
    let classes = 200_000_u32;
    let metrics = ["accuracy", "f1_score", "cohen_kappa:weights=linear"];
    let builder = Evaluator::builder(Task::Multiclass).classes(classes as usize).metrics(metrics);
    let mut evaluator = builder.device(Device::Cpu).build().unwrap();
    let truth = [0, 7, 199_999, 199_999, 50_257];
    let prediction = [0, 7, 199_999, 50_257, 50_257];
    let batch = Batch::new(&prediction, &truth).weights(&[1.0_f32, 2.0, 1.0, 1.0, 3.0]);
    evaluator.update(&batch).unwrap();
    let before = evaluator.state().unwrap();
    let bad = Batch::new(&[0, 1], &[0_i64, 200_000]).weights(&[5.0_f32, 1.0]);
    assert!(matches!(
        evaluator.update(&bad),
        Err(Error::Update(UpdateError::InvalidLabel { row: 1, .. }))
    ));
    assert!(evaluator.state().unwrap() == before, "changed by a refused batch");
    let report = evaluator.result().unwrap();
    assert_eq!(report.unweighted("accuracy"), Ok(0.8));
    assert_eq!(report.weighted("accuracy"), Ok(7.0 / 8.0));
    // Only present classes count: two are right, two share a mistake.
    let f1 = [1.0, 1.0, 2.0 / 3.0, 6.0 / 7.0].iter().sum::<f64>() / 4.0;
    assert!((report.weighted("f1_score").unwrap() - f1).abs() < 1e-15);
    assert!(report.weighted("cohen_kappa:weights=linear").unwrap() > 0.0);
}

#[test]
fn score_at_the_threshold_is_not_positive() {
    let logit = 9.0_f64.ln() as f32;
    for (threshold, from_logits, score, above) in [
        (0.5, false, 0.5, 0.5_f32.next_up()),
        (0.1, false, 0.1, 0.1_f32.next_up()), // the threshold is rounded to f32 first
        (0.5, true, 0.0, f32::MIN_POSITIVE),  // subnormals count as 0
        (0.9, true, logit, logit.next_up()),
    ] {
        let mut evaluator = Evaluator::builder(Task::Binary)
            .metrics(["true_positives", "false_negatives"])
            .from_logits(from_logits)
            .threshold(threshold)
            .device(Device::Cpu)
            .build()
            .unwrap();
        evaluator.update(&Batch::new(&[score, above], &[1_u8, 1])).unwrap();
        let report = evaluator.result().unwrap();
        assert_eq!(report.unweighted("true_positives"), Ok(1.0), "{threshold}");
        assert_eq!(report.unweighted("false_negatives"), Ok(1.0), "{threshold}");
    }
}

#[test]
fn cancelling_errors_leave_small_ones() {
    let batch = Batch::new(&[1e30_f32, 1.0, -1e30], &[0.0_f32; 3]);
    let report = report(Task::Regression, &["mean_error"], &[batch]);
    assert_eq!(report.unweighted("mean_error"), Ok(1.0 / 3.0));
}

#[test]
fn perfect_and_inverted_predictions_score_exactly_one_and_minus_one() {
    let weight = [0.1_f32, 0.7, 1e-20, 3e10, 0.3];
    let label = [1.0_f32, 0.0, 1.0, 0.0, 1.0];
    let inverted = label.map(|label| 1.0 - label);
    let weighted = |prediction, truth| Batch::new(prediction, truth).weights(&weight);
    let binary = ["matthews_correlation", "cohen_kappa", "f1_score", "balanced_accuracy"];
    let right = report(Task::Binary, &binary, &[weighted(&label, &label)]);
    for name in binary {
        assert_eq!(right.weighted(name), Ok(1.0), "{name}");
    }
    let wrong = report(Task::Binary, &binary, &[weighted(&inverted, &label)]);
    assert_eq!(wrong.weighted("matthews_correlation"), Ok(-1.0));

    let truth = [0.1_f32, -7.3, 2.2, 1e6, 3.3];
    let negated = truth.map(|truth| -truth);
    let regression =
        ["r2_score", "explained_variance", "pearson_correlation", "concordance_correlation"];
    let right = report(Task::Regression, &regression, &[weighted(&truth, &truth)]);
    for name in regression {
        assert_eq!(right.weighted(name), Ok(1.0), "{name}");
    }
    let wrong = report(Task::Regression, &regression, &[weighted(&negated, &truth)]);
    assert_eq!(wrong.weighted("pearson_correlation"), Ok(-1.0));
}

#[test]
fn flushed_numbers_are_counted_and_reported_once() {
    // The first number is too small for an error, the second for a squared error.
    let tiny = Batch::new(&[1e-40_f32, 1e-25, 0.0, 1.0], &[0.0_f32; 4]);
    let specs = ["mean_squared_error", "root_mean_squared_error", "mean_error"];
    let report = report(Task::Regression, &specs, &[tiny, tiny]);
    assert_eq!(report.unweighted("mean_squared_error"), Ok(0.25));
    let values = specs.map(str::to_owned).to_vec();
    assert_eq!(report.warnings, [Warning::Underflow { values, count: 4 }]);
    assert_eq!(
        report.warnings[0].to_string(),
        "numbers in at least 4 of the samples are so small that they count as zero in \
         mean_squared_error, root_mean_squared_error, mean_error"
    );

    let statistic = Statistic::sum(ValueFn::SquaredError);
    let builder = Evaluator::builder(Task::Regression).metric("max_error").statistics([statistic]);
    let mut evaluator = builder.device(Device::Cpu).build().unwrap();
    evaluator.update(&Batch::new(&[1e-25_f32, 1.0], &[0.0_f32; 2])).unwrap();
    let values = vec!["sum:squared_error".to_owned()];
    let warnings = evaluator.result().unwrap().warnings;
    assert_eq!(warnings, [Warning::Underflow { values, count: 1 }]);
}
