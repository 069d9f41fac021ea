//! The mean of logarithms of the hyperbolic cosine of errors.
//!
//! ```text
//! log_cosh_error = Σ w ln(cosh(p − t)) / Σ w
//! ```
//!
//! About half of the square of a small error, and the absolute value of a large one minus ln 2.
//! Each term is a float within 4 ulp of the exact one; the sum is exact, and the mean is rounded
//! once.
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
//! Keras's `LogCosh`.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Regression).metric("log_cosh_error").build()?;
//! evaluator.update(&Batch::new(&[1.0_f32, -1.0], &[0.0_f32, -1.0]).weights(&[3.0_f32, 1.0]))?;
//! let report = evaluator.result()?;
//! let one = 1_f64.cosh().ln();
//! assert!((report.unweighted("log_cosh_error")? - one / 2.0).abs() < 1e-6);
//! assert!((report.weighted("log_cosh_error")? - 3.0 * one / 4.0).abs() < 1e-6);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::metric::MetricDef;
use crate::metric::reduction::{LOSS, reduced};
use crate::statistic::{Statistic, ValueFn};

const SUM: Statistic = Statistic::sum(ValueFn::LogCosh);

/// The metric of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[MetricDef {
    name: "log_cosh_error",
    summary: "the mean of logarithms of the hyperbolic cosine of errors",
    formula: "Σw ln(cosh(p−t)) / Σw",
    statistics: |_| Ok(vec![SUM]),
    finish: |arguments, view| reduced(arguments, SUM, view),
    ..LOSS
}];
