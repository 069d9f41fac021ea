//! Errors, deviances and correlations of real-valued predictions.

pub mod concordance_correlation;
pub mod cosine_similarity;
mod covariance;
pub mod explained_variance;
pub mod gamma_deviance;
pub mod huber_loss;
pub mod kl_divergence;
pub mod log_cosh_error;
pub mod max_error;
pub mod mean_absolute_error;
pub mod mean_absolute_percentage_error;
pub mod mean_error;
pub mod mean_squared_error;
pub mod mean_squared_log_error;
pub mod pearson_correlation;
pub mod pinball_loss;
pub mod poisson_deviance;
pub mod r2_score;
pub mod symmetric_mean_absolute_percentage_error;
pub mod tweedie_deviance;
pub mod weighted_mean_absolute_percentage_error;

use super::MetricDef;

/// The metrics of this topic, file by file.
pub(super) const METRICS: &[&[MetricDef]] = &[
    mean_squared_error::METRICS,
    mean_absolute_error::METRICS,
    mean_error::METRICS,
    max_error::METRICS,
    mean_absolute_percentage_error::METRICS,
    symmetric_mean_absolute_percentage_error::METRICS,
    weighted_mean_absolute_percentage_error::METRICS,
    mean_squared_log_error::METRICS,
    log_cosh_error::METRICS,
    huber_loss::METRICS,
    pinball_loss::METRICS,
    poisson_deviance::METRICS,
    gamma_deviance::METRICS,
    tweedie_deviance::METRICS,
    r2_score::METRICS,
    explained_variance::METRICS,
    pearson_correlation::METRICS,
    concordance_correlation::METRICS,
    cosine_similarity::METRICS,
    kl_divergence::METRICS,
];
