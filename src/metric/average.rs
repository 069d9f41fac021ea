//! Averages over classes, labels or outputs: the parameter `average`, and the means.

use super::parameter::{Key, choice};
use super::value::{Interval, Value};
use crate::error::Undefined;
use crate::exact::ratio::ratio;
use num_bigint::BigInt;

/// Averages the values of several classes, labels or outputs. A metric accepts some of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Average {
    /// No average: a value for each.
    None,
    /// The value computed from the sums of their counts.
    Micro,
    /// The mean of their values.
    Macro,
    /// The mean of their values, weighted by support: the weight of each in the truth.
    Weighted,
}

choice!(
    Average, "average", "none" => None, "micro" => Micro, "macro" => Macro, "weighted" => Weighted
);

const fn key(default: Average, domain: &'static [Average], summary: &'static str) -> Key<Average> {
    Key { name: "average", default, domain, summary }
}

/// Averages ratios of counts over classes or labels.
pub const AVERAGE: Key<Average> = key(
    Average::Macro,
    &[Average::None, Average::Micro, Average::Macro, Average::Weighted],
    "a value for each class or label (none), the value of the sums of their counts (micro), the mean \
     of their values (macro), or the mean weighted by support (weighted)",
);

/// Sums counts over labels. It has no mean, because a mean of counts is not a count.
pub const COUNT_AVERAGE: Key<Average> = key(
    Average::None,
    &[Average::None, Average::Micro],
    "a count for each label (none), or their sum (micro)",
);

/// Averages values over labels or outputs.
pub const OUTPUT_AVERAGE: Key<Average> = key(
    Average::Macro,
    &[Average::None, Average::Macro],
    "a value for each output or label (none), or the mean of their values (macro)",
);

/// Averages one-vs-rest values over classes, or one-vs-one values over pairs of classes.
pub const CLASS_AVERAGE: Key<Average> = key(
    Average::Macro,
    &[Average::None, Average::Macro, Average::Weighted],
    "a value for each class (none), the mean of their values (macro), or the mean weighted by \
     support (weighted)",
);

/// Combines the samples of all labels in one curve.
pub const CURVE_AVERAGE: Key<Average> = key(
    Average::Micro,
    &[Average::None, Average::Micro],
    "a curve for each label (none), or one curve of the samples of all labels (micro)",
);

/// The share of each sum of weights in their total.
pub(super) fn shares(weights: &[BigInt]) -> Vec<f64> {
    let total: BigInt = weights.iter().sum();
    weights.iter().map(|weight| ratio(weight, &total)).collect()
}

/// The mean of numbers, or their mean weighted by shares. It has bounds if any of them has bounds.
pub(super) fn mean(values: &[Value], shares: Option<&[f64]>) -> Result<Value, Undefined> {
    let number = |value: &Value| {
        value
            .bounded()
            .ok_or_else(|| Undefined::internal("an average of values that are not numbers"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_is_not_a_number_has_no_mean() {
        assert_eq!(mean(&[1.0.into(), 2.0.into()], None), Ok(1.5.into()));
        let mixed = mean(&[1.0.into(), vec![2.0].into()], None);
        assert!(matches!(mixed, Err(Undefined::Internal { .. })), "{mixed:?}");
    }
}
