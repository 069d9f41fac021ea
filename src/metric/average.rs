//! Averages of values, and of the bounds of those that have such.

use super::{Interval, Value};
use crate::exact::ratio::ratio;
use num_bigint::BigInt;

/// What each of some sums of weights is of all of them together.
pub(super) fn shares(weights: &[BigInt]) -> Vec<f64> {
    let total: BigInt = weights.iter().sum();
    weights.iter().map(|weight| ratio(weight, &total)).collect()
}

/// The mean of values that are numbers, or that by their shares; within bounds if one of them is.
pub(super) fn average(values: &[Value], shares: Option<&[f64]>) -> Value {
    let number = |value: &Value| value.bounded().unwrap_or(Interval::exactly(0.0));
    let numbers: Vec<_> = values.iter().map(number).collect();
    let average_over_classes = |of: fn(&Interval) -> f64| match shares {
        Some(shares) => numbers.iter().zip(shares).map(|(number, share)| of(number) * share).sum(),
        None => numbers.iter().map(of).sum::<f64>() / numbers.len() as f64,
    };
    let value: f64 = average_over_classes(|number| number.value);
    if !values.iter().any(|value| matches!(value, Value::Interval(_))) {
        return value.into();
    }
    // As many roundings as there are numbers, and some; none of them is above 1.
    let error = (numbers.len() + 2) as f64 * f64::EPSILON;
    let ends = [
        average_over_classes(|number| number.low) - error,
        average_over_classes(|number| number.high) + error,
    ];
    // All that may be below 0 may be -1.
    let least = if numbers.iter().all(|number| number.low >= 0.0) { 0.0 } else { -1.0 };
    Interval::within([least, 1.0], value, ends).into()
}
