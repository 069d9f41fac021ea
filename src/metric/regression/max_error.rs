//! The largest absolute error among samples of positive weight.
//!
//! ```text
//! max_error = max |p − t| over samples with w > 0
//! ```
//!
//! In the unit of the truth, rounded once. The weight only decides whether a sample counts.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite inputs, an error that overflows.
//!
//! # Source
//!
//! scikit-learn's `max_error`, which takes no weights.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Regression).metric("max_error").build()?;
//! evaluator.update(&Batch::new(&[1.0_f32, -3.0], &[0.0_f32, 0.0]).weights(&[3.0_f32, 0.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.unweighted("max_error")?, 3.0);
//! assert_eq!(report.weighted("max_error")?, 1.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::metric::MetricDef;
use crate::metric::reduction::LOSS;
use crate::statistic::{Constant, Statistic, ValueFn, ValueSpec};

const MAXIMUM: Statistic =
    Statistic::Maximum(ValueSpec { function: ValueFn::AbsoluteError, parameter: Constant::ZERO });

/// The metric of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[MetricDef {
    name: "max_error",
    summary: "the largest absolute error among samples of positive weight",
    formula: "max |p−t| where w > 0",
    is_default: true,
    parameters: &[],
    statistics: |_| Ok(vec![MAXIMUM]),
    finish: |_, view| Ok(view.maximum(MAXIMUM)?.into()),
    ..LOSS
}];
