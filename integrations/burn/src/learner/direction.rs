//! Which values are better.

/// What the names of metrics end with whose lower values are better.
const LOWER: &[&str] = &[
    "_error",
    "_loss",
    "_deviance",
    "brier_score",
    "kl_divergence",
    "perplexity",
    "false_positives",
    "false_negatives",
];

/// Whether higher values of a metric are better; of one's own values, which are losses, lower ones.
pub(super) fn higher_is_better(spec: &str) -> bool {
    let name = spec.split(':').next().unwrap_or(spec);
    !LOWER.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::higher_is_better;

    #[test]
    fn errors_and_losses_are_better_lower() {
        for spec in ["log_loss:reduction=sum", "mean_squared_error", "poisson_deviance"] {
            assert!(!higher_is_better(spec), "{spec}");
        }
        for spec in ["accuracy", "f1_score:average=micro", "r2_score", "true_positives"] {
            assert!(higher_is_better(spec), "{spec}");
        }
    }
}
