//! The mean deviance of Tweedie distributions, whose variance is the mean to some power.
//!
//! ```text
//! tweedie_deviance = Σ w d(p, t) / Σ w,
//! d = 2 (max(t, 0)^(2−P) / ((1−P) (2−P)) − t p^(1−P) / (1−P) + p^(2−P) / (2−P))
//! ```
//!
//! `power` is P, 1.5 by default, from −4 to 0 or from 1 to 4; d is (p − t)² for 0, the Poisson
//! deviance for 1 and the gamma deviance for 2; between 1 and 2 lie the compound Poisson
//! distributions, for truths that are often 0 and else positive, and 3 is the inverse Gaussian.
//! There is no distribution between 0 and 1. Predictions must be above 0, but for power 0; truths
//! may be any number for powers of 0 or less, are 0 or more for powers from 1 to below 2, and above
//! 0 from 2 on.
//!
//! Each d is a float within 1 ulp of the exact one (4 ulp for powers 0, 1 and 2), however close
//! prediction and truth are; the sum is exact, and the mean is rounded once.
//!
//! For other reductions of the losses than their weighted mean, see
//! [`Reduction`](crate::metric::Reduction).
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite inputs, predictions or truths outside the domain
//! of the power, a term that overflows.
//!
//! # Source
//!
//! scikit-learn's `mean_tweedie_deviance` (whose `power` is 0 by default).
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let spec = "tweedie_deviance:power=1.5";
//! let mut evaluator = Evaluator::builder(Task::Regression).metric(spec).build()?;
//! evaluator.update(&Batch::new(&[1.0_f32, 1.0], &[0.0_f32, 4.0]).weights(&[3.0_f32, 1.0]))?;
//! let report = evaluator.result()?;
//! // 4 √p for a truth of 0; else 4 (√t − √p)² / √p.
//! assert_eq!(report.unweighted(spec)?, (4.0 + 4.0) / 2.0);
//! assert_eq!(report.weighted(spec)?, (3.0 * 4.0 + 4.0) / 4.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::exact::two_to;
use crate::metric::reduction::{LOSS, reduced};
use crate::metric::{Arguments, Key, MetricDef, REDUCTION, Range, UndeclaredParameter};
use crate::statistic::{Constant, Statistic, ValueFn, ValueSpec};

const POWER: Key<f64> = Key {
    name: "power",
    default: 1.5,
    domain: Range { min: -4.0, max: 4.0, gap: Some([0.0, 1.0]) },
    summary: "the power of the mean that the variance is proportional to",
};

fn sum(arguments: &Arguments) -> Result<Statistic, UndeclaredParameter> {
    let power = arguments.get(&POWER)?;
    Ok(if power == 0.0 {
        Statistic::sum(ValueFn::SquaredError)
    } else if power == 1.0 {
        Statistic::sum(ValueFn::PoissonDeviance)
    } else if power == 2.0 {
        Statistic::sum(ValueFn::GammaDeviance)
    } else {
        // Powers just below 0, and powers just above 1 in single precision, have the deviances of
        // the nearest one that the value takes.
        let power = if power < 0.0 { power.min(-two_to(-60)) } else { power };
        let single = if power > 0.0 { (power as f32).max(1_f32.next_up()) } else { power as f32 };
        let parameter = Constant { single, double: power };
        Statistic::Sum(ValueSpec { function: ValueFn::TweedieDeviance, parameter })
    })
}

/// The metric of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[MetricDef {
    name: "tweedie_deviance",
    summary: "the mean deviance of Tweedie distributions, whose variance is a power of the mean",
    formula: "Σw d(p, t) / Σw, d = 2(max(t, 0)^(2−P)/((1−P)(2−P)) − t p^(1−P)/(1−P) + p^(2−P)/(2−P))",
    parameters: &[&POWER, &REDUCTION],
    statistics: |arguments| Ok(vec![sum(arguments)?]),
    finish: |arguments, view| reduced(arguments, sum(arguments)?, view),
    ..LOSS
}];
