//! Values of metrics: a number, or several.

use crate::error::Undefined;
use serde_json::{Map, Value as Json, json};
use std::fmt;

/// The value of a metric.
///
/// Each of several numbers is defined or undefined by itself, and an undefined one says why.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number.
    Scalar(f64),
    /// A number, and an interval that contains the exact one.
    Interval(Interval),
    /// A number, and the threshold of scores at which it is reached.
    AtThreshold(AtThreshold),
    /// A number per class, label or output.
    Vector(Vec<Result<f64, Undefined>>),
    /// Rows of numbers. With a row per label or output, a row may be undefined.
    Matrix(Vec<Result<Vec<f64>, Undefined>>),
}

/// An approximate number, and an interval that certainly contains the exact one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The number.
    pub value: f64,
    /// The exact number is at least this.
    pub low: f64,
    /// The exact number is at most this.
    pub high: f64,
}

/// A number, and the threshold of scores at which it is reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AtThreshold {
    /// The number.
    pub value: f64,
    /// The threshold, on the scale of the scores; scores above it are positive.
    pub threshold: f64,
}

impl From<AtThreshold> for Value {
    fn from(number: AtThreshold) -> Self {
        Self::AtThreshold(number)
    }
}

impl Interval {
    /// A number in [0, 1] up to rounding, with bounds whose error is less than the distance to the
    /// next `f64`.
    pub fn around(value: f64, ends: [f64; 2]) -> Self {
        Self::within([0.0, 1.0], value, ends)
    }

    /// The same in another range than [0, 1].
    pub fn within([min, max]: [f64; 2], value: f64, [low, high]: [f64; 2]) -> Self {
        let value = value.clamp(min, max);
        let (low, high) = (low.next_down().max(min), high.next_up().min(max));
        Self { value, low: low.min(value), high: high.max(value) }
    }

    /// An exact number.
    pub fn exactly(value: f64) -> Self {
        Self { value, low: value, high: value }
    }
}

impl From<Interval> for Value {
    fn from(number: Interval) -> Self {
        Self::Interval(number)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Scalar(number)
    }
}

/// A vector of numbers that are all defined.
impl From<Vec<f64>> for Value {
    fn from(numbers: Vec<f64>) -> Self {
        Self::Vector(numbers.into_iter().map(Ok).collect())
    }
}

/// A matrix of rows that are all defined.
impl From<Vec<Vec<f64>>> for Value {
    fn from(rows: Vec<Vec<f64>>) -> Self {
        Self::Matrix(rows.into_iter().map(Ok).collect())
    }
}

impl Value {
    /// The number, if the value is a single one.
    pub fn scalar(&self) -> Option<f64> {
        match self {
            Self::Scalar(number) => Some(*number),
            Self::Interval(number) => Some(number.value),
            Self::AtThreshold(number) => Some(number.value),
            _ => None,
        }
    }

    /// The number and its interval, if the value is a single number.
    pub fn bounded(&self) -> Option<Interval> {
        match self {
            Self::Interval(number) => Some(*number),
            _ => self.scalar().map(Interval::exactly),
        }
    }

    /// The number and its bounds or threshold, if the value is a single number.
    pub(super) fn row(&self) -> Option<Vec<f64>> {
        match self {
            Self::Scalar(number) => Some(vec![*number]),
            Self::Interval(Interval { value, low, high }) => Some(vec![*value, *low, *high]),
            Self::AtThreshold(AtThreshold { value, threshold }) => Some(vec![*value, *threshold]),
            _ => None,
        }
    }

    /// All its numbers in one row, without bounds and thresholds.
    ///
    /// # Errors
    ///
    /// The reason why the first undefined one is undefined.
    pub fn numbers(&self) -> Result<Vec<f64>, Undefined> {
        match self {
            Self::Scalar(number) => Ok(vec![*number]),
            Self::Interval(number) => Ok(vec![number.value]),
            Self::AtThreshold(number) => Ok(vec![number.value]),
            Self::Vector(numbers) => numbers.iter().cloned().collect(),
            Self::Matrix(rows) => Ok(rows.iter().cloned().collect::<Result<Vec<_>, _>>()?.concat()),
        }
    }

    /// The reason why each of its numbers, or rows, is undefined; none for defined ones.
    pub fn reasons(&self) -> Vec<Option<&Undefined>> {
        match self {
            Self::Scalar(_) | Self::Interval(_) | Self::AtThreshold(_) => vec![None],
            Self::Vector(numbers) => numbers.iter().map(|number| number.as_ref().err()).collect(),
            Self::Matrix(rows) => rows.iter().map(|row| row.as_ref().err()).collect(),
        }
    }

    /// Each reason why parts of the value are undefined, with the indices of these parts.
    pub(crate) fn grouped_reasons(&self) -> Vec<(&Undefined, Vec<usize>)> {
        let mut groups: Vec<(&Undefined, Vec<usize>)> = Vec::new();
        let reasons = self.reasons().into_iter().enumerate();
        for (index, reason) in reasons.filter_map(|(index, reason)| Some((index, reason?))) {
            match groups.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, indices)) => indices.push(index),
                None => groups.push((reason, vec![index])),
            }
        }
        groups
    }

    /// The value, null where it is undefined, and the reasons; none if all of it is defined.
    pub(crate) fn to_json(&self) -> (Json, Option<Json>) {
        let json = match self {
            Self::Scalar(number) => json!(number),
            Self::Interval(number) => json!(number.value),
            Self::AtThreshold(number) => json!(number.value),
            Self::Vector(numbers) => {
                numbers.iter().map(|number| json!(number.as_ref().ok())).collect()
            }
            Self::Matrix(rows) => rows.iter().map(|row| json!(row.as_ref().ok())).collect(),
        };
        let reasons = self.grouped_reasons();
        let to_json =
            |(reason, indices): &(&Undefined, Vec<usize>)| (reason.to_string(), json!(indices));
        let undefined: Map<_, _> = reasons.iter().map(to_json).collect();
        (json, (!undefined.is_empty()).then(|| undefined.into()))
    }
}

/// The number, `number [low, high]`, `number at threshold`, or a list in brackets. A precision, as
/// in `{:.3}`, applies to each number.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scalar(number) => number.fmt(f),
            Self::Interval(Interval { value, low, high }) => {
                value.fmt(f)?;
                f.write_str(" ")?;
                list(f, &[*low, *high], |f, bound| bound.fmt(f))
            }
            Self::AtThreshold(AtThreshold { value, threshold }) => {
                value.fmt(f)?;
                f.write_str(" at ")?;
                threshold.fmt(f)
            }
            Self::Vector(numbers) => list(f, numbers, |f, number| match number {
                Ok(number) => number.fmt(f),
                Err(_) => f.write_str("undefined"),
            }),
            Self::Matrix(rows) => list(f, rows, |f, row| match row {
                Ok(row) => list(f, row, |f, number| number.fmt(f)),
                Err(_) => f.write_str("undefined"),
            }),
        }
    }
}

fn list<T>(
    f: &mut fmt::Formatter<'_>,
    items: &[T],
    item: impl Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    f.write_str("[")?;
    for (index, one) in items.iter().enumerate() {
        f.write_str(if index > 0 { ", " } else { "" })?;
        item(f, one)?;
    }
    f.write_str("]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_print_with_the_precision_that_is_requested() {
        assert_eq!(Value::Scalar(0.125).to_string(), "0.125");
        let interval = Value::from(Interval { value: 0.5, low: 0.25, high: 0.75 });
        assert_eq!(format!("{interval:.1}"), "0.5 [0.2, 0.8]");
        let at = Value::from(AtThreshold { value: 0.5, threshold: 2.0 });
        assert_eq!(at.to_string(), "0.5 at 2");
        let vector = Value::Vector(vec![Ok(1.0), Err(Undefined::NoSamples)]);
        assert_eq!(vector.to_string(), "[1, undefined]");
        let matrix = Value::Matrix(vec![Ok(vec![1.0, 2.5]), Err(Undefined::NoSamples)]);
        assert_eq!(matrix.to_string(), "[[1, 2.5], undefined]");
    }
}
