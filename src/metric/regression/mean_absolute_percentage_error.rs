//! The mean of absolute errors, each as a fraction of its truth.
//!
//! ```text
//! mean_absolute_percentage_error = Σ w (|p − t| / |t|) / Σ w
//! ```
//!
//! A fraction, not a percentage. A term is 0 if prediction and truth are both 0. Each term is a
//! float within 1.5 ulp of the exact fraction; the sum is exact, and the mean is rounded once.
//!
//! For other reductions of the losses than their weighted mean, see
//! [`Reduction`](crate::metric::Reduction).
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite inputs, a truth of 0 whose prediction is not 0
//! (scikit-learn divides by 2^-52 there), a fraction that overflows.
//!
//! # Source
//!
//! scikit-learn's `mean_absolute_percentage_error`.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let name = "mean_absolute_percentage_error";
//! let mut evaluator = Evaluator::builder(Task::Regression).metric(name).build()?;
//! evaluator.update(&Batch::new(&[1.0_f32, -3.0], &[2.0_f32, -4.0]).weights(&[3.0_f32, 1.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.unweighted(name)?, (0.5 + 0.25) / 2.0);
//! assert_eq!(report.weighted(name)?, (3.0 * 0.5 + 0.25) / 4.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::metric::MetricDef;
use crate::metric::reduction::{LOSS, reduced};
use crate::statistic::{Statistic, ValueFn};

const SUM: Statistic = Statistic::sum(ValueFn::PercentageError);

/// The metric of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[MetricDef {
    name: "mean_absolute_percentage_error",
    summary: "the mean of absolute errors, each as a fraction of its truth",
    formula: "Σw(|p−t|/|t|) / Σw",
    statistics: |_| Ok(vec![SUM]),
    finish: |arguments, view| reduced(arguments, SUM, view),
    ..LOSS
}];
