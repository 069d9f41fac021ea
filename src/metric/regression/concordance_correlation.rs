//! Lin's concordance correlation: how well predictions equal the truth, scale and bias included.
//!
//! ```text
//! concordance_correlation = 2 Cov(p, t) / (Var(p) + Var(t) + (p̄ − t̄)²)
//! ```
//!
//! From −1 to 1, and never further from 0 than pearson_correlation; variances are population ones.
//! All from exact sums of products of the inputs, also where the mean is far larger than the
//! spread; rounded once.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite inputs, inputs of 2^64 or more, prediction and
//! truth the same constant.
//!
//! # Source
//!
//! Lin, "A concordance correlation coefficient to evaluate reproducibility" (1989).
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let name = "concordance_correlation";
//! let mut evaluator = Evaluator::builder(Task::Regression).metric(name).build()?;
//! let (prediction, truth) = ([2.0_f32, 3.0, 9.0], [1.0_f32, 2.0, 9.0]);
//! evaluator.update(&Batch::new(&prediction, &truth).weights(&[1.0_f32, 1.0, 0.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.weighted(name)?, 2.0 * 0.25 / (0.25 + 0.25 + 1.0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::covariance;
use crate::exact::ratio::share;
use crate::metric::{Better, MetricDef};
use crate::statistic::{Moment, Task};

/// The metric of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[MetricDef {
    name: "concordance_correlation",
    summary: "the agreement of prediction and truth, including scale and bias",
    formula: "2 Cov(p, t) / (Var(p) + Var(t) + (p̄−t̄)²)",
    tasks: &[Task::Regression],
    statistics: |_| Ok(covariance::ALL.to_vec()),
    finish: |_, view| {
        let bias =
            covariance::sum(view, Moment::Prediction)? - covariance::sum(view, Moment::Truth)?;
        let spread = covariance::prediction_variance(view)? + covariance::truth_variance(view)?;
        let twice_both = covariance::covariance(view)? * 2;
        let reason = "prediction and truth are the same constant";
        Ok(share(&twice_both, &(spread + &bias * &bias), reason)?.into())
    },
    better: Better::Higher,
    range: [-1.0, 1.0],
    ..MetricDef::BASE
}];
