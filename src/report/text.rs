//! The tables of a report, and the notes below them.

use super::grid;
use super::result::MetricResult;
use super::warning::Warning;
use crate::error::Undefined;
use crate::metric::{Axes, Value};
use comfy_table::{CellAlignment, Table, TableStyle};

/// The largest number of undefined parts of a value that a note names.
const MAX_NAMES: usize = 5;

/// A table of all values that are numbers or vectors, and a table for each matrix below a title.
pub(super) fn tables(
    entries: &[MetricResult],
    style: TableStyle,
    names: Option<&[String]>,
) -> Vec<String> {
    let (matrices, rows): (Vec<_>, Vec<_>) =
        entries.iter().partition(|entry| grid::is_matrix(entry));
    let mut table = Table::new();
    table.load_style(style).set_header(["metric", "unweighted", "weighted"]);
    table.add_rows(rows.iter().flat_map(|entry| grid::rows(entry, names)));
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let table = (!rows.is_empty()).then(|| table.to_string());
    let grids = matrices.into_iter().flat_map(|entry| grid::grids(entry, names, style));
    table.into_iter().chain(grids).collect()
}

/// A line per reason why values are undefined, and per warning.
pub(super) fn footnotes(
    entries: &[MetricResult],
    warnings: &[Warning],
    names: Option<&[String]>,
) -> Vec<String> {
    let mut reasons: Vec<(String, Vec<String>)> = Vec::new();
    for entry in entries {
        for (side, value) in entry.sides() {
            for (reason, concerned) in undefined(entry, value, names) {
                let reason = format!("undefined ({side}), {reason}");
                match reasons.iter_mut().find(|(known, _)| *known == reason) {
                    Some((_, specs)) => specs.push(concerned),
                    None => reasons.push((reason, vec![concerned])),
                }
            }
        }
    }
    let reasons = reasons.iter().map(|(reason, specs)| format!("{reason}: {}", specs.join(", ")));
    let warnings = warnings.iter().map(|warning| format!("warning: {warning}"));
    reasons.chain(warnings).collect()
}

/// The reason why a value, or parts of it, are undefined, and the names of these parts.
fn undefined(
    entry: &MetricResult,
    value: &Result<Value, Undefined>,
    names: Option<&[String]>,
) -> Vec<(Undefined, String)> {
    let spec = &entry.spec;
    let value = match value {
        Err(reason) => return vec![(reason.clone(), spec.clone())],
        Ok(value) => value,
    };
    // Rows without names are not parts that a user can request.
    if let (Value::Matrix(_), Axes::Columns(_)) = (value, entry.axes) {
        let reasons = value.grouped_reasons().into_iter();
        return reasons.map(|(reason, _)| (reason.clone(), spec.clone())).collect();
    }
    let names = names.filter(|names| names.len() == value.reasons().len());
    let named = |(reason, indices): (&Undefined, Vec<usize>)| {
        let shown = indices.iter().take(MAX_NAMES).map(|&index| grid::label(names, index));
        let mut shown = shown.collect::<Vec<_>>().join(", ");
        if indices.len() > MAX_NAMES {
            shown.push_str(&format!(" and {} more", indices.len() - MAX_NAMES));
        }
        (reason.clone(), format!("{spec} [{shown}]"))
    };
    value.grouped_reasons().into_iter().map(named).collect()
}
