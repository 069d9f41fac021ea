//! Metrics of labels and classes: counts, and losses of their scores.

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

/// The metrics of this family, file by file.
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
