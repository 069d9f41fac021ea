//! The mean of absolute errors, each as a fraction of the mean size of prediction and truth.
//!
//! ```text
//! symmetric_mean_absolute_percentage_error = Σ w (2 |p − t| / (|p| + |t|)) / Σ w
//! ```
//!
//! A fraction from 0 to 2, not a percentage. A term is 0 if prediction and truth are both 0. Each
//! term is a float within 2.5 ulp of the exact fraction; the sum is exact, and the mean is rounded
//! once.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite inputs.
//!
//! # Source
//!
//! TorchMetrics's `SymmetricMeanAbsolutePercentageError`.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let name = "symmetric_mean_absolute_percentage_error";
//! let mut evaluator = Evaluator::builder(Task::Regression).metric(name).build()?;
//! evaluator.update(&Batch::new(&[3.0_f32, 0.0], &[1.0_f32, 4.0]).weights(&[3.0_f32, 1.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.unweighted(name)?, (1.0 + 2.0) / 2.0);
//! assert_eq!(report.weighted(name)?, (3.0 * 1.0 + 2.0) / 4.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::metric::MetricDef;
use crate::metric::reduction::LOSS;
use crate::statistic::{Statistic, ValueFn};

const SUM: Statistic = Statistic::sum(ValueFn::SymmetricPercentageError);

/// The metric of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[MetricDef {
    name: "symmetric_mean_absolute_percentage_error",
    summary: "the mean of absolute errors, each as a fraction of the mean size of prediction and truth",
    formula: "Σw(2|p−t|/(|p|+|t|)) / Σw",
    parameters: &[],
    range: [0.0, 2.0],
    statistics: |_| Ok(vec![SUM]),
    finish: |_, view| Ok(view.mean(SUM)?.into()),
    ..LOSS
}];
