//! Values of a report that are drawn.

use super::canvas::style::Side;
use weighbridge::metric::Value;
use weighbridge::report::MetricResult;
use weighbridge::{Report, Undefined};

/// A value that is undefined on a side, and so cannot be drawn.
#[derive(Debug, PartialEq)]
pub struct MissingCurve {
    pub side: Side,
    pub spec: String,
    pub reason: Undefined,
}

/// What can be drawn of a metric on each side, and the sides on which it is undefined.
#[derive(Debug, PartialEq)]
pub struct SideValues<T> {
    pub sides: Vec<(Side, T)>,
    pub missing: Vec<MissingCurve>,
}

impl<T> SideValues<T> {
    /// Reads the values of a metric on both sides, or once if they are equal. Empty if the report
    /// does not have the metric.
    pub fn read(report: &Report, spec: &str, read: impl Fn(Side, &Value) -> Option<T>) -> Self {
        let mut found = Self { sides: Vec::new(), missing: Vec::new() };
        let Some(entry) = entry(report, spec) else { return found };
        let sides = if entry.unweighted == entry.weighted {
            vec![(Side::Both, &entry.weighted)]
        } else {
            vec![(Side::Weighted, &entry.weighted), (Side::Unweighted, &entry.unweighted)]
        };
        for (side, value) in sides {
            match value {
                Ok(value) => found.sides.extend(read(side, value).map(|read| (side, read))),
                Err(reason) => {
                    let (spec, reason) = (spec.to_owned(), reason.clone());
                    found.missing.push(MissingCurve { side, spec, reason });
                }
            }
        }
        found
    }
}

/// The result of a metric; `None` if it is not in the report.
pub fn entry<'a>(report: &'a Report, spec: &str) -> Option<&'a MetricResult> {
    report.entries.iter().find(|entry| entry.spec == spec)
}

/// The value of a metric on a side; `None` if it is undefined or not in the report.
fn value<'a>(report: &'a Report, spec: &str, side: Side) -> Option<&'a Value> {
    let entry = entry(report, spec)?;
    let value = if side == Side::Unweighted { &entry.unweighted } else { &entry.weighted };
    value.as_ref().ok()
}

/// The value of a metric that is one number.
pub fn scalar(report: &Report, spec: &str, side: Side) -> Option<f64> {
    value(report, spec, side)?.scalar()
}

/// The value of a metric for one of several classes or labels, or its only value.
pub fn number(report: &Report, spec: &str, side: Side, class: Option<usize>) -> Option<f64> {
    let Some(class) = class else { return scalar(report, spec, side) };
    match value(report, spec, side)? {
        Value::Vector(numbers) => numbers.get(class)?.as_ref().ok().copied(),
        Value::Matrix(rows) => rows.get(class)?.as_ref().ok()?.first().copied(),
        _ => None,
    }
}

/// The defined rows of a matrix.
pub fn rows(value: &Value) -> Option<Vec<&[f64]>> {
    match value {
        Value::Matrix(rows) => Some(rows.iter().flatten().map(Vec::as_slice).collect()),
        _ => None,
    }
}
