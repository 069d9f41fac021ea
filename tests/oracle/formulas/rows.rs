//! Formulas of the multiclass task over rows of scores.

use super::{Row, calibration, entropy, mean};
use crate::common::specs::{CLASSES, Inputs};

/// A function of a row of scores, its probabilities and its truth.
type Of<'a, T> = &'a dyn Fn(&[f64], &[f64], usize) -> T;

/// The class of the largest score; the lowest class in a tie.
pub fn arg_max(scores: &[f64]) -> usize {
    (1..scores.len()).fold(0, |best, class| if scores[class] > scores[best] { class } else { best })
}

fn probabilities(inputs: Inputs, scores: &[f64]) -> Vec<f64> {
    if !inputs.are_logits() {
        return scores.to_vec();
    }
    let exponentials: Vec<_> = scores.iter().map(|score| score.exp()).collect();
    let sum: f64 = exponentials.iter().sum();
    exponentials.iter().map(|exponential| exponential / sum).collect()
}

fn log_loss(smoothing: f64, eps: f64) -> impl Fn(&[f64], &[f64], usize) -> f64 {
    move |_, p, t| {
        let truth = |class| if class == t { 1.0 - smoothing } else { 0.0 };
        let label = |class| truth(class) + smoothing / CLASSES as f64;
        (0..CLASSES)
            .filter(|&class| label(class) > 0.0)
            .map(|class| -label(class) * p[class].max(eps).ln())
            .sum()
    }
}

fn top_k(k: usize) -> impl Fn(&[f64], &[f64], usize) -> f64 {
    move |scores, _, t| {
        let mut classes: Vec<_> = (0..CLASSES).collect();
        // A stable sort: lower classes stay first among equals.
        classes.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
        f64::from(u8::from(classes[..k].contains(&t)))
    }
}

fn hinge(scores: &[f64], _: &[f64], t: usize) -> f64 {
    let other_scores = (0..CLASSES).filter(|&class| class != t).map(|class| scores[class]);
    (1.0 + other_scores.fold(f64::MIN, f64::max) - scores[t]).max(0.0)
}

fn brier(_: &[f64], p: &[f64], t: usize) -> f64 {
    let label = |class| if class == t { 1.0 } else { 0.0 };
    (0..CLASSES).map(|class| (p[class] - label(class)).powi(2)).sum()
}

/// The formula of a spec; none if it is not implemented here. Rows are truths and weights of the
/// samples, whose predictions are `scores`.
pub fn formula(spec: &str, inputs: Inputs, rows: &[Row], scores: &[Vec<f64>]) -> Option<Vec<f64>> {
    // Samples with another number in place of prediction and truth.
    let rows_of = |of: Of<'_, [f64; 2]>| -> Vec<Row> {
        let value = |(&(_, t, w), scores): (&Row, &Vec<f64>)| {
            let [a, b] = of(scores, &probabilities(inputs, scores), t as usize);
            (a, b, w)
        };
        rows.iter().zip(scores).map(value).collect()
    };
    let mean_of =
        |of: Of<'_, f64>| mean(&rows_of(&|scores, p, t| [of(scores, p, t), 0.0]), |value, _| value);
    // The largest probability, and whether its class is right.
    let tops = rows_of(&|scores, p, t| {
        let top = arg_max(scores);
        [p[top], f64::from(u8::from(top == t))]
    });
    let eps = |eps: f64| if inputs.are_logits() { 0.0 } else { eps };
    let default_eps = eps(f64::EPSILON);
    Some(vec![match spec {
        "top_k_accuracy" => mean_of(&top_k(2)),
        "top_k_accuracy:k=1" => mean_of(&top_k(1)),
        "top_k_accuracy:k=4" => mean_of(&top_k(4)),
        "hinge_loss" => mean_of(&hinge),
        "brier_score" => mean_of(&brier),
        "log_loss" => mean_of(&log_loss(0.0, default_eps)),
        "log_loss:label_smoothing=0.1" => mean_of(&log_loss(0.1, default_eps)),
        "log_loss:label_smoothing=1" => mean_of(&log_loss(1.0, default_eps)),
        "log_loss:eps=0.125" => mean_of(&log_loss(0.0, eps(0.125))),
        "perplexity" => mean_of(&log_loss(0.0, default_eps)).exp(),
        "perplexity:eps=0.125" => mean_of(&log_loss(0.0, eps(0.125))).exp(),
        "normalized_entropy" => mean_of(&log_loss(0.0, default_eps)) / entropy(rows, CLASSES),
        "normalized_entropy:eps=0.125" => {
            mean_of(&log_loss(0.0, eps(0.125))) / entropy(rows, CLASSES)
        }
        spec if spec.contains("calibration_") => return calibration(spec, &tops),
        _ => return None,
    }])
}
