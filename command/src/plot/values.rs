//! What pictures are made of, read from a report.

use super::canvas::style::TotalsView;
use weighbridge::metric::Value;
use weighbridge::report::MetricResult;
use weighbridge::{Report, Undefined};

/// A value that is not there to be drawn.
#[derive(Debug, PartialEq)]
pub struct MissingCurve {
    pub side: TotalsView,
    pub spec: String,
    pub reason: Undefined,
}

/// What there is to be drawn of each side, and what is not.
#[derive(Debug, PartialEq)]
pub struct Found<T> {
    pub sides: Vec<(TotalsView, T)>,
    pub gaps: Vec<MissingCurve>,
}

impl<T> Found<T> {
    /// What `read` makes of the value of the metric on each side, or of both at once where they are
    /// equal. Nothing if the report does not have it.
    pub fn of(report: &Report, spec: &str, read: impl Fn(TotalsView, &Value) -> Option<T>) -> Self {
        let mut found = Self { sides: Vec::new(), gaps: Vec::new() };
        let Some(entry) = entry(report, spec) else { return found };
        let sides = match entry.unweighted == entry.weighted {
            true => vec![(TotalsView::Both, &entry.weighted)],
            false => {
                vec![
                    (TotalsView::Weighted, &entry.weighted),
                    (TotalsView::Unweighted, &entry.unweighted),
                ]
            }
        };
        for (side, value) in sides {
            match value {
                Ok(value) => found.sides.extend(read(side, value).map(|read| (side, read))),
                Err(reason) => {
                    let (spec, reason) = (spec.to_owned(), reason.clone());
                    found.gaps.push(MissingCurve { side, spec, reason });
                }
            }
        }
        found
    }
}

/// The entry of a metric; none if it is not in the report.
pub fn entry<'a>(report: &'a Report, spec: &str) -> Option<&'a MetricResult> {
    report.entries.iter().find(|entry| entry.spec == spec)
}

/// A metric that is one number, on a side; none if it is undefined or not in the report.
pub fn scalar(report: &Report, spec: &str, side: TotalsView) -> Option<f64> {
    let entry = entry(report, spec)?;
    let value = if side == TotalsView::Unweighted { &entry.unweighted } else { &entry.weighted };
    value.as_ref().ok()?.scalar()
}

/// The same of one of several classes or labels, if it is told which.
pub fn number(report: &Report, spec: &str, side: TotalsView, class: Option<usize>) -> Option<f64> {
    let Some(class) = class else { return scalar(report, spec, side) };
    let entry = entry(report, spec)?;
    let value = if side == TotalsView::Unweighted { &entry.unweighted } else { &entry.weighted };
    match value.as_ref().ok()? {
        Value::Vector(numbers) => numbers.get(class)?.as_ref().ok().copied(),
        Value::Matrix(rows) => rows.get(class)?.as_ref().ok()?.first().copied(),
        _ => None,
    }
}

/// The rows of a matrix that are defined.
pub fn rows(value: &Value) -> Option<Vec<&[f64]>> {
    match value {
        Value::Matrix(rows) => Some(rows.iter().flatten().map(Vec::as_slice).collect()),
        _ => None,
    }
}
