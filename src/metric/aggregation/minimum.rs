//! The smallest and the largest of values computed elsewhere, among those of positive weight.
//!
//! ```text
//! minimum = min x over values with w > 0
//! maximum = max x over values with w > 0
//! ```
//!
//! In the unit of the values. A weight decides only whether a value counts.
//!
//! # Undefined
//!
//! No values, all weights zero, NaN or infinite values.
//!
//! # Source
//!
//! TorchMetrics's `MinMetric` and `MaxMetric`, which take no weights.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let metrics = ["minimum", "maximum"];
//! let mut evaluator = Evaluator::builder(Task::Aggregation).metrics(metrics).build()?;
//! evaluator.update(&Batch::values(&[1.0_f32, -4.0, 9.0]).weights(&[0.5_f32, 0.0, 2.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.unweighted("minimum")?, -4.0);
//! assert_eq!(report.weighted("minimum")?, 1.0);
//! assert_eq!(report.weighted("maximum")?, 9.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::metric::MetricDef;
use crate::statistic::{Constant, Statistic, Task, ValueFn, ValueSpec};

const EXTREMES: Statistic =
    Statistic::Extremes(ValueSpec { function: ValueFn::Identity, parameter: Constant::ZERO });

const MINIMUM: MetricDef = MetricDef {
    name: "minimum",
    summary: "the smallest value of positive weight",
    formula: "min x where w > 0",
    tasks: &[Task::Aggregation],
    is_default: true,
    statistics: |_| Ok(vec![EXTREMES]),
    finish: |_, view| {
        let [smallest, _] = view.extremes(EXTREMES)?;
        Ok(smallest.into())
    },
    ..MetricDef::BASE
};

/// The metrics of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[
    MINIMUM,
    MetricDef {
        name: "maximum",
        summary: "the largest value of positive weight",
        formula: "max x where w > 0",
        finish: |_, view| {
            let [_, largest] = view.extremes(EXTREMES)?;
            Ok(largest.into())
        },
        ..MINIMUM
    },
];
