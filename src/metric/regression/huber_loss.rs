//! The mean of Huber losses: squared for small errors, linear for large ones.
//!
//! ```text
//! huber_loss = Σ w h(p − t) / Σ w,   h(d) = d²/2 if |d| ≤ δ, else δ (|d| − δ/2)
//! ```
//!
//! `delta` is 1 by default. Each h is a float within 4 ulp of the exact loss; the sum is exact, and
//! the mean is rounded once.
//!
//! For other reductions of the losses than their weighted mean, see
//! [`Reduction`](crate::metric::Reduction).
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite inputs, a loss that overflows.
//!
//! # Source
//!
//! Huber, "Robust estimation of a location parameter" (1964); Keras's `Huber`.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Regression).metric("huber_loss:delta=2").build()?;
//! evaluator.update(&Batch::new(&[1.0_f32, -3.0], &[0.0_f32, 0.0]).weights(&[3.0_f32, 1.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.unweighted("huber_loss:delta=2")?, (0.5 + 4.0) / 2.0);
//! assert_eq!(report.weighted("huber_loss:delta=2")?, (3.0 * 0.5 + 4.0) / 4.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::metric::reduction::{LOSS, reduced};
use crate::metric::{Arguments, Key, MetricDef, REDUCTION, Range, UndeclaredParameter};
use crate::statistic::{Statistic, ValueFn, ValueSpec};

/// Bounds of δ: its product with the smallest and largest errors of interest stays within `f32`.
/// Round numbers just within the range of the per-sample value, 2^-60 to 2^60.
const MAX_DELTA: f64 = 1e18;

const DELTA: Key<f64> = Key {
    name: "delta",
    default: 1.0,
    domain: Range::new(1e-18, MAX_DELTA),
    summary: "the absolute error above which the loss is linear",
};

fn sum(arguments: &Arguments) -> Result<Statistic, UndeclaredParameter> {
    let delta = arguments.get(&DELTA)?.into();
    Ok(Statistic::Sum(ValueSpec { function: ValueFn::Huber, parameter: delta }))
}

/// The metric of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[MetricDef {
    name: "huber_loss",
    summary: "the mean of losses that are squared for small errors and linear for large ones",
    formula: "Σw h(p−t) / Σw, h(d) = d²/2 if |d| ≤ δ, else δ(|d|−δ/2)",
    parameters: &[&DELTA, &REDUCTION],
    statistics: |arguments| Ok(vec![sum(arguments)?]),
    finish: |arguments, view| reduced(arguments, sum(arguments)?, view),
    ..LOSS
}];
