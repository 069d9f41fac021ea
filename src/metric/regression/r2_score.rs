//! The coefficient of determination: the share of the truth's variance that predictions explain.
//!
//! ```text
//! r2_score = 1 − Σ w (p − t)² / Σ w (t − t̄)²,   t̄ = Σ w t / Σ w
//! ```
//!
//! At most 1; 0 for the mean of the truth as prediction. Each (p − t)² is a float within 2 ulp of
//! the exact square. Sums and the variance are exact, even if the mean is far larger than the
//! spread, and a constant truth is always detected. The score is rounded once.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite inputs, a truth of 2^64 or more (2^192 in double
//! precision), an error whose square overflows, a constant truth (also a single sample).
//!
//! # Source
//!
//! scikit-learn's `r2_score`, which returns 0 or 1 for a constant truth.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Regression).metric("r2_score").build()?;
//! let (prediction, truth) = ([1.0_f32, 2.0, 5.0], [1.0_f32, 2.0, 3.0]);
//! evaluator.update(&Batch::new(&prediction, &truth).weights(&[1.0_f32, 1.0, 0.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.unweighted("r2_score")?, 1.0 - 4.0 / 2.0);
//! assert_eq!(report.weighted("r2_score")?, 1.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::covariance;
use crate::error::Input;
use crate::exact::ratio::ratio;
use crate::metric::{Better, MetricDef};
use crate::statistic::{Statistic, Task, ValueFn};

const SUM: Statistic = Statistic::sum(ValueFn::SquaredError);

/// The metric of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[MetricDef {
    name: "r2_score",
    summary: "the share of the truth's variance that predictions explain",
    formula: "1 − Σw(p−t)² / Σw(t−t̄)²",
    tasks: &[Task::Regression],
    is_default: true,
    statistics: |_| Ok([[SUM].as_slice(), &covariance::TRUTH].concat()),
    finish: |_, view| {
        let total = covariance::nonzero(covariance::truth_variance(view)?, Input::Truth)?;
        let residual = view.sum(SUM)?.to_integer() * view.weight()?.to_integer();
        Ok(ratio(&(&total - residual), &total).into())
    },
    better: Better::Higher,
    range: [f64::NEG_INFINITY, 1.0],
    ..MetricDef::BASE
}];
