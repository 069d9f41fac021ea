//! The mean of errors: how far predictions are above the truth on average, the bias.
//!
//! ```text
//! mean_error = Σ w (p − t) / Σ w
//! ```
//!
//! In the unit of the truth, positive where predictions are too high. Each p − t is rounded once;
//! the sum is exact, however much of it cancels, and the mean is rounded once.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite inputs, an error that overflows.
//!
//! # Source
//!
//! scikit-learn has no such metric. The sign is that of prediction − truth.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Regression).metric("mean_error").build()?;
//! evaluator.update(&Batch::new(&[1.0_f32, -3.0], &[0.0_f32, 0.0]).weights(&[3.0_f32, 1.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.unweighted("mean_error")?, -1.0);
//! assert_eq!(report.weighted("mean_error")?, 0.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::metric::MetricDef;
use crate::statistic::{Statistic, Task, ValueFn};

const SUM: Statistic = Statistic::sum(ValueFn::Error);

/// The metric of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[MetricDef {
    name: "mean_error",
    summary: "the mean of errors, positive where predictions are too high",
    formula: "Σw(p−t) / Σw",
    tasks: &[Task::Regression],
    is_default: true,
    statistics: |_| Ok(vec![SUM]),
    finish: |_, view| Ok(view.mean(SUM)?.into()),
    ..MetricDef::BASE
}];
