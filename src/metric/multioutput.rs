//! Metrics of samples with several outputs or labels: computed for each, and averaged.

use super::arguments::Arguments;
use super::average::{Average, mean, shares};
use super::definition::{Axes, MetricDef};
use super::settings::Settings;
use super::value::Value;
use super::view::TotalsView;
use crate::error::Undefined;
use crate::statistic::{Family, FamilyKind, Totals};
use crate::task::Task;
use num_bigint::{BigInt, Sign};

/// The value of a metric for one side of the totals of every output.
pub fn finish(
    metric: &MetricDef,
    arguments: &Arguments,
    family: &Family,
    totals: &[Totals],
    weighted: bool,
) -> Result<Value, Undefined> {
    let finish =
        |totals: &Totals| (metric.finish)(arguments, &TotalsView::new(family, totals, weighted));
    let Settings { task, outputs, .. } = arguments.settings;
    let several = family.kind == FamilyKind::Outputs && (task == Task::Multilabel || outputs > 1);
    let [first, others @ ..] = totals else {
        return Err(Undefined::internal(format!("totals of {} are missing", family.kind)));
    };
    if !several {
        return finish(first);
    }
    let average = arguments.average();
    if average == Some(Average::Micro) {
        let mut sum = first.clone();
        for totals in others {
            let inconsistent = |_| Undefined::internal("outputs have totals of other statistics");
            sum.merge(totals).map_err(inconsistent)?;
        }
        sum.sort_scores();
        return finish(&sum);
    }
    let is_averaged = !matches!(average, None | Some(Average::None));
    // A label with a denominator of zero counts as 0 in an average.
    let of_output = |totals: &Totals| match finish(totals) {
        Err(Undefined::ZeroDenominator { .. })
            if task == Task::Multilabel && average != Some(Average::None) =>
        {
            Ok(Value::Scalar(0.0))
        }
        value => value,
    };
    let values = collapse_identical_errors(totals.iter().map(of_output).collect())?;
    // A value that is not a number cannot be averaged: it has a row per label, or several rows that
    // start with the label.
    if matches!(metric.axes, Axes::Columns([_, ..])) && !is_averaged {
        return Ok(rows_by_label(values, of_label));
    }
    if average.is_none() && !arguments.is_custom() {
        let rows = values.into_iter().map(|value| value?.numbers());
        return Ok(Value::Matrix(rows.collect()));
    }
    if average == Some(Average::None) {
        return Ok(into_rows(values));
    }
    let named = |(index, value): (usize, Result<Value, Undefined>)| {
        value.map_err(|reason| match task {
            Task::Multilabel => of_label(index, reason),
            _ => Undefined::Output { output: index, reason: reason.into() },
        })
    };
    let values = values.into_iter().enumerate().map(named).collect::<Result<Vec<_>, _>>()?;
    if average != Some(Average::Weighted) {
        return mean(&values, None);
    }
    let support = |totals| (metric.support)(arguments, &TotalsView::new(family, totals, weighted));
    let supports = totals.iter().map(support).collect::<Result<Vec<BigInt>, _>>()?;
    if supports.iter().all(|support| support.sign() == Sign::NoSign) {
        let reason = "no label is ever 1".to_owned();
        return Ok(arguments.zero_division(Err(Undefined::ZeroDenominator { reason }))?.into());
    }
    mean(&values, Some(&shares(&supports)))
}

/// One number per output, or a row per output if values have several numbers. Rows omit the
/// additional numbers of outputs that are undefined or have none.
pub fn into_rows(values: Vec<Result<Value, Undefined>>) -> Value {
    let no_number = || Undefined::internal("a list of values that are not numbers");
    let rows = values.into_iter().map(|value| value?.row().ok_or_else(no_number));
    let rows: Vec<Result<Vec<f64>, _>> = rows.collect();
    if rows.iter().flatten().any(|row| row.len() > 1) {
        return Value::Matrix(rows);
    }
    let number = |row: Vec<f64>| row.first().copied().ok_or_else(no_number);
    Value::Vector(rows.into_iter().map(|row| row.and_then(number)).collect())
}

/// The reason why one of several labels has no value.
fn of_label(label: usize, reason: Undefined) -> Undefined {
    Undefined::Label { label, reason: reason.into() }
}

/// The rows of every label, starting with those of the first label. Each row starts with its label.
/// `of` adds to a reason that it concerns this label.
pub fn rows_by_label(
    values: Vec<Result<Value, Undefined>>,
    of: fn(usize, Undefined) -> Undefined,
) -> Value {
    let rows = values.into_iter().enumerate().flat_map(|(label, value)| {
        let named = move |reason: Undefined| of(label, reason);
        let rows = match value {
            Ok(Value::Matrix(rows)) => rows,
            Ok(value) => vec![value.numbers()],
            Err(reason) => vec![Err(reason)],
        };
        let rows = rows.into_iter();
        rows.map(move |row| Ok([vec![label as f64], row.map_err(named)?].concat()))
    });
    Value::Matrix(rows.collect())
}

/// The values of all outputs, or the reason if all are undefined for the same reason.
pub fn collapse_identical_errors(
    values: Vec<Result<Value, Undefined>>,
) -> Result<Vec<Result<Value, Undefined>>, Undefined> {
    let alike = values.windows(2).all(|pair| pair[0] == pair[1]);
    match values.first() {
        Some(Err(reason)) if alike => Err(reason.clone()),
        _ => Ok(values),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_values_that_are_not_numbers_is_an_internal_error() {
        assert_eq!(into_rows(vec![Ok(1.0.into())]), vec![1.0].into());
        let Value::Vector(list) = into_rows(vec![Ok(1.0.into()), Ok(vec![2.0].into())]) else {
            panic!("not a list");
        };
        assert!(matches!(list[..], [Ok(1.0), Err(Undefined::Internal { .. })]), "{list:?}");
    }
}
