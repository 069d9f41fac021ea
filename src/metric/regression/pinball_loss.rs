//! The mean pinball loss of predictions of a quantile.
//!
//! ```text
//! pinball_loss = (q Σ w max(t − p, 0) + (1 − q) Σ w max(p − t, 0)) / Σ w
//! ```
//!
//! In the unit of the truth; `quantile` is q, 0.5 by default (half the mean absolute error). Each p
//! − t is rounded once. With d = p − t, max(±d, 0) = (|d| ± d) / 2, so both sums follow exactly
//! from those of mean_absolute_error and mean_error; the mean is rounded once, with q as the
//! nearest `f64`.
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
//! scikit-learn's `mean_pinball_loss` (`alpha` there is `quantile` here).
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let spec = "pinball_loss:quantile=0.75";
//! let mut evaluator = Evaluator::builder(Task::Regression).metric(spec).build()?;
//! evaluator.update(&Batch::new(&[1.0_f32, -3.0], &[0.0_f32, 0.0]).weights(&[3.0_f32, 1.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.unweighted(spec)?, (0.25 * 1.0 + 0.75 * 3.0) / 2.0);
//! assert_eq!(report.weighted(spec)?, (0.25 * 3.0 + 0.75 * 3.0) / 4.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::exact::ratio::{Fraction, ratio};
use crate::metric::reduction::LOSS;
use crate::metric::{Key, MetricDef, REDUCTION, Range};
use crate::statistic::{Statistic, ValueFn};

const ERROR: Statistic = Statistic::sum(ValueFn::Error);
const ABSOLUTE: Statistic = Statistic::sum(ValueFn::AbsoluteError);

const QUANTILE: Key<f64> = Key {
    name: "quantile",
    default: 0.5,
    domain: Range::UNIT,
    summary: "the quantile that is predicted",
};

/// The metric of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[MetricDef {
    name: "pinball_loss",
    summary: "the mean pinball loss of a predicted quantile",
    formula: "(q Σw max(t−p, 0) + (1−q) Σw max(p−t, 0)) / Σw",
    parameters: &[&QUANTILE, &REDUCTION],
    statistics: |_| Ok(vec![ABSOLUTE, ERROR]),
    finish: |arguments, view| {
        let (absolute, error) = (view.sum(ABSOLUTE)?.to_integer(), view.sum(ERROR)?.to_integer());
        let twice_below = &absolute - &error;
        let twice_above = &absolute + &error;
        let Fraction { numerator: q, denominator: one } = Fraction::of(arguments.get(&QUANTILE)?);
        let twice_sum = &q * twice_below + (&one - &q) * twice_above;
        let twice_divisor = one * arguments.get(&REDUCTION)?.divisor(view)? * 2;
        Ok(ratio(&twice_sum, &twice_divisor).into())
    },
    ..LOSS
}];
