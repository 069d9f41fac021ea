//! The mean deviance of Poisson distributions, for truths that are counts.
//!
//! ```text
//! poisson_deviance = Σ w 2 (t ln(t/p) − t + p) / Σ w,   2p where t is 0
//! ```
//!
//! The Tweedie deviance of power 1. Each term is a float within 4 ulp of the exact one, however
//! close prediction and truth are; the sum is exact, and the mean is rounded once.
//!
//! For other reductions of the losses than their weighted mean, see
//! [`Reduction`](crate::metric::Reduction).
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite inputs, predictions of 0 or less, negative truths,
//! a term that overflows.
//!
//! # Source
//!
//! scikit-learn's `mean_poisson_deviance`.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Regression).metric("poisson_deviance").build()?;
//! evaluator.update(&Batch::new(&[1.0_f32, 1.5], &[1.0_f32, 0.0]).weights(&[2.0_f32, 1.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.unweighted("poisson_deviance")?, (0.0 + 3.0) / 2.0);
//! assert_eq!(report.weighted("poisson_deviance")?, (2.0 * 0.0 + 3.0) / 3.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::metric::MetricDef;
use crate::metric::reduction::{LOSS, reduced};
use crate::statistic::{Statistic, ValueFn};

const SUM: Statistic = Statistic::sum(ValueFn::PoissonDeviance);

/// The metric of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[MetricDef {
    name: "poisson_deviance",
    summary: "the mean deviance of Poisson distributions, for truths that are counts",
    formula: "Σw 2(t ln(t/p)−t+p) / Σw",
    statistics: |_| Ok(vec![SUM]),
    finish: |arguments, view| reduced(arguments, SUM, view),
    ..LOSS
}];
