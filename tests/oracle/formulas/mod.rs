//! Compares every metric with its formula, written independently and as simply as possible.
//!
//! Inputs are small multiples of 2^-8, so that differences, squares and their sums are exact in f32
//! and in f64. Only the few roundings of the plain formula can differ.

mod classes;
mod curves;
mod one_vs_rest;
mod rows;

use crate::common::bounds::bound_of_rows;
use crate::common::random::Random;
use crate::common::specs::{CLASSES, Inputs, specs};
use std::cmp::Ordering;
use std::collections::HashMap;
use weighbridge::metric::{Interval, ResolvedMetric, Value};
use weighbridge::{Batch, Device, Evaluator, Task, Undefined};

const SAMPLES: usize = 100;

/// A rounding of 2^-53 for each term of the four sums that a plain formula divides or multiplies.
const TOLERANCE: f64 = (4 * SAMPLES) as f64 / (1_u64 << 53) as f64;

/// Metrics with non-negative `f32` terms that are within 4 ulp of their formula, 2^-21 relative.
const ROUNDED: &[&str] = &[
    "mean_absolute_percentage_error",
    "symmetric_mean_absolute_percentage_error",
    "mean_squared_log_error",
    "root_mean_squared_log_error",
    "log_cosh_error",
    "poisson_deviance",
    "gamma_deviance",
    "tweedie_deviance",
    "log_loss",
    "normalized_entropy",
];

fn tolerance(spec: &ResolvedMetric, expected: f64) -> f64 {
    if spec.needs_rows() && !spec.has_binary_problems() {
        return tolerance_of_rows(spec, expected);
    }
    if ROUNDED.contains(&spec.definition.name) { 0.5_f64.powi(21) } else { TOLERANCE }
}

/// The relative bound of a row value. Bounds are in ulp, and one ulp is at most 2^-23 of a number.
/// No value is negative, so sums have the same bound.
fn tolerance_of_rows(spec: &ResolvedMetric, expected: f64) -> f64 {
    let statistics = &spec.statistics;
    let values = statistics.iter().filter_map(|statistic| statistic.value());
    let bounds = values.map(|value| bound_of_rows(value.function));
    let tolerance = bounds.fold(0.0, f64::max) * 0.5_f64.powi(23) + TOLERANCE;
    // The relative error of e^x is the absolute error of x.
    let exponent = if spec.definition.name == "perplexity" { expected.ln().max(1.0) } else { 1.0 };
    tolerance * exponent
}

/// Prediction, truth, weight.
type Row = (f64, f64, f64);

fn sum(rows: &[Row], of: impl Fn(f64, f64) -> f64) -> f64 {
    rows.iter().map(|&(p, t, w)| w * of(p, t)).sum()
}

fn mean(rows: &[Row], of: impl Fn(f64, f64) -> f64) -> f64 {
    sum(rows, of) / sum(rows, |_, _| 1.0)
}

fn covariance(
    rows: &[Row],
    x: impl Fn(f64, f64) -> f64 + Copy,
    y: impl Fn(f64, f64) -> f64 + Copy,
) -> f64 {
    let (x_mean, y_mean) = (mean(rows, x), mean(rows, y));
    mean(rows, |p, t| (x(p, t) - x_mean) * (y(p, t) - y_mean))
}

fn huber(rows: &[Row], delta: f64) -> f64 {
    mean(rows, |p, t| {
        let d = (p - t).abs();
        if d <= delta { d * d / 2.0 } else { delta * (d - delta / 2.0) }
    })
}

fn pinball(rows: &[Row], q: f64) -> f64 {
    mean(rows, |p, t| q * (t - p).max(0.0) + (1.0 - q) * (p - t).max(0.0))
}

fn tweedie(rows: &[Row], power: f64) -> f64 {
    let (a, c) = (1.0 - power, 2.0 - power);
    mean(rows, |p, t| 2.0 * (t.max(0.0).powf(c) / (a * c) - t * p.powf(a) / a + p.powf(c) / c))
}

/// Sums of weights by truth and prediction. A score at the threshold is predicted as 0.
fn cells(rows: &[Row], threshold: f64) -> [f64; 4] {
    let cell = |positive: bool, label: f64| {
        sum(rows, |p, t| if (p > threshold) == positive && t == label { 1.0 } else { 0.0 })
    };
    [cell(false, 0.0), cell(true, 0.0), cell(false, 1.0), cell(true, 1.0)]
}

/// For each bin with positive weight: weight, sum of weight × probability, weight of label 1, ends.
fn bins(rows: &[Row], number: usize, bin: impl Fn(f64) -> usize, quantile: bool) -> Vec<[f64; 5]> {
    let of_bin = |index: usize| {
        let inside: Vec<Row> = rows.iter().copied().filter(|row| bin(row.0) == index).collect();
        let probabilities = inside.iter().filter(|row| row.2 > 0.0).map(|row| row.0);
        let ends = [probabilities.clone().fold(1.0, f64::min), probabilities.fold(0.0, f64::max)];
        let uniform = [index, index + 1].map(|end| end as f64 / number as f64);
        let [lower, upper] = if quantile { ends } else { uniform };
        [sum(&inside, |_, _| 1.0), sum(&inside, |p, _| p), sum(&inside, |_, t| t), lower, upper]
    };
    (0..number).map(of_bin).filter(|[weight, ..]| *weight > 0.0).collect()
}

/// The last bin that begins at a probability or below. Ends are rounded to `f32`, as scores are.
fn uniform_bins(rows: &[Row], number: usize) -> Vec<[f64; 5]> {
    let begins = |index: usize| f64::from(index as f32 / number as f32);
    let bin = |p: f64| (1..number).take_while(|&index| begins(index) <= p).count();
    bins(rows, number, bin, false)
}

/// The bin that contains the midpoint of all samples of a score, in sorted order.
fn quantile_bins(rows: &[Row], number: usize) -> Vec<[f64; 5]> {
    let weight = |counts: &dyn Fn(f64) -> bool| sum(rows, |p, _| f64::from(u8::from(counts(p))));
    let middle = |score: f64| weight(&|p| p < score) + weight(&|p| p <= score);
    let bin = |p: f64| (number as f64 * middle(p) / (2.0 * weight(&|_| true))) as usize;
    bins(rows, number, bin, true)
}

/// The formula of a calibration metric from its bins.
fn calibration(spec: &str, rows: &[Row]) -> Option<Vec<f64>> {
    let mut parts = spec.split(':');
    let name = parts.next()?;
    let (mut number, mut quantile) = (15, false);
    for part in parts {
        match part.split_once('=')? {
            ("bins", value) => number = value.parse().ok()?,
            ("strategy", value) => quantile = value == "quantile",
            _ => return None,
        }
    }
    let bins = if quantile { quantile_bins(rows, number) } else { uniform_bins(rows, number) };
    let gaps = bins.iter().map(|[w, p, t, ..]| [(p - t).abs(), *w]);
    Some(match name {
        "expected_calibration_error" => {
            vec![gaps.map(|[gap, _]| gap).sum::<f64>() / sum(rows, |_, _| 1.0)]
        }
        "maximum_calibration_error" => vec![gaps.map(|[gap, w]| gap / w).fold(0.0, f64::max)],
        "calibration_bins" => {
            bins.iter().flat_map(|[w, p, t, low, high]| [*low, *high, *w, p / w, t / w]).collect()
        }
        "calibration_curve" => bins.iter().flat_map(|[w, p, t, ..]| [p / w, t / w]).collect(),
        _ => return None,
    })
}

/// −Σ r ln r over the shares of labels.
fn entropy(rows: &[Row], labels: usize) -> f64 {
    let share = |label: usize| mean(rows, |_, t| f64::from(u8::from(t == label as f64)));
    let shares = (0..labels).map(share).filter(|share| *share > 0.0);
    -shares.map(|share| share * share.ln()).sum::<f64>()
}

fn roc_auc(rows: &[Row]) -> f64 {
    let pair = |of: &Row, beside: &Row| match of.0.total_cmp(&beside.0) {
        Ordering::Greater => 1.0,
        Ordering::Equal => 0.5,
        Ordering::Less => 0.0,
    };
    let (ones, zeros): (Vec<Row>, Vec<Row>) = rows.iter().partition(|row| row.1 == 1.0);
    let pairs = || ones.iter().flat_map(|one: &Row| zeros.iter().map(move |zero| (one, zero)));
    let right = pairs().map(|(one, zero)| one.2 * zero.2 * pair(one, zero)).sum::<f64>();
    right / pairs().map(|(one, zero)| one.2 * zero.2).sum::<f64>()
}

fn average_precision(rows: &[Row]) -> f64 {
    let weight = |threshold: f64, label: f64| {
        let counts = rows.iter().filter(|row| row.0 >= threshold && row.1 == label);
        counts.map(|row| row.2).sum::<f64>()
    };
    let precision =
        |threshold| weight(threshold, 1.0) / (weight(threshold, 1.0) + weight(threshold, 0.0));
    let ones = rows.iter().filter(|row| row.1 == 1.0 && row.2 > 0.0);
    ones.map(|row| row.2 * precision(row.0)).sum::<f64>() / weight(f64::MIN, 1.0)
}

fn log_loss(smoothing: f64, eps: f64) -> impl Fn(f64, f64) -> f64 {
    move |p, t| {
        let t = t * (1.0 - smoothing) + smoothing / 2.0;
        -t * p.max(eps).ln() - (1.0 - t) * (1.0 - p).max(eps).ln()
    }
}

fn fbeta([_, fp, fn_, tp]: [f64; 4], beta: f64) -> f64 {
    let (precision, recall) = (tp / (tp + fp), tp / (tp + fn_));
    (1.0 + beta * beta) * precision * recall / (beta * beta * precision + recall)
}

/// The formula of a spec; none if it is not implemented here.
fn formula(spec: &str, rows: &[Row]) -> Option<Vec<f64>> {
    let spec = spec.split(":zero_division").next()?;
    let (spec, threshold) = match spec.split_once(":threshold=") {
        Some((spec, threshold)) => (spec, threshold.parse().ok()?),
        None => (spec, 0.5),
    };
    let cells = cells(rows, threshold);
    let [tn, fp, fn_, tp] = cells;
    let n = tn + fp + fn_ + tp;
    let prediction = |p: f64, _: f64| p;
    let truth = |_: f64, t: f64| t;
    let error = |p: f64, t: f64| p - t;
    let square = |p: f64, t: f64| (p - t) * (p - t);
    let log_square = |p: f64, t: f64| ((1.0 + p) / (1.0 + t)).ln().powi(2);
    let hinge = |p: f64, t: f64| (1.0 - (2.0 * t - 1.0) * p).max(0.0);
    let var_p = covariance(rows, prediction, prediction);
    let var_t = covariance(rows, truth, truth);
    let cov = covariance(rows, prediction, truth);
    let bias = mean(rows, error);
    let class_weighting = rows.iter().filter(|row| row.2 > 0.0);
    Some(vec![match spec {
        "mean_squared_error" | "tweedie_deviance:power=0" | "brier_score" => mean(rows, square),
        "root_mean_squared_error" => mean(rows, square).sqrt(),
        "mean_absolute_error" => mean(rows, |p, t| (p - t).abs()),
        "mean_error" => bias,
        "mean" => mean(rows, prediction),
        "sum" => sum(rows, prediction),
        "sum_over_batch_size" => sum(rows, prediction) / rows.len() as f64,
        "minimum" => class_weighting.map(|row| row.0).fold(f64::INFINITY, f64::min),
        "maximum" => class_weighting.map(|row| row.0).fold(f64::NEG_INFINITY, f64::max),
        "max_error" => class_weighting.map(|row| (row.0 - row.1).abs()).fold(0.0, f64::max),
        "weighted_mean_absolute_percentage_error" => {
            sum(rows, |p, t| (p - t).abs()) / sum(rows, |_, t| t.abs())
        }
        "mean_absolute_percentage_error" => {
            mean(rows, |p, t| if p == t { 0.0 } else { (p - t).abs() / t.abs() })
        }
        "symmetric_mean_absolute_percentage_error" => {
            mean(rows, |p, t| if p == t { 0.0 } else { 2.0 * (p - t).abs() / (p.abs() + t.abs()) })
        }
        "mean_squared_log_error" => mean(rows, log_square),
        "root_mean_squared_log_error" => mean(rows, log_square).sqrt(),
        "log_cosh_error" => mean(rows, |p, t| (p - t).cosh().ln()),
        "poisson_deviance" | "tweedie_deviance:power=1" => {
            mean(rows, |p, t| 2.0 * (if t == 0.0 { 0.0 } else { t * (t / p).ln() } - t + p))
        }
        "gamma_deviance" | "tweedie_deviance:power=2" => {
            mean(rows, |p, t| 2.0 * ((p / t).ln() + t / p - 1.0))
        }
        "tweedie_deviance" => tweedie(rows, 1.5),
        "tweedie_deviance:power=-0.5" => tweedie(rows, -0.5),
        "tweedie_deviance:power=1.0001" => tweedie(rows, 1.0001),
        "tweedie_deviance:power=3" => tweedie(rows, 3.0),
        "huber_loss" => huber(rows, 1.0),
        "huber_loss:delta=0.25" => huber(rows, 0.25),
        "huber_loss:delta=20" => huber(rows, 20.0),
        "pinball_loss" => pinball(rows, 0.5),
        "pinball_loss:quantile=0" => pinball(rows, 0.0),
        "pinball_loss:quantile=0.9" => pinball(rows, 0.9),
        "pinball_loss:quantile=1" => pinball(rows, 1.0),
        "r2_score" => 1.0 - mean(rows, square) / var_t,
        "explained_variance" => 1.0 - covariance(rows, error, error) / var_t,
        "pearson_correlation" => cov / (var_p * var_t).sqrt(),
        "concordance_correlation" => 2.0 * cov / (var_p + var_t + bias * bias),
        "accuracy" => mean(rows, |p, t| f64::from((p > threshold) == (t == 1.0))),
        "hamming_loss" => mean(rows, |p, t| f64::from((p > threshold) != (t == 1.0))),
        "balanced_accuracy" => (tp / (tp + fn_) + tn / (tn + fp)) / 2.0,
        "precision" => tp / (tp + fp),
        "recall" => tp / (tp + fn_),
        "specificity" => tn / (tn + fp),
        "negative_predictive_value" => tn / (tn + fn_),
        "f1_score" | "fbeta_score" => fbeta(cells, 1.0),
        "fbeta_score:beta=0" => fbeta(cells, 0.0),
        "fbeta_score:beta=0.3" => fbeta(cells, 0.3),
        "fbeta_score:beta=2" => fbeta(cells, 2.0),
        "jaccard_index" => tp / (tp + fp + fn_),
        "matthews_correlation" => {
            let labels = |_: f64, t: f64| t;
            let predicted = |p: f64, _: f64| f64::from(p > threshold);
            let variances =
                covariance(rows, predicted, predicted) * covariance(rows, labels, labels);
            covariance(rows, predicted, labels) / variances.sqrt()
        }
        "cohen_kappa" => {
            let agreement = (tp + tn) / n;
            let chance = ((tp + fp) * (tp + fn_) + (tn + fn_) * (tn + fp)) / (n * n);
            (agreement - chance) / (1.0 - chance)
        }
        "hinge_loss" => mean(rows, hinge),
        "squared_hinge_loss" => mean(rows, |p, t| hinge(p, t) * hinge(p, t)),
        "true_positives" => tp,
        "false_positives" => fp,
        "true_negatives" => tn,
        "false_negatives" => fn_,
        "log_loss" => mean(rows, log_loss(0.0, f64::EPSILON)),
        "log_loss:label_smoothing=0.1" => mean(rows, log_loss(0.1, f64::EPSILON)),
        "log_loss:label_smoothing=1" => mean(rows, log_loss(1.0, f64::EPSILON)),
        "log_loss:eps=0.125" => mean(rows, log_loss(0.0, 0.125)),
        "normalized_entropy" => mean(rows, log_loss(0.0, f64::EPSILON)) / entropy(rows, 2),
        "normalized_entropy:eps=0.125" => mean(rows, log_loss(0.0, 0.125)) / entropy(rows, 2),
        spec if spec.contains("calibration_") => return calibration(spec, rows),
        "confusion_matrix" => return Some(vec![tn, fp, fn_, tp]),
        spec if curves::formula(spec, rows).is_some() => return curves::formula(spec, rows),
        spec if spec.starts_with("roc_auc") => roc_auc(rows),
        spec if spec.starts_with("average_precision") => average_precision(rows),
        _ => return None,
    }])
}

/// A spec without its reduction, and the factor from the mean to the reduced loss.
fn reduction<'a>(spec: &'a str, rows: &[Row]) -> (&'a str, f64) {
    let weight = sum(rows, |_, _| 1.0);
    match spec.split_once(":reduction=") {
        Some((base, "sum")) => (base, weight),
        Some((base, "sum_over_batch_size")) => (base, weight / rows.len() as f64),
        _ => (spec, 1.0),
    }
}

/// The numbers of a value, with NaN for undefined ones.
fn numbers(value: &Value, by_class: bool) -> Vec<f64> {
    match value {
        Value::Vector(numbers) => {
            numbers.iter().map(|number| number.clone().unwrap_or(f64::NAN)).collect()
        }
        // A number with its threshold for each class.
        Value::Matrix(rows) if by_class => {
            rows.iter().map(|row| row.as_ref().map_or(f64::NAN, |row| row[0])).collect()
        }
        // An undefined row belongs to a class without samples.
        Value::Matrix(rows) => rows.iter().flatten().flatten().copied().collect(),
        value => value.numbers().expect("numbers"),
    }
}

/// The samples of a round.
struct Round {
    /// In the multiclass task, a prediction is the class of the largest score.
    rows: Vec<Row>,
    /// Rows of scores; none if predictions are single numbers.
    scores: Vec<Vec<f64>>,
}

/// A row of scores that are small multiples of 2^-8; probabilities sum to 1. The class of the
/// largest is not the last.
fn scores(inputs: Inputs, random: &mut Random) -> Vec<f64> {
    let mut scores: Vec<_> = if inputs.are_logits() {
        (0..CLASSES).map(|_| random.below(129) as f64 / 16.0 - 4.0).collect()
    } else {
        let mut cuts: Vec<_> = (1..CLASSES).map(|_| random.below(257)).chain([0, 256]).collect();
        cuts.sort_unstable();
        cuts.windows(2).map(|ends| (ends[1] - ends[0]) as f64 / 256.0).collect()
    };
    if rows::arg_max(&scores) == CLASSES - 1 {
        scores.swap(0, CLASSES - 1);
    }
    scores
}

/// Predictions and truths above 0, where every metric has a value, and others. The last class is
/// neither predicted nor true.
fn samples(inputs: Inputs, positive: bool, random: &mut Random) -> Round {
    let mut weights: Vec<_> = (0..SAMPLES).map(|i| (i % 9) as f64 / 4.0).collect();
    random.shuffle(&mut weights);
    let mut samples = Round { rows: vec![], scores: vec![] };
    for weight in weights {
        let prediction = match inputs {
            Inputs::Probabilities | Inputs::Logits => {
                samples.scores.push(scores(inputs, random));
                rows::arg_max(&samples.scores[samples.rows.len()]) as f64
            }
            Inputs::Classes => random.below(CLASSES - 1) as f64,
            Inputs::Regression if positive => (1 + random.below(256)) as f64 / 256.0,
            Inputs::Values => random.below(513) as f64 / 256.0 - 1.0,
            _ => random.below(257) as f64 / 256.0,
        };
        let truth = match inputs.task() {
            Task::Regression if positive => (1 + random.below(256)) as f64 / 256.0,
            Task::Regression | Task::Aggregation => random.below(513) as f64 / 256.0 - 1.0,
            Task::Multiclass => random.below(CLASSES - 1) as f64,
            // Labels correlate with the predictions, so that no value is near zero.
            Task::Binary | Task::Multilabel => {
                f64::from(prediction > random.below(257) as f64 / 256.0)
            }
        };
        samples.rows.push((prediction, truth, weight));
    }
    samples
}

#[test]
fn every_metric_matches_its_formula() {
    // Labels are binary samples (tests/library/outputs.rs); vectors have tests/library/vectors.rs.
    let elsewhere = [Inputs::Labels, Inputs::Vectors];
    for &inputs in Inputs::ALL.iter().filter(|inputs| !elsewhere.contains(inputs)) {
        let mut random = Random::new(5);
        // How often each metric was compared, of 40 times.
        let mut compared: HashMap<_, _> = specs(inputs).into_iter().map(|spec| (spec, 0)).collect();
        for turn in 0..20 {
            let positive = turn % 2 == 0;
            let Round { rows, scores } = samples(inputs, positive, &mut random);
            let ones: Vec<Row> = rows.iter().map(|&(p, t, _)| (p, t, 1.0)).collect();
            let [prediction, truth, weight] =
                [|row: &Row| row.0, |row: &Row| row.1, |row: &Row| row.2]
                    .map(|column| rows.iter().map(column).collect::<Vec<f64>>());
            let prediction = if inputs.rows() { scores.concat() } else { prediction };
            let builder = Evaluator::builder(inputs.task()).classes(CLASSES);
            let builder = builder.metrics(specs(inputs)).from_logits(inputs.are_logits());
            let mut evaluator = builder.device(Device::Cpu).build().unwrap();
            let batch = match inputs {
                Inputs::Values => Batch::values(&prediction),
                _ => Batch::new(&prediction, &truth),
            };
            evaluator.update(&batch.weights(&weight)).unwrap();
            for entry in evaluator.result().unwrap().entries {
                let spec = inputs.spec(&entry.spec);
                let sides = [(entry.unweighted, &ones), (entry.weighted, &rows)];
                for (value, rows) in sides {
                    if !positive && matches!(value, Err(Undefined::OutsideDomain { .. })) {
                        continue;
                    }
                    let (base, factor) = reduction(&entry.spec, rows);
                    let expected = match inputs.task() {
                        Task::Multiclass if spec.has_binary_problems() => {
                            one_vs_rest::formula(base, inputs, rows, &scores)
                        }
                        Task::Multiclass if spec.needs_rows() => {
                            rows::formula(base, inputs, rows, &scores)
                        }
                        Task::Multiclass => classes::formula(base, rows),
                        _ => formula(base, rows),
                    };
                    let expected = expected.unwrap_or_else(|| panic!("{}: no formula", entry.spec));
                    // The maximum of no numbers, if no threshold of a class reaches the required
                    // rate.
                    let unreached = expected == [f64::NEG_INFINITY];
                    let value = match value {
                        Err(Undefined::Unreached { .. } | Undefined::Class { .. }) if unreached => {
                            continue;
                        }
                        value => value.unwrap_or_else(|e| panic!("{}: {e}", entry.spec)),
                    };
                    if let (Value::Interval(Interval { low, high, .. }), [expected]) =
                        (&value, &expected[..])
                    {
                        // Some terms of the formula are rounded in f64; terms of f32 scores are
                        // not.
                        let holds = low - 1e-12 <= *expected && expected - 1e-12 <= *high;
                        assert!(holds, "{}: {expected} is not in {value:?}", entry.spec);
                        *compared.get_mut(&entry.spec).unwrap() += 1;
                        continue;
                    }
                    // Log-odds that differ may share a bin.
                    let is_one_vs_rest = spec.has_binary_problems();
                    if is_one_vs_rest && inputs.are_logits() && base.contains("bins=") {
                        continue;
                    }
                    let found = numbers(&value, base.contains("average=none"));
                    let expected: Vec<_> = expected.iter().map(|x| x * factor).collect();
                    // Thresholds between bins are not scores, and log-odds differ in f64.
                    let of_scores = base.contains("_curve") && !base.starts_with("calibration");
                    let left_out = of_scores && (base.contains(':') || inputs.are_logits());
                    let width = if inputs.task() == Task::Multiclass { 4 } else { 3 };
                    let [found, expected] = [found, expected].map(|numbers| {
                        let numbers = numbers.into_iter().enumerate();
                        let kept =
                            numbers.filter(|(index, _)| !left_out || index % width < width - 1);
                        kept.map(|(_, number)| number).collect::<Vec<_>>()
                    });
                    assert_eq!(found.len(), expected.len(), "{}", entry.spec);
                    for (found, expected) in found.iter().zip(&expected) {
                        // Values and their terms are at most about 1 in magnitude.
                        let error = (found - expected).abs() / expected.abs().max(1.0);
                        let both_undefined = found.is_nan() && !expected.is_finite();
                        assert!(
                            both_undefined || error <= tolerance(&spec, *expected),
                            "{} of {inputs:?}: {found}, not {expected}",
                            entry.spec
                        );
                    }
                    *compared.get_mut(&entry.spec).unwrap() += 1;
                }
            }
        }
        for (spec, compared) in compared {
            let shares_bins = inputs.are_logits() && spec.contains("bins=");
            let is_left_out = shares_bins && inputs.spec(&spec).has_binary_problems();
            assert!(compared > 0 || is_left_out, "{spec} of {inputs:?} was never compared");
        }
    }
}
