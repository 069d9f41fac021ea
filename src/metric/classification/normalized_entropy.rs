//! The log loss, relative to that of a model that predicts the frequencies of labels.
//!
//! ```text
//! normalized_entropy = log_loss / −(r ln r + (1 − r) ln(1 − r)),   r = Σ w y / Σ w
//! ```
//!
//! r is the frequency of label 1. The denominator is the entropy of the labels, which is the log
//! loss of predicting r for every sample. Below 1 the model is better than that, so values can be
//! compared between data sets with different r. `log_loss` is [`log_loss`](super::log_loss), with
//! its `eps`. Its mean is rounded once, and so is each frequency. Logarithms are within an ulp,
//! even if a frequency is nearly 0 or 1.
//!
//! # Multiclass
//!
//! ```text
//! normalized_entropy = log_loss / −Σ_k r_k ln r_k,   r_k = T_k / N
//! ```
//!
//! T_k is the weight of the samples of class k, and N that of all samples. In the denominator, a
//! soft truth counts as its most probable class.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite predictions, probabilities outside [0, 1]; only
//! one label or class, which has no entropy.
//!
//! # Source
//!
//! He et al. (2014), Practical lessons from predicting clicks on ads at Facebook. 1 −
//! `normalized_entropy` is McFadden's R².
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Binary).metric("normalized_entropy").build()?;
//! // The predictions reveal the labels of half of the samples, and nothing about the others.
//! evaluator.update(&Batch::new(&[0.5_f32, 0.5, 0.0, 1.0], &[0_u8, 1, 0, 1]))?;
//! let value = evaluator.result()?.unweighted("normalized_entropy")?;
//! assert!((value - 0.5).abs() < 1e-7);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::binary_counts;
use super::binary_counts::BinaryCounts;
use super::class_counts::margins;
use super::log_loss::{EPS, label_loss};
use crate::error::Undefined;
use crate::exact::ratio::ratio;
use crate::metric::{Better, MetricDef, OUTPUT_AVERAGE};
use crate::statistic::Task;
use num_bigint::{BigInt, Sign};

const NORMALIZED_ENTROPY: MetricDef = MetricDef {
    name: "normalized_entropy",
    summary: "the log loss, relative to that of predicting label frequencies",
    formula: "log_loss / −(r ln r + (1−r) ln(1−r)), r = Σwy / Σw",
    tasks: &[Task::Binary, Task::Multilabel],
    label_average: Some(&OUTPUT_AVERAGE),
    parameters: &[&EPS],
    statistics: |arguments| Ok(vec![label_loss(arguments)?, binary_counts::statistic(arguments)]),
    finish: |arguments, view| {
        let counts = BinaryCounts::new(arguments, view)?;
        let labels = [counts.negatives(), counts.positives()];
        let absent = labels.iter().position(|weight| weight.sign() == Sign::NoSign);
        if let Some(absent) = absent {
            return Err(Undefined::OneLabel { label: 1 - absent as u8 });
        }
        Ok((view.mean(label_loss(arguments)?)? / entropy(&labels)).into())
    },
    better: Better::Lower,
    range: [0.0, f64::INFINITY],
    ..MetricDef::BASE
};

/// The metrics of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[
    NORMALIZED_ENTROPY,
    MetricDef {
        formula: "log_loss / −Σ_k r_k ln r_k, r = T / N",
        tasks: &[Task::Multiclass],
        statistics: |arguments| Ok(vec![label_loss(arguments)?, margins(arguments)]),
        finish: |arguments, view| {
            let sums = view.cell_sums(margins(arguments))?;
            let number = sums.len() / 3;
            let truths: Vec<_> = sums[number..2 * number].to_vec();
            if truths.iter().filter(|weight| weight.sign() != Sign::NoSign).count() < 2 {
                let reason = "all samples of positive weight are of one class".to_owned();
                return Err(Undefined::ZeroDenominator { reason });
            }
            Ok((view.mean(label_loss(arguments)?)? / entropy(&truths)).into())
        },
        ..NORMALIZED_ENTROPY
    },
];

/// The entropy of labels with these weights, at least two of which are positive.
fn entropy(weights: &[BigInt]) -> f64 {
    let whole: BigInt = weights.iter().sum();
    let term = |weight: &BigInt| {
        let share = ratio(weight, &whole);
        // Near 1 the logarithm is more accurate from the rest, 1 − share.
        let ln = if share > 0.5 {
            libm::log1p(-ratio(&(&whole - weight), &whole))
        } else {
            libm::log(share)
        };
        -share * ln
    };
    weights.iter().filter(|weight| weight.sign() != Sign::NoSign).map(term).sum()
}
