//! Pearson's correlation: how close prediction and truth are to a rising line.
//!
//! ```text
//! pearson_correlation = Cov(p, t) / √(Var(p) Var(t))
//! ```
//!
//! From −1 to 1. It is computed from exact sums of products of the inputs, even if the mean is far
//! larger than the spread, and rounded once.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite inputs, inputs of 2^64 or more, a constant
//! prediction or truth.
//!
//! # Source
//!
//! Pearson (1895); SciPy's `pearsonr`, which takes no weights.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Regression).metric("pearson_correlation").build()?;
//! let (prediction, truth) = ([2.0_f32, 4.0, 2.0], [1.0_f32, 2.0, 3.0]);
//! evaluator.update(&Batch::new(&prediction, &truth).weights(&[1.0_f32, 1.0, 0.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.unweighted("pearson_correlation")?, 0.0);
//! assert_eq!(report.weighted("pearson_correlation")?, 1.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::covariance;
use crate::error::Input;
use crate::exact::ratio::signed_root;
use crate::metric::{Better, MetricDef};
use crate::statistic::Task;

/// The metric of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[MetricDef {
    name: "pearson_correlation",
    summary: "the linear correlation of prediction and truth",
    formula: "Cov(p, t) / √(Var(p) Var(t))",
    tasks: &[Task::Regression],
    statistics: |_| Ok(covariance::ALL.to_vec()),
    finish: |_, view| {
        let truth = covariance::nonzero(covariance::truth_variance(view)?, Input::Truth)?;
        let prediction =
            covariance::nonzero(covariance::prediction_variance(view)?, Input::Prediction)?;
        Ok(signed_root(&covariance::covariance(view)?, &(prediction * truth)).into())
    },
    better: Better::Higher,
    range: [-1.0, 1.0],
    ..MetricDef::BASE
}];
