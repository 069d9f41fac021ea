//! Variances and covariances without cancellation, from the exact moments.
//!
//! Each is (Σw)² times the population (co)variance: Σw·Σwxy − Σwx·Σwy, in big integers. It is zero
//! if and only if the input is constant, and exact even if the mean is far larger than the spread.
//! A ratio of two of them needs only one division.

use crate::error::{Input, Undefined};
use crate::metric::TotalsView;
use crate::statistic::{Moment, Statistic};
use num_bigint::{BigInt, Sign};

/// The statistics of [`truth_variance`].
pub(in crate::metric) const TRUTH: [Statistic; 2] =
    [moment(Moment::Truth), moment(Moment::TruthSquare)];

/// The statistics of all three.
pub(in crate::metric) const ALL: [Statistic; 5] = [
    moment(Moment::Truth),
    moment(Moment::Prediction),
    moment(Moment::TruthSquare),
    moment(Moment::PredictionSquare),
    moment(Moment::Product),
];

/// (Σw)² · Var(t).
pub(in crate::metric) fn truth_variance(view: &TotalsView<'_>) -> Result<BigInt, Undefined> {
    deviation(view, Moment::TruthSquare, Moment::Truth, Moment::Truth)
}

/// (Σw)² · Var(p).
pub(in crate::metric) fn prediction_variance(view: &TotalsView<'_>) -> Result<BigInt, Undefined> {
    deviation(view, Moment::PredictionSquare, Moment::Prediction, Moment::Prediction)
}

/// (Σw)² · Cov(p, t).
pub(in crate::metric) fn covariance(view: &TotalsView<'_>) -> Result<BigInt, Undefined> {
    deviation(view, Moment::Product, Moment::Prediction, Moment::Truth)
}

/// `deviation`, or [`Undefined::Constant`] if it is zero.
pub(in crate::metric) fn nonzero(deviation: BigInt, input: Input) -> Result<BigInt, Undefined> {
    match deviation.sign() {
        Sign::NoSign => Err(Undefined::Constant { input }),
        _ => Ok(deviation),
    }
}

/// The sum of a moment, in units of the exact sum.
pub(in crate::metric) fn sum(view: &TotalsView<'_>, of: Moment) -> Result<BigInt, Undefined> {
    Ok(view.sum(moment(of))?.to_integer())
}

/// Σw·Σwxy − Σwx·Σwy, in squared units of the exact sum.
fn deviation(view: &TotalsView<'_>, xy: Moment, x: Moment, y: Moment) -> Result<BigInt, Undefined> {
    let weight = view.weight()?.to_integer();
    Ok(weight * sum(view, xy)? - sum(view, x)? * sum(view, y)?)
}

const fn moment(of: Moment) -> Statistic {
    Statistic::Moment(of)
}
