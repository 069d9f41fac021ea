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
    /// A number per class, label or output.
    Vector(Vec<Result<f64, Undefined>>),
    /// Rows of numbers. Of a matrix with a row for each label or output, a row may be undefined.
    Matrix(Vec<Result<Vec<f64>, Undefined>>),
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
        if let Self::Scalar(number) = self { Some(*number) } else { None }
    }

    /// All of its numbers in one row.
    ///
    /// # Errors
    ///
    /// Why the first of those that are undefined is so.
    pub fn numbers(&self) -> Result<Vec<f64>, Undefined> {
        match self {
            Self::Scalar(number) => Ok(vec![*number]),
            Self::Vector(numbers) => numbers.iter().cloned().collect(),
            Self::Matrix(rows) => Ok(rows.iter().cloned().collect::<Result<Vec<_>, _>>()?.concat()),
        }
    }

    /// Why each of its numbers, or rows, is undefined; none for those that are defined.
    pub fn reasons(&self) -> Vec<Option<&Undefined>> {
        match self {
            Self::Scalar(_) => vec![None],
            Self::Vector(numbers) => numbers.iter().map(|number| number.as_ref().err()).collect(),
            Self::Matrix(rows) => rows.iter().map(|row| row.as_ref().err()).collect(),
        }
    }
}
