//! The sum of absolute errors as a fraction of the sum of absolute truths.
//!
//! ```text
//! weighted_mean_absolute_percentage_error = Σ w |p − t| / Σ w |t|
//! ```
//!
//! A fraction, not a percentage. It is called weighted because the percentage error of each sample
//! is weighted by |t|; this is independent of the sample weights. Each |p − t| is rounded once;
//! both sums are exact, and the ratio is rounded once.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite inputs, an error that overflows, every truth zero.
//!
//! # Source
//!
//! TorchMetrics's `WeightedMeanAbsolutePercentageError`.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let name = "weighted_mean_absolute_percentage_error";
//! let mut evaluator = Evaluator::builder(Task::Regression).metric(name).build()?;
//! evaluator.update(&Batch::new(&[1.0_f32, 2.0], &[2.0_f32, -2.0]).weights(&[3.0_f32, 1.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.unweighted(name)?, 1.25);
//! assert_eq!(report.weighted(name)?, 0.875);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::exact::ratio::share;
use crate::metric::MetricDef;
use crate::metric::reduction::LOSS;
use crate::statistic::{Statistic, ValueFn};

const ERROR: Statistic = Statistic::sum(ValueFn::AbsoluteError);
const TRUTH: Statistic = Statistic::sum(ValueFn::AbsoluteTruth);

/// The metric of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[MetricDef {
    name: "weighted_mean_absolute_percentage_error",
    summary: "the sum of absolute errors as a fraction of the sum of absolute truths",
    formula: "Σw|p−t| / Σw|t|",
    parameters: &[],
    statistics: |_| Ok(vec![ERROR, TRUTH]),
    finish: |_, view| {
        let (error, truth) = (view.sum(ERROR)?, view.sum(TRUTH)?);
        Ok(share(&error.to_integer(), &truth.to_integer(), "every truth is zero")?.into())
    },
    ..LOSS
}];
