//! The mean of values computed elsewhere, and their sum.
//!
//! ```text
//! mean                = Σ w x / Σ w
//! sum                 = Σ w x
//! sum_over_batch_size = Σ w x / N
//! ```
//!
//! x is a value, such as the loss of a sample or of a batch, and N the number of values that are
//! not masked, whatever their weights. In the unit of the values. Sums are exact and rounded once,
//! and so is the ratio.
//!
//! # Undefined
//!
//! No values, all weights zero, NaN or infinite values.
//!
//! # Source
//!
//! TorchMetrics's `MeanMetric` and `SumMetric`, the latter with weights; `sum_over_batch_size` is
//! the reduction of that name of Keras's losses.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Aggregation)
//!     .metrics(["mean", "sum", "sum_over_batch_size"])
//!     .build()?;
//! evaluator.update(&Batch::values(&[1.0_f32, 4.0, 9.0]).weights(&[1.0_f32, 2.0, 10.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.unweighted("mean")?, 14.0 / 3.0);
//! assert_eq!(report.weighted("mean")?, 99.0 / 13.0);
//! assert_eq!(report.weighted("sum")?, 99.0);
//! assert_eq!(report.weighted("sum_over_batch_size")?, 33.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::metric::{MetricDef, Reduction};
use crate::statistic::{Statistic, Task, ValueFn};

const SUM: Statistic = Statistic::sum(ValueFn::Identity);

/// The metrics of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[
    MetricDef {
        name: "mean",
        summary: "the mean of values",
        formula: "Σwx / Σw",
        tasks: &[Task::Aggregation],
        is_default: true,
        statistics: |_| Ok(vec![SUM]),
        finish: |_, view| Ok(view.mean(SUM)?.into()),
        ..MetricDef::BASE
    },
    MetricDef {
        name: "sum",
        summary: "the sum of values",
        formula: "Σwx",
        tasks: &[Task::Aggregation],
        is_default: true,
        statistics: |_| Ok(vec![SUM]),
        finish: |_, view| Ok(Reduction::Sum.reduce(SUM, view)?.into()),
        exemptions: Reduction::Sum.exemptions(),
        ..MetricDef::BASE
    },
    MetricDef {
        name: "sum_over_batch_size",
        summary: "the sum of values divided by their number, whatever their weights",
        formula: "Σwx / N",
        tasks: &[Task::Aggregation],
        statistics: |_| Ok(vec![SUM]),
        finish: |_, view| Ok(Reduction::SumOverBatchSize.reduce(SUM, view)?.into()),
        exemptions: Reduction::SumOverBatchSize.exemptions(),
        ..MetricDef::BASE
    },
];
