//! Values of metrics: a number, or several.

use crate::error::Undefined;

/// The value of a metric.
///
/// Of several numbers each is defined or not for itself: one of them may be undefined, and say why,
/// while the others stand.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number.
    Scalar(f64),
    /// A number that stands for one within bounds.
    Interval(Interval),
    /// A number that a threshold reaches.
    AtThreshold(AtThreshold),
    /// A number per class, label or output.
    Vector(Vec<Result<f64, Undefined>>),
    /// Rows of numbers. Of a matrix with a row for each label or output, a row may be undefined.
    Matrix(Vec<Result<Vec<f64>, Undefined>>),
}

/// A number that stands for an exact one, and an interval in which that is certain to lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The number.
    pub value: f64,
    /// What the exact one is no less than.
    pub low: f64,
    /// What it is no more than.
    pub high: f64,
}

/// A number that a threshold of scores reaches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AtThreshold {
    /// The number.
    pub value: f64,
    /// The threshold, on the scale of the scores: those above it are positive.
    pub threshold: f64,
}

impl From<AtThreshold> for Value {
    fn from(number: AtThreshold) -> Self {
        Self::AtThreshold(number)
    }
}

impl Interval {
    /// A number of [0, 1], which rounding may have moved out of it, with bounds that are off by less than
    /// the distance to the next `f64`.
    pub fn around(value: f64, ends: [f64; 2]) -> Self {
        Self::within([0.0, 1.0], value, ends)
    }

    /// The same of a number between others.
    pub fn within([least, most]: [f64; 2], value: f64, [low, high]: [f64; 2]) -> Self {
        let value = value.clamp(least, most);
        let (low, high) = (low.next_down().max(least), high.next_up().min(most));
        Self { value, low: low.min(value), high: high.max(value) }
    }

    /// A number that is exact.
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
    /// The number, if it is one.
    pub fn scalar(&self) -> Option<f64> {
        match self {
            Self::Scalar(number) => Some(*number),
            Self::Interval(number) => Some(number.value),
            Self::AtThreshold(number) => Some(number.value),
            _ => None,
        }
    }

    /// The number and what is certain of it, if it is one.
    pub fn bounded(&self) -> Option<Interval> {
        match self {
            Self::Interval(number) => Some(*number),
            _ => self.scalar().map(Interval::exactly),
        }
    }

    /// The number and what stands beside it, if it is one: its bounds, or the threshold that reaches it.
    pub(super) fn row(&self) -> Option<Vec<f64>> {
        match self {
            Self::Scalar(number) => Some(vec![*number]),
            Self::Interval(Interval { value, low, high }) => Some(vec![*value, *low, *high]),
            Self::AtThreshold(AtThreshold { value, threshold }) => Some(vec![*value, *threshold]),
            _ => None,
        }
    }

    /// All of its numbers in one row; of one within bounds or that a threshold reaches, the number.
    ///
    /// # Errors
    ///
    /// Why the first of those that are undefined is so.
    pub fn numbers(&self) -> Result<Vec<f64>, Undefined> {
        match self {
            Self::Scalar(number) => Ok(vec![*number]),
            Self::Interval(number) => Ok(vec![number.value]),
            Self::AtThreshold(number) => Ok(vec![number.value]),
            Self::Vector(numbers) => numbers.iter().cloned().collect(),
            Self::Matrix(rows) => Ok(rows.iter().cloned().collect::<Result<Vec<_>, _>>()?.concat()),
        }
    }

    /// Why each of its numbers, or rows, is undefined; none for those that are defined.
    pub fn reasons(&self) -> Vec<Option<&Undefined>> {
        match self {
            Self::Scalar(_) | Self::Interval(_) | Self::AtThreshold(_) => vec![None],
            Self::Vector(numbers) => numbers.iter().map(|number| number.as_ref().err()).collect(),
            Self::Matrix(rows) => rows.iter().map(|row| row.as_ref().err()).collect(),
        }
    }
}
