//! How several values become one: the parameter `average` of metrics, and the averages themselves.

use super::parameter::{Key, choice};
use super::value::{Interval, Value};
use crate::error::Undefined;
use crate::exact::ratio::ratio;
use num_bigint::BigInt;

/// How the values of several classes, labels or outputs become one. A metric accepts some of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Average {
    /// They do not: the value is a list.
    None,
    /// The value of the sums of their counts.
    Micro,
    /// The mean of their values.
    Macro,
    /// The mean of their values, each weighted by its share of the truth.
    Weighted,
}

choice!(
    Average, "average", "none" => None, "micro" => Micro, "macro" => Macro, "weighted" => Weighted
);

const fn key(default: Average, domain: &'static [Average], summary: &'static str) -> Key<Average> {
    Key { name: "average", default, domain, summary }
}

/// Of ratios of counts, for classes or labels.
pub const AVERAGE: Key<Average> = key(
    Average::Macro,
    &[Average::None, Average::Micro, Average::Macro, Average::Weighted],
    "a value for each class or label, or one for all: from the sums of their counts (micro), the \
     mean of their values (macro), or that by the weight of each in the truth (weighted)",
);

/// Of counts, for labels: a mean of counts would not be a count.
pub const COUNT_AVERAGE: Key<Average> = key(
    Average::None,
    &[Average::None, Average::Micro],
    "a count for each label, or the sum of them all (micro)",
);

/// Of any values, for labels or outputs.
pub const OUTPUT_AVERAGE: Key<Average> = key(
    Average::Macro,
    &[Average::None, Average::Macro],
    "a value for each output or label, or the mean of their values (macro)",
);

/// Of one-vs-rest and one-vs-one values, for classes.
pub const CLASS_AVERAGE: Key<Average> = key(
    Average::Macro,
    &[Average::None, Average::Macro, Average::Weighted],
    "a value for each class, the mean of their values (macro), or that by the weight of each in \
     the truth (weighted)",
);

/// Of curves, for labels.
pub const CURVE_AVERAGE: Key<Average> = key(
    Average::Micro,
    &[Average::None, Average::Micro],
    "a curve for each label, or one for all labels together (micro)",
);

/// The share of each sum of weights in their total.
pub(super) fn shares(weights: &[BigInt]) -> Vec<f64> {
    let total: BigInt = weights.iter().sum();
    weights.iter().map(|weight| ratio(weight, &total)).collect()
}

/// The mean of numbers, or their mean weighted by shares; with bounds if one of them has bounds.
pub(super) fn mean(values: &[Value], shares: Option<&[f64]>) -> Result<Value, Undefined> {
    let number = |value: &Value| {
        value.bounded().ok_or_else(|| Undefined::internal("an average of values that are not numbers"))
    };
    let numbers = values.iter().map(number).collect::<Result<Vec<_>, _>>()?;
    let mean_of = |of: fn(&Interval) -> f64| match shares {
        Some(shares) => numbers.iter().zip(shares).map(|(number, share)| of(number) * share).sum(),
        None => numbers.iter().map(of).sum::<f64>() / numbers.len() as f64,
    };
    let value: f64 = mean_of(|number| number.value);
    if !values.iter().any(|value| matches!(value, Value::Interval(_))) {
        return Ok(value.into());
    }
    // A sum of n numbers of at most 1, each multiplied by a share, rounds n times and a few more.
    let error = (numbers.len() + 2) as f64 * f64::EPSILON;
    let ends = [mean_of(|number| number.low) - error, mean_of(|number| number.high) + error];
    // The range of a metric begins at 0 or at -1: at -1, if a number may be negative.
    let min = if numbers.iter().all(|number| number.low >= 0.0) { 0.0 } else { -1.0 };
    Ok(Interval::within([min, 1.0], value, ends).into())
}
