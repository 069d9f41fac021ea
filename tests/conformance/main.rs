//! Cases that users of other libraries ran into, each named after what happened there.

mod rows;

use weighbridge::metric::{self, Law, Value};
use weighbridge::report::{Missing, Warning};
use weighbridge::statistic::{Content, Function, Statistic};
use weighbridge::{Batch, Device, Error, Evaluator, Report, State, Task, Undefined};

fn evaluator(task: Task, specs: &[&str]) -> Evaluator {
    let builder = Evaluator::builder(task).classes(2).metrics(specs.iter().copied());
    // A sample with one label is as good as any.
    let builder = if task == Task::Multilabel { builder.outputs(1) } else { builder };
    builder.device(Device::Cpu).build().unwrap()
}

fn report(task: Task, specs: &[&str], batches: &[Batch<'_>]) -> Report {
    let mut evaluator = evaluator(task, specs);
    batches.iter().for_each(|batch| evaluator.update(batch).unwrap());
    evaluator.result().unwrap()
}

/// All metrics of a task by name.
fn all(task: Task) -> Vec<&'static str> {
    metric::of_task(task).map(|metric| metric.name).collect()
}

/// Predictions and truths, or values alone.
fn batch<'a>(task: Task, prediction: &'a [f32], truth: &'a [f32]) -> Batch<'a> {
    if task == Task::Aggregation {
        Batch::values(prediction)
    } else {
        Batch::new(prediction, truth)
    }
}

/// Predictions, which in the multiclass task are rows of probabilities: of class 1, and of class 0.
fn predictions(task: Task, scores: &[f32]) -> Vec<f32> {
    if task != Task::Multiclass {
        return scores.to_vec();
    }
    scores.iter().flat_map(|score| [1.0 - score, *score]).collect()
}

/// Truths, which in the regression task are above 0: every metric has a value there.
fn truths<const N: usize>(task: Task, labels: [f32; N]) -> [f32; N] {
    if task == Task::Regression { labels.map(|label| label + 0.5) } else { labels }
}

fn undefined(value: Result<f64, Missing>) -> Undefined {
    match value {
        Err(Missing::Undefined { reason, .. }) => reason,
        other => panic!("{other:?} is not undefined"),
    }
}

fn nothing(reason: &str) -> Undefined {
    Undefined::ZeroDenominator { reason: reason.to_owned() }
}

#[test]
fn squared_errors_1_4_9_with_weights_1_2_10_at_any_batch_size() {
    let (prediction, truth, weight) = ([1.0_f32, 2.0, 3.0], [0.0_f32; 3], [1.0_f32, 2.0, 10.0]);
    for len in 1..=3 {
        let mut evaluator = evaluator(Task::Regression, &["mean_squared_error"]);
        let batches = prediction.chunks(len).zip(truth.chunks(len)).zip(weight.chunks(len));
        for ((prediction, truth), weight) in batches {
            evaluator.update(&Batch::new(prediction, truth).weights(weight)).unwrap();
        }
        let report = evaluator.result().unwrap();
        assert_eq!(report.unweighted("mean_squared_error"), Ok(14.0 / 3.0), "batches of {len}");
        assert_eq!(report.weighted("mean_squared_error"), Ok(99.0 / 13.0), "batches of {len}");
    }
}

/// Keras: metrics 4.667, weighted_metrics 7.615, loss 33.0, and 5.0 at a batch size of 2.
#[test]
fn loss_reductions_by_name_at_any_batch_size() {
    let (prediction, truth, weight) = ([1.0_f32, 2.0, 3.0], [0.0_f32; 3], [1.0_f32, 2.0, 10.0]);
    let specs = ["weighted_mean", "sum_over_batch_size", "sum"]
        .map(|reduction| format!("mean_squared_error:reduction={reduction}"));
    for len in 1..=3 {
        let mut evaluator = evaluator(Task::Regression, &specs.each_ref().map(String::as_str));
        let batches = prediction.chunks(len).zip(truth.chunks(len)).zip(weight.chunks(len));
        for ((prediction, truth), weight) in batches {
            evaluator.update(&Batch::new(prediction, truth).weights(weight)).unwrap();
        }
        let report = evaluator.result().unwrap();
        let values = specs
            .each_ref()
            .map(|spec| [report.unweighted(spec).unwrap(), report.weighted(spec).unwrap()]);
        let mean = 14.0 / 3.0;
        let expected = [[mean, 99.0 / 13.0], [mean, 33.0], [14.0, 99.0]];
        assert_eq!(values, expected, "batches of {len}");
    }
}

#[test]
fn more_than_2_to_the_24_samples_in_one_cell() {
    const SAMPLES: usize = (1 << 24) + 3;
    let (score, label) = (vec![0.9_f32; 1 << 20], vec![1_u32; 1 << 20]);
    let weight = vec![0.5_f32; 1 << 20];
    let mut evaluator = evaluator(Task::Binary, &["true_positives", "accuracy"]);
    let mut left = SAMPLES;
    while left > 0 {
        let len = left.min(score.len());
        let batch = Batch::new(&score[..len], &label[..len]);
        evaluator.update(&batch.weights(&weight[..len])).unwrap();
        left -= len;
    }
    evaluator.update(&Batch::new(&[0.1_f32], &[1_u32])).unwrap();
    let report = evaluator.result().unwrap();
    let samples = SAMPLES as f64;
    assert_eq!(report.unweighted("true_positives"), Ok(samples));
    assert_eq!(report.weighted("true_positives"), Ok(samples / 2.0));
    assert_eq!(report.unweighted("accuracy"), Ok(samples / (samples + 1.0)));
}

#[test]
fn fractional_weights_in_a_confusion_count() {
    let (score, label) = ([0.9_f32, 0.8, 0.1, 0.2, 0.7], [1_u8, 0, 0, 1, 1]);
    let weight = [0.25_f32, 0.5, 0.125, 0.75, 0.0625];
    let specs = ["confusion_matrix", "true_positives"];
    let batch = Batch::new(&score, &label).weights(&weight);
    let report = report(Task::Binary, &specs, &[batch]);
    let matrix = report.get("confusion_matrix").unwrap();
    let rows = |tn, fp, fn_, tp| Ok(Value::Matrix(vec![vec![tn, fp], vec![fn_, tp]]));
    assert_eq!(matrix.weighted, rows(0.125, 0.5, 0.75, 0.3125));
    assert_eq!(matrix.unweighted, rows(1.0, 1.0, 1.0, 2.0));
    assert_eq!(report.weighted("true_positives"), Ok(0.3125));
}

#[test]
fn nan_prediction_in_a_row_of_weight_zero() {
    for &task in Task::ALL {
        let prediction = predictions(task, &[0.25, f32::NAN, 0.75]);
        let truth = truths(task, [0.0, 1.0, 1.0]);
        let with = batch(task, &prediction, &truth).weights(&[1.0_f32, 0.0, 3.0]);
        let prediction = predictions(task, &[0.25, 0.75]);
        let truth = truths(task, [0.0, 1.0]);
        let without = batch(task, &prediction, &truth).weights(&[1.0_f32, 3.0]);
        // What counts samples, whatever their weights, says so.
        let counts = |metric: &&metric::Definition| {
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
    // Among predicted classes NaN is none.
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
    let mut evaluator = evaluator(Task::Regression, &["mean_error"]);
    let refused = evaluator.update(&Batch::new(&prediction, &truth).weights(&one));
    assert!(matches!(refused, Err(Error::TooLarge { row: 1, value: 1e300, .. })), "{refused:?}");
    evaluator.update(&Batch::new(&prediction, &truth).weights(&zero)).unwrap();
    let report = evaluator.result().unwrap();
    assert_eq!(report.weighted("mean_error"), Ok(2.0));
    let reason = undefined(report.unweighted("mean_error"));
    assert_eq!(reason, Undefined::NonFinite { count: 1 });
}

#[test]
fn weights_given_and_nothing_uses_them() {
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
    assert!(matches!(mixed, Err(Error::StateMismatch { .. })), "{mixed:?}");
}

#[test]
fn logits_whose_first_batch_lies_in_0_to_1() {
    let mut logits = Evaluator::builder(Task::Binary)
        .metric("accuracy")
        .from_logits(true)
        .device(Device::Cpu)
        .build()
        .unwrap();
    let mut probabilities = evaluator(Task::Binary, &["accuracy"]);
    for evaluator in [&mut logits, &mut probabilities] {
        evaluator.update(&Batch::new(&[0.2_f32, 0.4], &[1_u8, 1])).unwrap();
        evaluator.update(&Batch::new(&[-3.0_f32, 5.0], &[0_u8, 1])).unwrap();
    }
    assert_eq!(logits.result().unwrap().unweighted("accuracy"), Ok(1.0));
    assert_eq!(probabilities.result().unwrap().unweighted("accuracy"), Ok(0.5));
}

#[test]
fn constant_weight_in_batches_of_10_and_2() {
    let (ten, two) = ([1.0_f32; 10], [0.0_f32; 2]);
    let batches = [
        Batch::new(&ten, &[0.0_f32; 10]).weights(&[0.5_f32; 10]),
        Batch::new(&two, &[0.0_f32; 2]).weights(&[0.5_f32; 2]),
    ];
    let report = report(Task::Regression, &["mean_absolute_error"], &batches);
    assert_eq!(report.weighted("mean_absolute_error"), Ok(10.0 / 12.0));
}

#[test]
fn last_batch_smaller() {
    let (score, label) = ([0.9_f32, 0.8, 0.7, 0.2, 0.1], [1_u8, 1, 1, 0, 1]);
    for len in 1..=5 {
        let batches: Vec<_> =
            score.chunks(len).zip(label.chunks(len)).map(|(s, l)| Batch::new(s, l)).collect();
        let report = report(Task::Binary, &["accuracy"], &batches);
        assert_eq!(report.unweighted("accuracy"), Ok(0.8), "batches of {len}");
    }
}

#[test]
fn padded_duplicates_in_a_distributed_run() {
    let own = Batch::new(&[0.9_f32, 0.2, 0.4], &[1_u8, 0, 1]);
    let padded = Batch::new(&[0.9_f32, 0.2, 0.4, 0.9, 0.2], &[1_u8, 0, 1, 1, 0]);
    let padded = padded.weights(&[1.0_f32, 1.0, 1.0, 0.0, 0.0]);
    let specs = all(Task::Binary);
    let (own, padded) =
        (report(Task::Binary, &specs, &[own]), report(Task::Binary, &specs, &[padded]));
    for (own, padded) in own.entries.iter().zip(&padded.entries) {
        assert_eq!(own.weighted, padded.weighted, "{}", own.spec);
    }
    assert_eq!(padded.zero_weight_samples, 2);
}

/// Truths around 10^4 with a spread of 1, and predictions a tenth of that off.
fn shifted() -> (Vec<f32>, Vec<f32>) {
    let wave = |i: usize, step: f64| (i as f64 * step).sin();
    let truth: Vec<_> = (0..5000).map(|i| (1e4 + 1.4 * wave(i, 0.7)) as f32).collect();
    let off = |(i, t): (usize, &f32)| (f64::from(*t) + 0.14 * wave(i, 1.3)) as f32;
    let prediction = truth.iter().enumerate().map(off).collect();
    (prediction, truth)
}

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
fn constant_truth_is_found_constant_exactly() {
    let (prediction, _) = shifted();
    let truth = vec![9999.999_f32; prediction.len()];
    let weight: Vec<_> = (0..truth.len()).map(|i| (i % 7) as f32 * 0.1).collect();
    let batch = Batch::new(&prediction, &truth).weights(&weight);
    let names = ["r2_score", "explained_variance", "pearson_correlation"];
    let report = report(Task::Regression, &names, &[batch]);
    for name in names {
        let constant = Undefined::Constant { input: weighbridge::error::Input::Truth };
        assert_eq!(undefined(report.unweighted(name)), constant, "{name}");
        assert_eq!(undefined(report.weighted(name)), constant, "{name}");
    }
}

#[test]
fn truth_constant_but_for_a_row_of_weight_zero() {
    let batch = Batch::new(&[1.0_f32, 2.0, 3.0], &[5.0_f32, 5.0, 6.0]);
    let report = report(Task::Regression, &["r2_score"], &[batch.weights(&[1.0_f32, 2.0, 0.0])]);
    assert!(report.unweighted("r2_score").is_ok());
    let constant = Undefined::Constant { input: weighbridge::error::Input::Truth };
    assert_eq!(undefined(report.weighted("r2_score")), constant);
}

#[test]
fn empty_state() {
    for &task in Task::ALL {
        for entry in report(task, &all(task), &[]).entries {
            assert_eq!(entry.unweighted, Err(Undefined::NoSamples), "{}", entry.spec);
            assert_eq!(entry.weighted, Err(Undefined::NoSamples), "{}", entry.spec);
        }
    }
}

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
fn a_vocabulary_of_classes_needs_no_matrix() {
    let classes = 200_000_u32;
    let metrics = ["accuracy", "f1_score", "cohen_kappa:weights=linear"];
    let builder = Evaluator::builder(Task::Multiclass).classes(classes).metrics(metrics);
    let mut evaluator = builder.device(Device::Cpu).build().unwrap();
    let truth = [0, 7, 199_999, 199_999, 50_257];
    let prediction = [0, 7, 199_999, 50_257, 50_257];
    let batch = Batch::new(&prediction, &truth).weights(&[1.0_f32, 2.0, 1.0, 1.0, 3.0]);
    evaluator.update(&batch).unwrap();
    let before = evaluator.state().unwrap();
    let bad = Batch::new(&[0, 1], &[0_i64, 200_000]).weights(&[5.0_f32, 1.0]);
    assert!(matches!(evaluator.update(&bad), Err(Error::InvalidLabel { row: 1, .. })));
    assert!(evaluator.state().unwrap() == before, "changed by a refused batch");
    let report = evaluator.result().unwrap();
    assert_eq!(report.unweighted("accuracy"), Ok(0.8));
    assert_eq!(report.weighted("accuracy"), Ok(7.0 / 8.0));
    // Only classes that are there count: two are right, two share a mistake.
    let f1 = [1.0, 1.0, 2.0 / 3.0, 6.0 / 7.0].iter().sum::<f64>() / 4.0;
    assert!((report.weighted("f1_score").unwrap() - f1).abs() < 1e-15);
    assert!(report.weighted("cohen_kappa:weights=linear").unwrap() > 0.0);
}

#[test]
fn probability_0_for_the_label_is_clipped_and_told() {
    let (prediction, label) = ([0.0_f32, 1.0, 1.0, 0.5], [1_u8, 0, 1, 1]);
    let batch = Batch::new(&prediction, &label).weights(&[1.0_f32, 0.0, 1.0, 1.0]);
    let report = report(Task::Binary, &["log_loss", "log_loss:eps=0.125"], &[batch]);
    let (clipped, half) = (-f64::from(f32::EPSILON).ln(), 2_f64.ln());
    let near =
        |value: f64, expected: f64| assert!((value / expected - 1.0).abs() < 1e-6, "{value}");
    near(report.unweighted("log_loss").unwrap(), (2.0 * clipped + half) / 4.0);
    near(report.weighted("log_loss").unwrap(), (clipped + half) / 3.0);
    near(report.weighted("log_loss:eps=0.125").unwrap(), (8_f64.ln() + half) / 3.0);
    let values = vec!["log_loss".to_owned(), "log_loss:eps=0.125".to_owned()];
    assert_eq!(report.warnings, [Warning::Clipped { values, count: 2 }]);
    assert_eq!(
        report.warnings[0].to_string(),
        "the probability of the label is clipped in 2 of the samples in log_loss, \
         log_loss:eps=0.125"
    );
}

#[test]
fn one_class_only() {
    let no_positives = "no positives in the truth";
    let no_positives_at_all = "no positives in the truth and none predicted";
    let negatives = Batch::new(&[0.1_f32, 0.2], &[0_u8, 0]);
    let report = report(Task::Binary, &all(Task::Binary), &[negatives]);
    for (name, reason) in [
        ("precision", "no predicted positives"),
        ("recall", no_positives),
        ("f1_score", no_positives_at_all),
        ("fbeta_score", no_positives_at_all),
        ("jaccard_index", no_positives_at_all),
        ("matthews_correlation", no_positives),
        ("cohen_kappa", "prediction and truth are all of one class"),
    ] {
        assert_eq!(undefined(report.unweighted(name)), nothing(reason), "{name}");
    }
    for (name, value) in [
        ("accuracy", 1.0),
        ("balanced_accuracy", 1.0),
        ("specificity", 1.0),
        ("negative_predictive_value", 1.0),
        ("true_negatives", 2.0),
        ("true_positives", 0.0),
    ] {
        assert_eq!(report.unweighted(name), Ok(value), "{name}");
    }

    let positives = Batch::new(&[0.9_f32, 0.2], &[1_u8, 1]);
    let report = self::report(Task::Binary, &all(Task::Binary), &[positives]);
    let no_negatives = nothing("no negatives in the truth");
    assert_eq!(undefined(report.unweighted("specificity")), no_negatives);
    assert_eq!(undefined(report.unweighted("matthews_correlation")), no_negatives);
    assert_eq!(report.unweighted("balanced_accuracy"), Ok(0.5));
    assert_eq!(report.unweighted("cohen_kappa"), Ok(0.0));
    assert_eq!(report.unweighted("negative_predictive_value"), Ok(0.0));
}

#[test]
fn zero_division_overrides_an_empty_denominator_and_nothing_else() {
    let negatives = Batch::new(&[0.1_f32, 0.2], &[0_u8, 0]);
    let positives = Batch::new(&[0.8_f32, 0.9], &[1_u8, 1]);
    for (name, batch) in [
        ("precision", negatives),
        ("recall", negatives),
        ("f1_score", negatives),
        ("fbeta_score", negatives),
        ("jaccard_index", negatives),
        ("specificity", positives),
        ("negative_predictive_value", positives),
    ] {
        let spec = format!("{name}:zero_division=0.25");
        let report = |batches: &[Batch<'_>]| self::report(Task::Binary, &[&spec], batches);
        assert_eq!(report(&[batch]).unweighted(&spec), Ok(0.25), "{spec}");
        assert_eq!(undefined(report(&[]).unweighted(&spec)), Undefined::NoSamples, "{spec}");
        let nan = Batch::new(&[f32::NAN], &[1_u8]);
        let reason = undefined(report(&[batch, nan]).unweighted(&spec));
        assert_eq!(reason, Undefined::NonFinite { count: 1 }, "{spec}");
    }
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
fn negative_weight_is_refused_by_row_and_nothing_is_lost() {
    let mut evaluator = evaluator(Task::Regression, &["mean_error"]);
    evaluator.update(&Batch::new(&[1.0_f32], &[0.0_f32])).unwrap();
    let batch = Batch::new(&[5.0_f32, 7.0], &[0.0_f32, 0.0]).weights(&[1.0_f32, -1.0]);
    let refused = evaluator.update(&batch);
    assert_eq!(refused, Err(Error::InvalidWeight { row: 1, weight: -1.0 }));
    assert_eq!(evaluator.result().unwrap().weighted("mean_error"), Ok(1.0));

    evaluator.update(&batch.count_faults()).unwrap();
    let report = evaluator.result().unwrap();
    let reason = undefined(report.weighted("mean_error"));
    assert_eq!(reason, Undefined::InvalidWeight { count: 1 });
    assert_eq!(report.unweighted("mean_error"), Ok(13.0 / 3.0));
}

#[test]
fn label_out_of_range_is_an_error_or_undefined() {
    let mut evaluator = evaluator(Task::Binary, &["accuracy"]);
    let batch = Batch::new(&[0.9_f32, 0.1], &[1_i32, -1]);
    let refused = evaluator.update(&batch);
    assert_eq!(
        refused,
        Err(Error::InvalidLabel {
            input: weighbridge::error::Input::Truth,
            row: 1,
            label: "-1".to_owned(),
            classes: 2,
        })
    );
    evaluator.update(&batch.count_faults()).unwrap();
    let report = evaluator.result().unwrap();
    let reason = undefined(report.weighted("accuracy"));
    assert_eq!(reason, Undefined::InvalidLabel { count: 1 });
}

#[test]
fn value_too_large_or_outside_its_domain_is_undefined_and_others_stand() {
    let names = ["mean_squared_error", "mean_absolute_error"];
    let batch = Batch::new(&[1e30_f32, 1.0], &[0.0_f32, 0.0]);
    let report = report(Task::Regression, &names, &[batch]);
    let reason = undefined(report.unweighted("mean_squared_error"));
    assert_eq!(reason, Undefined::Overflow { count: 1 });
    assert!(report.unweighted("mean_absolute_error").is_ok());

    let batch = Batch::new(&[1.5_f32, 0.5], &[1_u8, 0]);
    let report = self::report(Task::Binary, &["brier_score", "accuracy"], &[batch]);
    let outside = undefined(report.unweighted("brier_score"));
    assert!(matches!(outside, Undefined::OutsideDomain { count: 1, .. }), "{outside:?}");
    assert_eq!(report.unweighted("accuracy"), Ok(1.0));
}

#[test]
fn truths_at_the_edge_of_a_domain() {
    for (name, prediction, truth, value) in [
        ("mean_absolute_percentage_error", 0.0, 0.0, Some(0.0)),
        ("mean_absolute_percentage_error", -0.0, 1e-40, Some(0.0)),
        ("mean_absolute_percentage_error", 0.5, 0.0, None),
        ("mean_absolute_percentage_error", -f32::MAX, f32::MAX, Some(2.0)),
        ("mean_absolute_percentage_error", 1.5 * f32::MIN_POSITIVE, f32::MIN_POSITIVE, Some(0.5)),
        ("symmetric_mean_absolute_percentage_error", 0.0, 0.0, Some(0.0)),
        ("symmetric_mean_absolute_percentage_error", -f32::MAX, f32::MAX, Some(2.0)),
        ("symmetric_mean_absolute_percentage_error", f32::MIN_POSITIVE, 0.0, Some(2.0)),
        ("mean_squared_log_error", -1.0, 0.0, None),
        ("mean_squared_log_error", 0.0, -1.0, None),
        ("mean_squared_log_error", -0.5, -0.5, Some(0.0)),
        ("poisson_deviance", 1.5, 0.0, Some(3.0)),
        ("poisson_deviance", 1.5, 1e-40, Some(3.0)),
        ("poisson_deviance", 1.5, -1.0, None),
        ("poisson_deviance", 0.0, 1.0, None),
        ("gamma_deviance", 1.0, 0.0, None),
        ("gamma_deviance", -1.0, 1.0, None),
        ("gamma_deviance", 0.7, 0.7, Some(0.0)),
        ("tweedie_deviance:power=-1", 0.0, 1.0, None),
        ("tweedie_deviance:power=-1", 1.0, 0.0, Some((2_f32 / 3.0).into())),
        ("tweedie_deviance:power=-1", 1.0, -1.0, Some((5_f32 / 3.0).into())),
        ("tweedie_deviance:power=-0.0", -1.0, -2.0, Some(1.0)),
        ("tweedie_deviance:power=-1e-30", -1.0, -2.0, None),
        ("tweedie_deviance:power=1.5", 0.0, 1.0, None),
        ("tweedie_deviance:power=1.5", 1.0, -1.0, None),
        ("tweedie_deviance:power=1.5", 4.0, 0.0, Some(8.0)),
        ("tweedie_deviance:power=1.5", 4.0, 1e-40, Some(8.0)),
        ("tweedie_deviance:power=1.5", 0.7, 0.7, Some(0.0)),
        ("tweedie_deviance:power=2", 1.0, 0.0, None),
        ("tweedie_deviance:power=3", 1.0, 0.0, None),
        ("tweedie_deviance:power=3", 4.0, 1.0, Some(9.0 / 16.0)),
        // Powers of the prediction are too small for f32, but the deviance is not.
        (
            "tweedie_deviance:power=4",
            2_f32.powi(100),
            2_f32.powi(-20),
            Some((2_f32.powi(40) / 3.0).into()),
        ),
        (
            "tweedie_deviance:power=-4",
            2_f32.powi(-40),
            2_f32.powi(20),
            Some((2_f32.powi(120) / 15.0).into()),
        ),
    ] {
        let (prediction, truth) = ([1.0_f32, prediction], [1.0_f32, truth]);
        let batch = Batch::new(&prediction, &truth);
        let found = report(Task::Regression, &[name], &[batch]).unweighted(name);
        match value {
            Some(value) => {
                assert_eq!(found, Ok(value / 2.0), "{name} of {prediction:?}, {truth:?}")
            }
            None => {
                let reason = undefined(found);
                let outside = matches!(reason, Undefined::OutsideDomain { count: 1, .. });
                assert!(outside, "{name} of {prediction:?}, {truth:?}: {reason}");
            }
        }
    }
}

#[test]
fn errors_that_cancel_leave_what_is_small() {
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
fn report_says_how_much_the_weights_are_worth() {
    let weight = [1.0_f32, 0.0, 2.0, 10.0];
    for len in 1..=4 {
        let batches: Vec<_> = weight
            .chunks(len)
            .map(|weight| {
                Batch::new(&[0.5_f32; 4][..weight.len()], &[0.0_f32; 4][..weight.len()])
                    .weights(weight)
            })
            .collect();
        let report = report(Task::Regression, &["mean_error"], &batches);
        assert_eq!((report.samples, report.zero_weight_samples), (4, 1), "batches of {len}");
        assert_eq!(report.weight_sum, 13.0, "batches of {len}");
        assert_eq!(report.effective_samples, Some(169.0 / 105.0), "batches of {len}");
    }
}

#[test]
fn numbers_that_count_as_zero_are_counted_and_told_once() {
    // The first number is too small for any error, the second for a squared one.
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

    let statistic = Statistic::sum(Function::SquaredError);
    let builder = Evaluator::builder(Task::Regression).metric("max_error").statistics([statistic]);
    let mut evaluator = builder.device(Device::Cpu).build().unwrap();
    evaluator.update(&Batch::new(&[1e-25_f32, 1.0], &[0.0_f32; 2])).unwrap();
    let values = vec!["sum:squared_error".to_owned()];
    let warnings = evaluator.result().unwrap().warnings;
    assert_eq!(warnings, [Warning::Underflow { values, count: 1 }]);
}

#[test]
fn values_that_narrowing_makes_zero_are_counted_and_roundings_are_not() {
    let mut evaluator = evaluator(Task::Aggregation, &["mean"]);
    let rounded = f64::from(1 << 24) + 1.0;
    evaluator.update(&Batch::values(&[1e-50, -1e-300, 1e-40, 0.0, rounded])).unwrap();
    let report = evaluator.result().unwrap();
    let values = vec!["mean".to_owned()];
    assert_eq!(report.warnings, [Warning::Underflow { values, count: 3 }]);
    assert_eq!(report.unweighted("mean"), Ok(f64::from(1 << 24) / 5.0));
}

#[test]
fn narrowed_numbers_make_the_same_state_in_any_split() {
    // What is lost, is lost in the first rows, and then in the last.
    let mut rows = [(0.1, 0.9, 1e-60), (0.3, 0.7, 1e-40), (0.5, 0.25, 2.0), (2.0, 3.0, 0.3)];
    for _ in 0..2 {
        let whole = state_in_batches(&rows, 4);
        assert_eq!(whole.narrowing.small_weights, 2);
        for len in 1..4 {
            assert_eq!(state_in_batches(&rows, len), whole, "batches of {len}");
        }
        rows.reverse();
    }
}

#[test]
fn what_narrowing_lost_in_a_long_batch_is_found_wherever_it_stands() {
    let (len, one) = ((1 << 18) + 1000, 16_777_217.0_f64); // longer than what is converted at once
    for row in [0, len - 1] {
        let [mut prediction, mut truth, mut weight] = [(); 3].map(|()| vec![1.0_f64; len]);
        (prediction[row], truth[row], weight[row]) = (one, 2.0 * one + 1.0, 1e-60);
        let mut evaluator = evaluator(Task::Regression, &["mean_error"]);
        evaluator.update(&Batch::new(&prediction, &truth).weights(&weight)).unwrap();
        let lost = evaluator.state().unwrap().narrowing;
        assert_eq!((lost.prediction, lost.truth, lost.small_weights), (1.0, 1.0, 1), "row {row}");
    }
}

#[test]
fn what_narrowing_lost_is_merged_and_forgotten_with_the_rest() {
    // 2^24 + 1 is no f32: it is rounded by 1, and the error of the two samples together is 0 + 2.
    let batch = Batch::new(&[16_777_217.0_f64, 1.0], &[16_777_216.0_f64, 3.0]);
    let mut worker = evaluator(Task::Regression, &["mean_error"]);
    worker.update(&batch).unwrap();
    let lost = worker.state().unwrap().narrowing;
    assert_eq!((lost.prediction, lost.truth, lost.samples), (1.0, 0.0, 2));
    assert_eq!(lost.absolute_error.to_f64(), 2.0);

    let mut all = evaluator(Task::Regression, &["mean_error"]);
    all.merge(&worker.state().unwrap()).unwrap();
    let narrowed = Warning::Narrowed {
        input: weighbridge::error::Input::Prediction,
        largest_rounding: 1.0,
        mean_absolute_error: 1.0,
    };
    assert_eq!(all.result().unwrap().warnings, [narrowed]);
    all.reset().unwrap();
    assert_eq!(all.result().unwrap().warnings, []);

    // The mean absolute error is half of this one, and a thousandth of it is no cause for a warning.
    for (error, warnings) in [(1998.0, 1), (2000.0, 0)] {
        all.reset().unwrap();
        all.update(&Batch::new(&[16_777_217.0_f64, 0.0], &[16_777_216.0_f64, error])).unwrap();
        assert_eq!(all.result().unwrap().warnings.len(), warnings, "{error}");
    }
    // Samples whose error is not finite, or too large, are not among those it is the mean of.
    all.update(&Batch::new(&[f64::NAN; 3], &[0.0_f64; 3])).unwrap();
    all.update(&Batch::new(&[3e38_f64], &[-3e38_f64])).unwrap();
    assert_eq!(all.state().unwrap().narrowing.samples, 2);
}

#[test]
fn narrowing_is_held_against_an_unweighted_error_of_either_type() {
    let narrowed = |largest_rounding| Warning::Narrowed {
        input: weighbridge::error::Input::Prediction,
        largest_rounding,
        mean_absolute_error: 1.0,
    };
    let (prediction, truth) = ([16_777_217.0_f64, 1.0], [16_777_216.0_f32, 3.0]);
    let batch = Batch::new(&prediction, &truth).weights(&[1.0_f32, 1e6]);
    assert_eq!(report(Task::Regression, &["mean_error"], &[batch]).warnings, [narrowed(1.0)]);
    // Without any error there is nothing to hold it against, and no value that it could spoil.
    let batch = Batch::new(&[16_777_217.0_f64], &[f32::NAN]);
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
fn parameter_out_of_range_is_an_error_that_states_the_range() {
    for (task, spec, message) in [
        (
            Task::Regression,
            "huber_loss:delta=1e-30",
            "huber_loss: delta is \"1e-30\", but must be a number from 1e-18 to 1e18",
        ),
        (
            Task::Regression,
            "pinball_loss:quantile=NaN",
            "pinball_loss: quantile is \"NaN\", but must be a number from 0 to 1",
        ),
        (
            Task::Regression,
            "tweedie_deviance:power=0.5",
            "tweedie_deviance: power is \"0.5\", but must be a number from -4 to 0 or from 1 to 4",
        ),
        (
            Task::Binary,
            "fbeta_score:beta=inf",
            "fbeta_score: beta is \"inf\", but must be a number from 0 to 1000000",
        ),
    ] {
        let built = Evaluator::builder(task).metric(spec).device(Device::Cpu).build();
        assert_eq!(built.err().map(|error| error.to_string()).as_deref(), Some(message));
    }
}

#[test]
fn weight_that_becomes_2_to_the_64_when_rounded_is_refused() {
    let mut evaluator = evaluator(Task::Regression, &["mean_error"]);
    let weight = 2.0_f64.powi(64).next_down();
    let batch = Batch::new(&[1.0_f32], &[0.0_f32]);
    let refused = Err(Error::InvalidWeight { row: 0, weight });
    assert_eq!(evaluator.update(&batch.weights(&[weight])), refused);
    let largest = f64::from(2.0_f32.powi(64).next_down());
    assert_eq!(evaluator.update(&batch.weights(&[largest])), Ok(()));
}

#[test]
fn infinity_in_64_bits_is_as_it_is_in_32() {
    let batch = Batch::new(&[1.0_f64, f64::INFINITY], &[0.0_f64, 0.0]);
    let report = report(Task::Regression, &["mean_error"], &[batch]);
    let reason = undefined(report.unweighted("mean_error"));
    assert_eq!(reason, Undefined::NonFinite { count: 1 });
}

#[test]
fn weight_that_is_negative_before_it_is_rounded_to_zero_is_refused() {
    let mut evaluator = evaluator(Task::Regression, &["mean_error"]);
    let batch = Batch::new(&[1.0_f32, 2.0], &[0.0_f32, 0.0]).weights(&[1.0_f64, -1e-60]);
    let refused = Error::InvalidWeight { row: 1, weight: -1e-60 };
    assert_eq!(evaluator.update(&batch), Err(refused));
    let zeros = Batch::new(&[1.0_f32, 2.0], &[0.0_f32, 0.0]).weights(&[0.0_f64, -0.0]);
    assert_eq!(evaluator.update(&zeros), Ok(()));
}

#[test]
fn weights_too_small_for_f32_are_told() {
    let weights = [1.0, 1e-60, 0.0, 1e-40, f64::from(f32::MIN_POSITIVE), f64::from(1e-45_f32)];
    let batch = Batch::new(&[1.0_f32; 6], &[0.0_f32; 6]).weights(&weights);
    let warnings = report(Task::Regression, &["mean_error"], &[batch]).warnings;
    assert_eq!(warnings, [Warning::SmallWeights { count: 2 }]);
}

#[test]
fn parameter_given_twice_is_an_error() {
    let spec = "huber_loss:delta=1:delta=2";
    let built = Evaluator::builder(Task::Regression).metric(spec).device(Device::Cpu).build();
    let message = built.err().map(|error| error.to_string());
    let expected = "huber_loss: delta is \"2\", but must be given only once";
    assert_eq!(message.as_deref(), Some(expected));
}

#[test]
fn threshold_beyond_f32_is_an_error() {
    let builder = Evaluator::builder(Task::Binary).device(Device::Cpu).threshold(1e300);
    let message = builder.build().err().map(|error| error.to_string());
    let expected = "the threshold is 1e300, but must be a number that fits a 32-bit float";
    assert_eq!(message.as_deref(), Some(expected));
}

#[test]
fn abbreviation_of_a_metric_finds_its_name() {
    for (name, meant) in [
        ("mse", "mean_squared_error"),
        ("RMSE", "root_mean_squared_error"),
        ("mae", "mean_absolute_error"),
    ] {
        let built = Evaluator::builder(Task::Regression).metric(name).device(Device::Cpu).build();
        let nearest = Some(meant.to_owned());
        assert_eq!(built.err(), Some(Error::UnknownMetric { name: name.to_owned(), nearest }));
    }
}

#[test]
fn state_of_impossible_numbers_makes_nobody_panic() {
    let specs = ["max_error", "mean_error", "r2_score"];
    let mut evaluator = evaluator(Task::Regression, &specs);
    evaluator.update(&Batch::new(&[1.0_f32, 5.0], &[2.0_f32, 3.0])).unwrap();
    let before = evaluator.state().unwrap();

    let mut most = before.clone();
    most.totals[0].weights.samples = u64::MAX;
    most.totals[0].weights.zero_weight = u64::MAX;
    most.totals[0].statistics[0].faults.underflow = u64::MAX;
    evaluator.merge(&most).unwrap();
    assert_eq!(evaluator.result().unwrap().samples, u64::MAX);

    evaluator.reset().unwrap();
    evaluator.merge(&before).unwrap();
    let mut no_maximum = before.clone();
    for total in &mut no_maximum.totals[0].statistics {
        if let Content::Maximum(maximum) = &mut total.content {
            maximum.weighted = f32::NAN.to_bits();
        }
    }
    assert!(matches!(evaluator.merge(&no_maximum), Err(Error::StateMismatch { .. })));
    assert_eq!(evaluator.state(), Ok(before));
}

#[test]
fn extremes_of_impossible_numbers_make_nobody_panic() {
    let mut evaluator = evaluator(Task::Aggregation, &["minimum", "maximum"]);
    evaluator.update(&Batch::values(&[1.0_f32, -5.0, 0.0])).unwrap();
    let before = evaluator.state().unwrap();
    let with = |keys: [u32; 2]| {
        let mut state = before.clone();
        let content = &mut state.totals[0].statistics[0].content;
        let Content::Extremes(extremes) = content else { panic!("{content:?}") };
        [extremes.largest.weighted, extremes.least.weighted] = keys;
        state
    };
    // Keys of an infinity, of NaN and of a subnormal number.
    for bad in [0xff80_0000, 0xffc0_0000, 0x8000_0001] {
        for keys in [[bad, 0], [0, !bad]] {
            assert!(matches!(evaluator.merge(&with(keys)), Err(Error::StateMismatch { .. })));
        }
    }
    assert_eq!(evaluator.state(), Ok(before.clone()));
    // Samples, but no values.
    evaluator.reset().unwrap();
    evaluator.merge(&with([0, 0])).unwrap();
    let report = evaluator.result().unwrap();
    assert_eq!(report.unweighted("minimum"), Ok(-5.0));
    assert_eq!(undefined(report.weighted("minimum")), Undefined::NoSamples);
}

#[test]
fn metrics_asked_for_in_another_order_have_the_same_state() {
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

/// keras-team/keras#9346 and tensorflow/tensorflow#44068: a custom metric whose function does not
/// take, or forgets, the weight is unweighted, and nothing says so. A value of one's own is never told
/// the weight: there is nothing to forget.
#[test]
fn custom_value_cannot_forget_the_weight() {
    use weighbridge::statistic::{CustomValue, bits};
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

/// keras-team/keras#8591: class weights are dropped in validation. Here an evaluator applies them
/// wherever it is used, and both values are told.
#[test]
fn class_weights_in_validation() {
    let (logits, truth) = ([0.5_f32, -1.0, 2.0, -0.25], [1_u8, 0, 0, 1]);
    let build = |builder: weighbridge::Builder| {
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
    assert_eq!(by_class.state(), by_sample.state());
    let report = by_class.result().unwrap();
    assert_eq!(report.unweighted("accuracy"), Ok(0.5));
    assert_eq!(report.weighted("accuracy"), Ok(10.0 / 20.0));
    assert!(report.weighted("log_loss") != report.unweighted("log_loss"));
}

/// With `ignore_class`, Keras counts the ignored in the denominator: 0.549 here. They are deleted.
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

/// pytorch#25162: samplers pad the last batch of each worker with samples seen elsewhere.
#[test]
fn padded_duplicates_of_workers_are_masked() {
    let (score, label) = ([0.9_f32, 0.2, 0.7, 0.4, 0.1], [1_u8, 1, 0, 1, 0]);
    let mut alone = evaluator(Task::Binary, &[]);
    alone.update(&Batch::new(&score, &label)).unwrap();
    let mut all = evaluator(Task::Binary, &[]);
    for (rows, mask) in [([0, 2, 4], [true; 3]), ([1, 3, 0], [true, true, false])] {
        let mut worker = evaluator(Task::Binary, &[]);
        let (score, label) = (rows.map(|row: usize| score[row]), rows.map(|row| label[row]));
        worker.update(&Batch::new(&score, &label).mask(&mask)).unwrap();
        all.merge(&worker.state().unwrap()).unwrap();
    }
    let [all, alone] = [all, alone].map(|mut evaluator| evaluator.result().unwrap());
    assert_eq!(all.entries, alone.entries);
    assert_eq!((all.samples, all.masked_samples), (5, 1));
}

/// Keras divides each batch by its own number of tokens, 0.5 here. A token is a sample: weights and
/// masks are those of tokens, and T may vary from batch to batch.
#[test]
fn weights_and_masks_per_token_where_t_varies_between_batches() {
    let mut evaluator = evaluator(Task::Regression, &["mean_error"]);
    // B × T of 1 × 5, all wrong by 1, and of 1 × 1, right; then 2 × 3 of which padding is masked.
    evaluator.update(&Batch::new(&[1.0_f32; 5], &[0.0_f32; 5]).weights(&[2.0_f32; 5])).unwrap();
    evaluator.update(&Batch::new(&[0.0_f32; 1], &[0.0_f32; 1]).weights(&[2.0_f32; 1])).unwrap();
    let report = evaluator.result().unwrap();
    assert_eq!(report.weighted("mean_error"), Ok(10.0 / 12.0));
    let (token, padding) =
        ([3.0_f32, 9.0, 9.0, 3.0, 3.0, 9.0], [true, false, false, true, true, false]);
    let weight = [1.0_f32, 7.0, 7.0, 1.0, 2.0, 7.0];
    evaluator.update(&Batch::new(&token, &[0.0_f32; 6]).weights(&weight).mask(&padding)).unwrap();
    let report = evaluator.result().unwrap();
    assert_eq!(report.unweighted("mean_error"), Ok(14.0 / 9.0));
    assert_eq!(report.weighted("mean_error"), Ok(22.0 / 16.0));
}
