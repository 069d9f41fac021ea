//! Metrics over all thresholds: areas, operating points, and the curves themselves.

pub mod average_precision;
pub mod best_fbeta_score;
pub mod ks_statistic;
pub mod pr_auc;
pub mod precision_at_recall;
pub mod precision_recall_curve;
pub(super) mod ranking;
pub mod roc_auc;
pub mod roc_curve;
pub mod sensitivity_at_specificity;

use super::MetricDef;

/// The metrics of this topic, file by file.
pub(super) const METRICS: &[&[MetricDef]] = &[
    roc_auc::METRICS,
    average_precision::METRICS,
    pr_auc::METRICS,
    ks_statistic::METRICS,
    best_fbeta_score::METRICS,
    sensitivity_at_specificity::METRICS,
    precision_at_recall::METRICS,
    roc_curve::METRICS,
    precision_recall_curve::METRICS,
];
