//! Names that were probably meant.

/// Names of metrics in other libraries, and the names here.
const ALIASES: &[(&str, &str)] = &[
    ("acc", "accuracy"),
    ("accuracy_score", "accuracy"),
    ("ap", "average_precision"),
    ("auc", "roc_auc"),
    ("auprc", "average_precision"),
    ("auroc", "roc_auc"),
    ("binary_crossentropy", "log_loss"),
    ("brier_score_loss", "brier_score"),
    ("categorical_crossentropy", "log_loss"),
    ("cross_entropy", "log_loss"),
    ("dice", "f1_score"),
    ("ece", "expected_calibration_error"),
    ("f1", "f1_score"),
    ("fbeta", "fbeta_score"),
    ("iou", "jaccard_index"),
    ("kappa", "cohen_kappa"),
    ("ks", "ks_statistic"),
    ("logloss", "log_loss"),
    ("mape", "mean_absolute_percentage_error"),
    ("mcc", "matthews_correlation"),
    ("msle", "mean_squared_log_error"),
    ("npv", "negative_predictive_value"),
    ("ppv", "precision"),
    ("quantile_loss", "pinball_loss"),
    ("r2", "r2_score"),
    ("rmsle", "root_mean_squared_log_error"),
    ("rocauc", "roc_auc"),
    ("sensitivity", "recall"),
    ("smape", "symmetric_mean_absolute_percentage_error"),
    ("tnr", "specificity"),
    ("tpr", "recall"),
    ("wmape", "weighted_mean_absolute_percentage_error"),
];

/// The metric that was probably meant: by another common name, else by the most similar name.
pub fn nearest_metric(name: &str, names: &[&'static str]) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let alias = ALIASES.iter().find(|(alias, ours)| *alias == lower && names.contains(ours));
    match alias {
        Some((_, ours)) => Some((*ours).to_owned()),
        None => nearest(name, names.iter().copied()),
    }
}

/// The name with these initials (mse, rmse, mae), else the most similar one, if any is similar.
pub fn nearest(name: &str, names: impl Iterator<Item = &'static str>) -> Option<String> {
    let name = name.to_ascii_lowercase();
    let abbreviated = |candidate: &str| {
        candidate.split('_').filter_map(|word| word.chars().next()).eq(name.chars())
    };
    let similarity = |candidate: &str| {
        if abbreviated(candidate) { 1.0 } else { strsim::jaro_winkler(&name, candidate) }
    };
    names
        .map(|candidate| (similarity(candidate), candidate))
        .filter(|(similarity, _)| *similarity > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate.to_owned())
}
