//! The mean deviance of gamma distributions, for positive truths whose relative errors matter.
//!
//! ```text
//! gamma_deviance = Σ w 2 (ln(p/t) + t/p − 1) / Σ w
//! ```
//!
//! The Tweedie deviance of power 2. Each term is a float within 4 ulp of the exact one, however
//! close prediction and truth are; the sum is exact, and the mean is rounded once.
//!
//! For other reductions of the losses than their weighted mean, see
//! [`Reduction`](crate::metric::Reduction).
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite inputs, predictions or truths of 0 or less, a term
//! that overflows.
//!
//! # Source
//!
//! scikit-learn's `mean_gamma_deviance`.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Regression).metric("gamma_deviance").build()?;
//! evaluator.update(&Batch::new(&[1.0_f32, 2.0], &[1.0_f32, 4.0]).weights(&[1.0_f32, 3.0]))?;
//! let report = evaluator.result()?;
//! let two = 2.0 * (0.5_f64.ln() + 2.0 - 1.0);
//! assert!((report.unweighted("gamma_deviance")? - two / 2.0).abs() < 1e-6);
//! assert!((report.weighted("gamma_deviance")? - 3.0 * two / 4.0).abs() < 1e-6);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::metric::MetricDef;
use crate::metric::reduction::{LOSS, reduced};
use crate::statistic::{Statistic, ValueFn};

const SUM: Statistic = Statistic::sum(ValueFn::GammaDeviance);

/// The metric of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[MetricDef {
    name: "gamma_deviance",
    summary: "the mean deviance of gamma distributions, for truths above 0",
    formula: "Σw 2(ln(p/t)+t/p−1) / Σw",
    statistics: |_| Ok(vec![SUM]),
    finish: |arguments, view| reduced(arguments, SUM, view),
    ..LOSS
}];
