//! Which values are better.

/// What the names of metrics end with whose lower values are better.
const LOWER: &[&str] = &[
    "_error",
    "_loss",
    "_deviance",
    "brier_score",
    "kl_divergence",
    "perplexity",
    "normalized_entropy",
    "false_positives",
    "false_negatives",
];

/// Whether higher values of a metric are better.
pub(super) fn higher_is_better(spec: &str) -> bool {
    let name = spec.split(':').next().unwrap_or(spec);
    !LOWER.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::higher_is_better;
    use weighbridge::metric;

    /// Those that are no errors or losses, or of which neither can be said.
    const OTHERS: &[&str] = &[
        "accuracy",
        "average_precision",
        "balanced_accuracy",
        "best_fbeta_score",
        "cohen_kappa",
        "concordance_correlation",
        "cosine_similarity",
        "exact_match",
        "explained_variance",
        "f1_score",
        "fbeta_score",
        "gini",
        "jaccard_index",
        "ks_statistic",
        "matthews_correlation",
        "maximum",
        "mean",
        "minimum",
        "negative_predictive_value",
        "pearson_correlation",
        "pr_auc",
        "precision",
        "precision_at_recall",
        "r2_score",
        "recall",
        "recall_at_precision",
        "roc_auc",
        "sensitivity_at_specificity",
        "specificity",
        "specificity_at_sensitivity",
        "sum",
        "sum_over_batch_size",
        "top_k_accuracy",
        "true_negatives",
        "true_positives",
        // No single numbers.
        "calibration_bins",
        "calibration_curve",
        "confusion_matrix",
        "det_curve",
        "precision_recall_curve",
        "roc_curve",
    ];

    #[test]
    fn no_metric_is_forgotten() {
        for metric in metric::all() {
            let other = OTHERS.contains(&metric.name);
            assert_eq!(higher_is_better(metric.name), other, "{}", metric.name);
        }
    }

    #[test]
    fn parameters_make_no_difference() {
        assert!(!higher_is_better("log_loss:reduction=sum"));
        assert!(higher_is_better("f1_score:average=micro"));
    }
}
