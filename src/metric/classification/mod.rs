//! Metrics of labels and classes: counts, and losses of their scores.
//!
//! # Counts
//!
//! In the binary task, and for each label of the multilabel task, TP, FP, FN and TN are the sums of
//! the weights of true positives, false positives, false negatives and true negatives. A score is
//! positive if it is above the threshold. In unweighted values each weight is 1, so they are
//! counts.
//!
//! Scores are invalid if they are NaN or infinite. Unless
//! [`from_logits`](crate::EvaluatorBuilder::from_logits) or a
//! [`threshold`](crate::EvaluatorBuilder::threshold) is set, they are also invalid outside [0, 1].
//!
//! # Counts by class
//!
//! In the multiclass task, each class is compared with the rest, and each count is a sum of
//! weights. TP counts the samples of the class that are predicted as this class, FP other samples
//! predicted as this class, FN samples of the class predicted as another, and TN all others.
//! T = TP + FN counts the samples of the class, P = TP + FP the samples predicted as this class,
//! and N all samples.
//!
//! # Averages over classes
//!
//! The parameter `average` combines the values of classes:
//!
//! * `none`: a list with a value per class;
//! * `micro`: the ratio of the sums of numerators and of denominators over classes;
//! * `macro` (the default): the mean over the classes that are in the truth or predicted; with
//!   `absent=zero` other classes count as 0;
//! * `weighted`: the mean weighted by T.
//!
//! A class whose denominator is zero counts as 0 in an average, and is undefined in a list. With
//! `zero_division` it has this value in both.

pub mod accuracy;
pub mod balanced_accuracy;
pub(super) mod binary_counts;
pub mod brier_score;
pub(super) mod class_counts;
pub mod cohen_kappa;
pub mod confusion_matrix;
pub mod exact_match;
pub mod fbeta_score;
pub mod hinge_loss;
pub mod jaccard_index;
pub mod log_loss;
pub mod matthews_correlation;
pub mod normalized_entropy;
pub mod precision;
pub mod recall;
pub mod top_k_accuracy;

use super::MetricDef;

/// The metrics of this topic, file by file.
pub(super) const METRICS: &[&[MetricDef]] = &[
    accuracy::METRICS,
    balanced_accuracy::METRICS,
    top_k_accuracy::METRICS,
    precision::METRICS,
    recall::METRICS,
    fbeta_score::METRICS,
    jaccard_index::METRICS,
    exact_match::METRICS,
    matthews_correlation::METRICS,
    cohen_kappa::METRICS,
    hinge_loss::METRICS,
    brier_score::METRICS,
    log_loss::METRICS,
    normalized_entropy::METRICS,
    confusion_matrix::METRICS,
];
