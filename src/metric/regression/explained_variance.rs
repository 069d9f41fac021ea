//! The share of the variance of the truth that predictions explain, up to a constant bias.
//!
//! ```text
//! explained_variance = 1 − Var(p − t) / Var(t)
//! ```
//!
//! At most 1; Var is the population variance. It is computed from exact sums of products of the
//! inputs, even if the mean is far larger than the spread, and rounded once.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite inputs, inputs of 2^64 or more, a constant truth.
//!
//! # Source
//!
//! scikit-learn's `explained_variance_score`, which returns 0 or 1 for a constant truth.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Regression).metric("explained_variance").build()?;
//! let (prediction, truth) = ([6.0_f32, 7.0, 9.0], [1.0_f32, 2.0, 3.0]);
//! evaluator.update(&Batch::new(&prediction, &truth).weights(&[1.0_f32, 1.0, 0.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.unweighted("explained_variance")?, 2.0 / 3.0); // Var(p−t) is 2/9, Var(t) 2/3
//! assert_eq!(report.weighted("explained_variance")?, 1.0); // off by a constant
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::covariance;
use crate::error::Input;
use crate::exact::ratio::ratio;
use crate::metric::{Better, MetricDef};
use crate::statistic::Task;

/// The metric of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[MetricDef {
    name: "explained_variance",
    summary: "the share of the truth's variance that predictions explain, up to a constant bias",
    formula: "1 − Var(p−t) / Var(t)",
    tasks: &[Task::Regression],
    statistics: |_| Ok(covariance::ALL.to_vec()),
    finish: |_, view| {
        let truth = covariance::nonzero(covariance::truth_variance(view)?, Input::Truth)?;
        // Var(t) − Var(p−t) = 2 Cov(p, t) − Var(p)
        let explained = covariance::covariance(view)? * 2 - covariance::prediction_variance(view)?;
        Ok(ratio(&explained, &truth).into())
    },
    better: Better::Higher,
    range: [f64::NEG_INFINITY, 1.0],
    ..MetricDef::BASE
}];
