//! The mean of absolute errors.
//!
//! ```text
//! mean_absolute_error = Σ w |p − t| / Σ w
//! ```
//!
//! In the unit of the truth. Each |p − t| is rounded once; the sum is exact, and the mean is
//! rounded once.
//!
//! For other reductions of the losses than their weighted mean, see
//! [`Reduction`](crate::metric::Reduction).
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite inputs, an error that overflows.
//!
//! # Source
//!
//! scikit-learn's `mean_absolute_error`.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Regression).metric("mean_absolute_error").build()?;
//! evaluator.update(&Batch::new(&[1.0_f32, -3.0], &[0.0_f32, 0.0]).weights(&[3.0_f32, 1.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.unweighted("mean_absolute_error")?, 2.0);
//! assert_eq!(report.weighted("mean_absolute_error")?, 1.5);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::metric::MetricDef;
use crate::metric::reduction::{LOSS, reduced};
use crate::statistic::{Statistic, ValueFn};

const SUM: Statistic = Statistic::sum(ValueFn::AbsoluteError);

/// The metric of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[MetricDef {
    name: "mean_absolute_error",
    summary: "the mean of absolute errors",
    formula: "Σw|p−t| / Σw",
    is_default: true,
    statistics: |_| Ok(vec![SUM]),
    finish: |arguments, view| reduced(arguments, SUM, view),
    ..LOSS
}];
