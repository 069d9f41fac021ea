//! Soft truths: a probability per class.

use crate::common::random::Random;
use weighbridge::batch::FaultPolicy;
use weighbridge::error::UpdateError;
use weighbridge::report::Warning;
use weighbridge::statistic::{Accumulator, Statistic, ValueFn, ValueSpec};
use weighbridge::{Batch, Device, Error, Evaluator, EvaluatorBuilder, Report, Task, Undefined};

/// Every metric that supports soft truths.
const METRICS: [&str; 11] = [
    "accuracy",
    "f1_score",
    "matthews_correlation",
    "cohen_kappa",
    "confusion_matrix",
    "top_k_accuracy:k=2",
    "expected_calibration_error",
    "log_loss",
    "log_loss:label_smoothing=0.1",
    "log_loss:reduction=sum_over_batch_size",
    "perplexity",
];

fn builder(classes: usize, metrics: &[&str]) -> EvaluatorBuilder {
    let builder = Evaluator::builder(Task::Multiclass).classes(classes);
    builder.metrics(metrics.iter().copied()).device(Device::Cpu)
}

fn evaluator(classes: usize, metrics: &[&str], from_logits: bool) -> Evaluator {
    builder(classes, metrics).from_logits(from_logits).build().unwrap()
}

fn report(mut evaluator: Evaluator, batch: &Batch<'_>) -> Report {
    evaluator.update(batch).unwrap();
    evaluator.result().unwrap()
}

/// A number from 0 to 1.
fn unit(random: &mut Random) -> f64 {
    (random.bits() >> 11) as f64 / 2_f64.powi(53)
}

/// Logits, close together or far apart.
fn logits(random: &mut Random, len: usize) -> Vec<f32> {
    let spread = [0.01, 1.0, 5.0, 20.0, 200.0][random.below(5)];
    (0..len).map(|_| (spread * (2.0 * unit(random) - 1.0)) as f32).collect()
}

/// Probabilities that sum to 1 up to rounding, over few classes or over all.
fn distribution(random: &mut Random, classes: usize) -> Vec<f32> {
    let (power, zeros) = ([1, 4, 30][random.below(3)], random.below(2) == 0);
    let mut row: Vec<f64> = (0..classes).map(|_| unit(random).powi(power)).collect();
    let last = random.below(classes);
    row.iter_mut().enumerate().for_each(|(class, t)| {
        *t = if zeros && class != last && random.below(3) > 0 { 0.0 } else { *t + 1e-9 };
    });
    let sum: f64 = row.iter().sum();
    row.iter().map(|t| (t / sum) as f32).collect()
}

#[test]
fn one_hot_soft_truths_equal_labels() {
    let mut random = Random::new(1);
    for (classes, from_logits) in [(2, true), (3, false), (64, true), (65, true), (130, false)] {
        // Several blocks.
        let samples = 1300;
        let scores: Vec<f32> = match from_logits {
            true => logits(&mut random, samples * classes),
            false => (0..samples).flat_map(|_| distribution(&mut random, classes)).collect(),
        };
        let labels: Vec<u32> = (0..samples).map(|_| random.below(classes) as u32).collect();
        let weights: Vec<f32> = (0..samples).map(|_| random.below(5) as f32 / 4.0).collect();
        let rows: Vec<f32> = labels
            .iter()
            .flat_map(|&label| (0..classes).map(move |class| f32::from(class as u32 == label)))
            .collect();
        let builder = builder(classes, &METRICS).from_logits(from_logits);
        let class_weights = [(0, 3.5), (1, 0.0)];
        for builder in [builder.clone(), builder.class_weights(class_weights).ignore_index(1)] {
            let hard = Batch::new(&scores, &labels).weights(&weights);
            let mut whole = builder.clone().build().unwrap();
            let mut split = builder.build().unwrap();
            whole.update(&hard).unwrap();
            for range in [0..700, 700..samples] {
                let elements = range.start * classes..range.end * classes;
                let soft = Batch::new(&scores[elements.clone()], &rows[elements]).soft();
                split.update(&soft.weights(&weights[range])).unwrap();
            }
            assert_eq!(whole.state().unwrap(), split.state().unwrap(), "{classes} classes");
        }
    }
}

/// Keras: with soft labels, `class_weight` weights each sample by its most probable class.
#[test]
fn class_weights_use_the_most_probable_class() {
    let scores = [1.0_f32, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 3.0];
    // The last one is a tie; the lower class wins.
    let soft = [0.25_f32, 0.5, 0.25, 0.1, 0.2, 0.7, 0.4, 0.4, 0.2];
    let weights = [2.0_f32, 0.5, 8.0];
    let by_class = builder(3, &["accuracy", "log_loss"]).from_logits(true);
    let weighed = by_class.clone().class_weights([(1, 10.0), (2, 3.0)]).build().unwrap();
    let by_hand = by_class.build().unwrap();
    let batch = Batch::new(&scores, &soft).soft();
    let left = report(weighed, &batch.weights(&weights));
    let right = report(by_hand, &batch.weights(&[20.0_f32, 1.5, 8.0]));
    for metric in ["accuracy", "log_loss"] {
        assert_eq!(left.weighted(metric), right.weighted(metric), "{metric}");
        assert_eq!(left.unweighted(metric), right.unweighted(metric), "{metric}");
    }
    let ignoring = builder(3, &["accuracy"]).ignore_index(2).build().unwrap();
    let report = report(ignoring, &batch);
    assert_eq!((report.samples, report.masked_samples), (2, 1));
    assert_eq!(report.unweighted("accuracy"), Ok(0.0));
}

/// The cross-entropy of a soft truth is the log loss of one sample per class, weighted by the
/// probability of the class.
#[test]
fn cross_entropy_is_the_weighted_sum_of_log_losses() {
    let (classes, samples) = (5, 200);
    let mut random = Random::new(2);
    let scores = logits(&mut random, classes * samples);
    let soft: Vec<f32> = (0..samples).flat_map(|_| distribution(&mut random, classes)).collect();
    let whole = report(
        evaluator(classes, &["log_loss:label_smoothing=0.1"], true),
        &Batch::new(&scores, &soft).soft(),
    );
    let repeated: Vec<f32> = scores.chunks(classes).flat_map(|row| row.repeat(classes)).collect();
    let labels: Vec<u32> = (0..samples).flat_map(|_| 0..classes as u32).collect();
    let parts = report(
        evaluator(classes, &["log_loss:label_smoothing=0.1"], true),
        &Batch::new(&repeated, &labels).weights(&soft),
    );
    let [whole, parts] = [
        whole.unweighted("log_loss:label_smoothing=0.1").unwrap(),
        parts.weighted("log_loss:label_smoothing=0.1").unwrap(),
    ];
    // Both are means of f32 losses within 8 ulp, with weights that sum to 1 up to rounding.
    assert!((whole / parts - 1.0).abs() < 2_f64.powi(-19), "{whole}, {parts}");
}

/// The cross-entropy of a row, in `f64`.
fn cross_entropy(scores: &[f32], soft: &[f32], from_logits: bool, eps: f64) -> f64 {
    let top = scores.iter().copied().fold(f32::MIN, f32::max);
    let gap = |score: f32| f64::from(top) - f64::from(score);
    let arg_max = scores.iter().position(|&score| score == top).unwrap();
    let other_classes = scores.iter().enumerate().filter(|(class, _)| *class != arg_max);
    let rest: f64 = other_classes.map(|(_, &score)| (-gap(score)).exp()).sum();
    let loss = |score: f32| match from_logits {
        true => gap(score) + rest.ln_1p(),
        false => -f64::from(score).max(eps).ln(),
    };
    scores.iter().zip(soft).filter(|(_, t)| **t > 0.0).map(|(&z, &t)| f64::from(t) * loss(z)).sum()
}

#[test]
fn losses_of_soft_truths_are_within_their_bounds() {
    let mut random = Random::new(3);
    let eps = 1e-3_f32;
    let functions =
        [(ValueFn::SoftmaxLoss, 0.0, 6.0), (ValueFn::CrossEntropyOfProbabilities, eps, 3.0)];
    for (function, parameter, bound) in functions {
        let value = Statistic::Sum(ValueSpec { function, parameter: parameter.into() });
        let from_logits = function == ValueFn::SoftmaxLoss;
        let (mut worst, mut compared, mut all) = (0.0_f64, 0, 0);
        for (classes, turns) in [(2, 3000), (10, 2000), (64, 500), (65, 500), (1000, 100)] {
            let builder = Evaluator::builder(Task::Multiclass).classes(classes);
            let mut evaluator = builder.statistics([value]).device(Device::Cpu).build().unwrap();
            all += turns;
            for turn in 0..turns {
                let mut scores = match from_logits {
                    true => logits(&mut random, classes),
                    false => distribution(&mut random, classes),
                };
                let mut soft = distribution(&mut random, classes);
                // Probabilities slightly above 1.
                if turn % 4 == 0 {
                    soft.iter_mut().for_each(|t| *t = (*t * (1.0 + 2_f32.powi(-9))).min(1.0));
                }
                // An impossible class.
                if let Some(none) = soft.iter().position(|&t| t == 0.0)
                    && from_logits
                    && turn % 3 == 0
                {
                    scores[none] = f32::MIN;
                }
                evaluator.reset().unwrap();
                evaluator.update(&Batch::new(&scores, &soft).soft()).unwrap();
                let total = &evaluator.state().unwrap().totals[0].statistics[0];
                let Accumulator::Sum(sum) = total.content else { panic!("no sum") };
                let exact = cross_entropy(&scores, &soft, from_logits, parameter.into());
                if total.faults.underflow > 0 {
                    assert!(exact < 2_f64.powi(-124) * classes as f64);
                    continue;
                }
                let size = (exact as f32).max(f32::MIN_POSITIVE);
                let ulp = f64::from(size.next_up() - size);
                let error = (sum.unweighted.to_f64() - exact).abs() / ulp;
                worst = worst.max(error);
                compared += 1;
                assert!(error <= bound, "{}: off by {error} ulp, {scores:?}", function.name());
            }
        }
        println!("{}: {worst:.3} ulp", function.name());
        assert!(compared * 10 > all * 9, "{}: {compared} of {all}", function.name());
    }
}

#[test]
fn counts_and_ranks_use_the_most_probable_class() {
    let scores = [0.1_f32, 0.7, 0.2, 0.5, 0.3, 0.2];
    let soft = [0.4_f64, 0.4, 0.2, 0.0, 0.3, 0.7];
    let metrics = ["accuracy", "top_k_accuracy:k=2", "expected_calibration_error:bins=1"];
    let report = report(evaluator(3, &metrics, false), &Batch::new(&scores, &soft).soft());
    // The truths are 0, the lower of two equally probable classes, and 2; the predictions are 1 and
    // 0.
    assert_eq!(report.unweighted("accuracy"), Ok(0.0));
    assert_eq!(report.unweighted(metrics[1]), Ok(0.0));
    let confidence = (f64::from(0.7_f32) + 0.5) / 2.0;
    assert_eq!(report.unweighted(metrics[2]), Ok(confidence));
}

#[test]
fn rows_that_are_not_distributions_are_faults() {
    let scores = [0.0_f32; 9];
    let good = [0.25_f32, 0.25, 0.5];
    let bad = [
        [0.5_f32, 0.25, 0.0],
        [0.5, 0.75, 0.25],
        [-0.25, 0.75, 0.5],
        [1.25, -0.25, 0.0],
        [f32::NAN, 0.5, 0.5],
        [f32::INFINITY, 0.0, 0.0],
        [0.0, 0.0, 0.0],
        // The sum is off by more than the tolerance of 2^-8.
        [0.5, 0.5, (1.0 + f32::EPSILON) / 256.0],
        [0.5, 0.5 - (1.0 + 2_f32.powi(-12)) / 256.0, 0.0],
    ];
    for row in bad {
        let truth = [good, row, good].concat();
        let batch = Batch::new(&scores, &truth).soft();
        let fault = Error::from(UpdateError::InvalidDistribution { row: 1 });
        let mut refusing = evaluator(3, &["accuracy", "log_loss"], true);
        let before = refusing.state().unwrap();
        assert_eq!(refusing.update(&batch), Err(fault), "{row:?}");
        assert_eq!(refusing.state().unwrap(), before);
        // With weight 0, or masked, it is not a fault.
        refusing.update(&batch.weights(&[1.0_f32, 0.0, 1.0])).unwrap();
        refusing.update(&batch.mask(&[true, false, true])).unwrap();
        let mut counting = evaluator(3, &["accuracy", "log_loss"], true);
        counting.update(&batch.on_fault(FaultPolicy::Count)).unwrap();
        let report = counting.result().unwrap();
        for metric in ["accuracy", "log_loss"] {
            let reason = Undefined::InvalidLabel { count: 1 };
            assert_eq!(report.get(metric).unwrap().unweighted, Err(reason), "{row:?}");
        }
    }
    let eighth = 2_f32.powi(-8);
    let near = [[0.5_f32, 0.5, eighth], [1.0, 0.0, -0.0], [0.25, 0.25, 0.5 - eighth]].concat();
    evaluator(3, &["accuracy"], true).update(&Batch::new(&scores, &near).soft()).unwrap();
}

/// In `f32`, the first sums would be within the tolerance of 2^-8, and the last row would be a tie.
#[test]
fn soft_truths_in_double_precision_are_compared_in_it() {
    let (scores, tiny) = ([0.5_f64; 4], 2_f64.powi(-40));
    let slack = 2_f64.powi(-8);
    let update = |truth: [f64; 4], ignored: i64| {
        let builder = builder(2, &["accuracy"]).ignore_index(ignored);
        let mut evaluator = builder.build().unwrap();
        evaluator.update(&Batch::new(&scores, &truth).soft())?;
        Ok(evaluator.state().unwrap().totals[0].weights.masked)
    };
    let fault = Err(Error::from(UpdateError::InvalidDistribution { row: 1 }));
    assert_eq!(update([0.5, 0.5, 0.5, 0.5 + slack + tiny], 7), fault);
    assert_eq!(update([0.5, 0.5, 0.5, 0.5 - slack - tiny], 7), fault);
    assert_eq!(update([0.5, 0.5, 0.5, 0.5 + slack], 7), Ok(0));
    assert_eq!(update([0.5, 0.5, 0.5 - tiny, 0.5 + tiny], 1), Ok(1));
}

#[test]
fn incompatible_options_are_refused_with_soft_truths() {
    let (scores, soft) = ([0.2_f32, 0.3, 0.5], [0.25_f32, 0.25, 0.5]);
    let batch = Batch::new(&scores, &soft).soft();
    let refused = |metrics: &[&str], batch: &Batch<'_>| {
        evaluator(3, metrics, false).update(batch).unwrap_err().to_string()
    };
    let cases = [
        (
            refused(&["accuracy", "brier_score"], &batch),
            "brier_score does not support soft truths: give the class of each sample, or leave it \
             out",
        ),
        (
            refused(&["hinge_loss"], &batch),
            "hinge_loss does not support soft truths: give the class of each sample, or leave it \
             out",
        ),
        (
            refused(&["hinge_loss"], &Batch::new(&[0.0_f32; 0], &[0.0_f32; 0]).soft()),
            "hinge_loss does not support soft truths: give the class of each sample, or leave it \
             out",
        ),
        (
            evaluator(3, &["brier_score"], true).update(&batch).unwrap_err().to_string(),
            "brier_score does not support soft truths: give the class of each sample, or leave it \
             out",
        ),
        (
            refused(&["accuracy"], &Batch::new(&[0.2, f64::NAN, 0.3], &soft).soft()),
            "the prediction in row 0 is NaN: it must be finite; mask the row, or count such faults \
             with on_fault(FaultPolicy::Count)",
        ),
        (
            refused(&["log_loss", "log_loss:eps=0.01"], &batch),
            "log_loss and log_loss:eps=0.01 need different sums over the same rows: give them the \
             same parameters, or use an evaluator for each",
        ),
        (
            refused(&["accuracy"], &Batch::new(&[2_u32], &soft).soft()),
            "soft truths need rows of scores as predictions: give 3 scores per sample, or the \
             class of each truth",
        ),
        (
            refused(&["accuracy"], &Batch::new(&scores, &soft[..2]).soft()),
            "the truth has 2 elements, which is not a multiple of the row width 3",
        ),
        (
            refused(&["accuracy"], &Batch::new(&scores, &[0.5_f32, 0.25, 0.5]).soft()),
            "the truth in row 0 is not a distribution: its elements must be probabilities that \
             sum to 1",
        ),
    ];
    for (found, expected) in cases {
        assert_eq!(found, expected);
    }
    let mut binary = Evaluator::builder(Task::Binary).device(Device::Cpu).build().unwrap();
    let error = binary.update(&Batch::new(&[0.5_f32], &[0.5_f32]).soft()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "one-hot and soft truths are supported only in the multiclass task; the binary task needs \
         one truth per prediction"
    );
    // Hard truths use the eps of each metric.
    evaluator(3, &["log_loss", "log_loss:eps=0.01"], false)
        .update(&Batch::new(&scores, &[2_u32]))
        .unwrap();
}

/// Probabilities below eps are clipped to eps, and the report counts them.
#[test]
fn clipped_probabilities_are_counted() {
    let scores = [1.0_f32, 0.0, 0.0, 0.5, 0.5, 0.0];
    // The class of probability 0 is only part of the first truth.
    let soft = [0.5_f32, 0.5, 0.0, 0.5, 0.5, 0.0];
    let report =
        report(evaluator(3, &["log_loss:eps=0.25"], false), &Batch::new(&scores, &soft).soft());
    let expected = (0.5 * 4_f64.ln() + 2_f64.ln()) / 2.0;
    let found = report.unweighted("log_loss:eps=0.25").unwrap();
    assert!((found / expected - 1.0).abs() < 2_f64.powi(-22), "{found}");
    let values = vec!["log_loss:eps=0.25".to_owned()];
    assert_eq!(report.warnings, [Warning::Clipped { values, count: 1 }]);
}

/// Malformed rows also have a most probable class, which decides about the class weight and whether
/// the row is ignored.
#[test]
fn malformed_rows_have_a_class() {
    let scores = [0.0_f32; 3];
    // A number that is not a probability is not the largest.
    let (first, last) = ([2.0_f32, 0.25, 0.0], [0.1_f32, 0.2, 0.3]);
    let by_class = |class_weights: [(usize, f64); 1], ignored: i64| {
        let builder = builder(3, &["accuracy"]).from_logits(true);
        builder.class_weights(class_weights).ignore_index(ignored).build().unwrap()
    };
    let adds = |row: &[f32], class_weights, ignored| {
        let batch = Batch::new(&scores, row).soft();
        by_class(class_weights, ignored).update(&batch).is_ok()
    };
    assert!(!adds(&first, [(0, 0.0)], -1) && adds(&first, [(1, 0.0)], -1));
    assert!(!adds(&last, [(0, 0.0)], -1) && adds(&last, [(2, 0.0)], -1));
    assert!(!adds(&first, [(2, 0.5)], 0) && adds(&first, [(2, 0.5)], 1));
    assert!(!adds(&last, [(0, 0.5)], 0) && adds(&last, [(0, 0.5)], 2));
    for (row, class) in [(first, 1), (last, 2)] {
        let mut counting = by_class([(class, 0.0)], -1);
        counting.update(&Batch::new(&scores, &row).soft().on_fault(FaultPolicy::Count)).unwrap();
        let faults = counting.state().unwrap().totals[0].weights.invalid_label;
        assert_eq!((faults.unweighted, faults.weighted), (1, 0), "{row:?}");
    }
}

/// A loss outside the range of `f32` is an overflow, unless the class has probability 0 in the
/// truth.
#[test]
fn losses_outside_f32_range() {
    let log_loss = |scores: [f32; 3], soft: [f32; 3], from_logits| {
        let evaluator = evaluator(3, &["log_loss"], from_logits);
        report(evaluator, &Batch::new(&scores, &soft).soft())
    };
    let far = log_loss([f32::MAX, f32::MIN, 0.0], [0.75, 0.25, 0.0], true);
    let reason = Undefined::Overflow { count: 1 };
    assert_eq!(far.get("log_loss").unwrap().unweighted, Err(reason));
    // The class that is far off has probability 0.
    let near = log_loss([f32::MAX, f32::MIN, 0.0], [1.0, 0.0, 0.0], true);
    assert_eq!(near.unweighted("log_loss"), Ok(0.0));
}
