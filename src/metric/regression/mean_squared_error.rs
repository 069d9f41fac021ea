//! The mean of squared errors, and its root.
//!
//! ```text
//! mean_squared_error      = Σ w (p − t)² / Σ w
//! root_mean_squared_error = √ mean_squared_error
//! ```
//!
//! In the squared unit of the truth, and in its unit. Each (p − t)² is a float within 2 ulp of the
//! exact square; the sum is exact, and the mean, or its root, is rounded once.
//!
//! For other reductions of the losses than their weighted mean, see
//! [`Reduction`](crate::metric::Reduction).
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite inputs, an error whose square overflows.
//!
//! # Source
//!
//! scikit-learn's `mean_squared_error` and `root_mean_squared_error`.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Regression).metric("mean_squared_error").build()?;
//! let (prediction, truth, weight) = ([1.0_f32, 2.0, 3.0], [0.0_f32; 3], [1.0_f32, 2.0, 10.0]);
//! evaluator.update(&Batch::new(&prediction, &truth).weights(&weight))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.unweighted("mean_squared_error")?, 14.0 / 3.0);
//! assert_eq!(report.weighted("mean_squared_error")?, 99.0 / 13.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::exact::ratio::root_ratio;
use crate::metric::MetricDef;
use crate::metric::reduction::{LOSS, reduced};
use crate::statistic::{Statistic, ValueFn};

const SUM: Statistic = Statistic::sum(ValueFn::SquaredError);

/// The metrics of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[
    MetricDef {
        name: "mean_squared_error",
        summary: "the mean of squared errors",
        formula: "Σw(p−t)² / Σw",
        is_default: true,
        statistics: |_| Ok(vec![SUM]),
        finish: |arguments, view| reduced(arguments, SUM, view),
        ..LOSS
    },
    MetricDef {
        name: "root_mean_squared_error",
        summary: "the root of the mean of squared errors",
        formula: "√(Σw(p−t)² / Σw)",
        is_default: true,
        parameters: &[],
        statistics: |_| Ok(vec![SUM]),
        finish: |_, view| {
            let (sum, weight) = (view.sum(SUM)?.to_integer(), view.weight()?.to_integer());
            Ok(root_ratio(sum.magnitude(), weight.magnitude()).into())
        },
        ..LOSS
    },
];
