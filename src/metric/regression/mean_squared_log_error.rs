//! The mean of squared differences of logarithms, and its root.
//!
//! ```text
//! mean_squared_log_error      = Σ w (ln(1 + p) − ln(1 + t))² / Σ w
//! root_mean_squared_log_error = √ mean_squared_log_error
//! ```
//!
//! Each square is a float within 4 ulp of the exact one, however close prediction and truth are;
//! the sum is exact, and the mean, or its root, is rounded once.
//!
//! For other reductions of the losses than their weighted mean, see
//! [`Reduction`](crate::metric::Reduction).
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite inputs, predictions or truths of −1 or less.
//!
//! # Source
//!
//! scikit-learn's `mean_squared_log_error` and `root_mean_squared_log_error`.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let name = "mean_squared_log_error";
//! let mut evaluator = Evaluator::builder(Task::Regression).metric(name).build()?;
//! evaluator.update(&Batch::new(&[1.0_f32, 2.0], &[0.0_f32, 2.0]).weights(&[3.0_f32, 1.0]))?;
//! let report = evaluator.result()?;
//! let square = 2_f64.ln() * 2_f64.ln();
//! assert!((report.unweighted(name)? - square / 2.0).abs() < 1e-6);
//! assert!((report.weighted(name)? - 3.0 * square / 4.0).abs() < 1e-6);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::exact::ratio::root_ratio;
use crate::metric::MetricDef;
use crate::metric::reduction::{LOSS, reduced};
use crate::statistic::{Statistic, ValueFn};

const SUM: Statistic = Statistic::sum(ValueFn::SquaredLogError);

/// The metrics of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[
    MetricDef {
        name: "mean_squared_log_error",
        summary: "the mean of squared differences of logarithms",
        formula: "Σw(ln(1+p)−ln(1+t))² / Σw",
        statistics: |_| Ok(vec![SUM]),
        finish: |arguments, view| reduced(arguments, SUM, view),
        ..LOSS
    },
    MetricDef {
        name: "root_mean_squared_log_error",
        summary: "the root of the mean of squared differences of logarithms",
        formula: "√(Σw(ln(1+p)−ln(1+t))² / Σw)",
        parameters: &[],
        statistics: |_| Ok(vec![SUM]),
        finish: |_, view| {
            let (sum, weight) = (view.sum(SUM)?.to_integer(), view.weight()?.to_integer());
            Ok(root_ratio(sum.magnitude(), weight.magnitude()).into())
        },
        ..LOSS
    },
];
