//! Vectors and matrices in text tables: a row per class, a grid per side.

use super::number::{interval, number};
use super::result::MetricResult;
use crate::error::Undefined;
use crate::metric::{AtThreshold, Axes, Interval, Value};
use comfy_table::{CellAlignment, Table, TableStyle};

/// The largest number of elements of a vector that a table shows.
const MAX_ROWS: usize = 50;
/// The largest number of rows and of columns of a matrix that a table shows.
const MAX_CELLS: usize = 20;

/// Replaces parts that are not shown.
const MORE: &str = "…";

/// Replaces an undefined number; the reason follows the table.
const UNDEFINED: &str = "undefined";

/// Whether a value of the entry is a matrix.
pub(super) fn is_matrix(entry: &MetricResult) -> bool {
    entry.sides().iter().any(|(_, value)| matches!(value, Ok(Value::Matrix(_))))
}

/// The rows of an entry in the table of all metrics: one, and one per element of a vector.
pub(super) fn rows(entry: &MetricResult, names: Option<&[String]>) -> Vec<[String; 3]> {
    let vectors = [&entry.unweighted, &entry.weighted].map(|value| match value {
        Ok(Value::Vector(vector)) => Some(vector),
        _ => None,
    });
    let len = vectors.iter().flatten().map(|vector| vector.len()).max();
    let Some(len) = len else {
        return vec![[entry.spec.clone(), text(&entry.unweighted), text(&entry.weighted)]];
    };
    let names = names.filter(|names| names.len() == len);
    let mut rows = vec![[entry.spec.clone(), String::new(), String::new()]];
    let cell = |vector: Option<&Vec<Result<f64, Undefined>>>, index: usize| match vector
        .and_then(|vector| vector.get(index))
    {
        Some(Ok(x)) => number(*x),
        _ => UNDEFINED.to_owned(),
    };
    for index in 0..len.min(MAX_ROWS) {
        let [unweighted, weighted] = vectors.map(|vector| cell(vector, index));
        rows.push([format!("  {}", label(names, index)), unweighted, weighted]);
    }
    if len > MAX_ROWS {
        let more = format!("  {MORE} {} more: all are in the JSON", len - MAX_ROWS);
        rows.push([more, String::new(), String::new()]);
    }
    rows
}

/// A table for each side of a matrix, or one for both if they are equal, each below a title.
pub(super) fn grids(
    entry: &MetricResult,
    names: Option<&[String]>,
    style: TableStyle,
) -> Vec<String> {
    let mut sides = entry.sides().to_vec();
    if entry.unweighted == entry.weighted {
        sides = vec![("unweighted and weighted", &entry.weighted)];
    }
    let spec = &entry.spec;
    let grid = |(side, value): &(&str, &Result<Value, Undefined>)| match value {
        Ok(Value::Matrix(rows)) => {
            let len = rows.len().max(columns(rows));
            let cut = match len > MAX_CELLS {
                true => format!(", the first {MAX_CELLS} of {len}: all are in the JSON"),
                false => String::new(),
            };
            if columns(rows) == 0 {
                return vec![format!("{spec}, {side}: {UNDEFINED}")];
            }
            vec![format!("{spec}, {side}{cut}"), matrix(rows, entry.axes, names, style)]
        }
        value => vec![format!("{spec}, {side}: {}", text(value))],
    };
    sides.iter().flat_map(grid).collect()
}

/// Number of columns of a matrix, from its first defined row.
fn columns(rows: &[Result<Vec<f64>, Undefined>]) -> usize {
    rows.iter().flatten().next().map_or(0, Vec::len)
}

fn matrix(
    rows: &[Result<Vec<f64>, Undefined>],
    axes: Axes,
    names: Option<&[String]>,
    style: TableStyle,
) -> String {
    let columns = columns(rows);
    let row_names = names.filter(|names| names.len() == rows.len());
    // The title of the row names, if rows have names, and the titles of columns.
    let (corner, titles): (Option<&str>, &[&str]) = match axes {
        Axes::Classes => (Some("truth \\ prediction"), &[]),
        Axes::Labels(titles) => (Some("label"), titles),
        Axes::Columns(titles) => (None, titles),
    };
    // Rows without names may start with their label.
    let labels = if corner.is_none() { columns.saturating_sub(titles.len()) } else { 0 };
    let titles = [vec!["label"; labels], titles.to_vec()].concat();
    let title = |index: usize| match titles.get(index) {
        Some(&title) => title.to_owned(),
        None => label(row_names, index),
    };
    let titles = cut((0..columns).map(title), columns);
    let mut table = Table::new();
    let corner = Vec::from_iter(corner.map(str::to_owned));
    let named = corner.len();
    table.load_style(style).set_header([corner, titles].concat());
    for (index, row) in rows.iter().take(MAX_CELLS).enumerate() {
        let numbers = match row {
            Ok(row) => {
                let (labels, numbers) = row.split_at(labels.min(row.len()));
                let labels = labels.iter().map(|&x| label(names, x as usize));
                cut(labels.chain(numbers.iter().map(|&x| number(x))), row.len())
            }
            Err(_) => vec![UNDEFINED.to_owned(); columns.min(MAX_CELLS)],
        };
        table.add_row([vec![label(row_names, index); named], numbers].concat());
    }
    if rows.len() > MAX_CELLS {
        table.add_row([MORE]);
    }
    for column in table.column_iter_mut().skip(named) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.to_string()
}

/// The first `len` cells, followed by a mark if there are more.
fn cut(cells: impl Iterator<Item = String>, len: usize) -> Vec<String> {
    let more = (len > MAX_CELLS).then(|| MORE.to_owned());
    cells.take(MAX_CELLS).chain(more).collect()
}

/// The name of a class, or its number.
pub(super) fn label(names: Option<&[String]>, index: usize) -> String {
    names.and_then(|names| names.get(index).cloned()).unwrap_or_else(|| index.to_string())
}

fn text(value: &Result<Value, Undefined>) -> String {
    match value {
        Ok(Value::Interval(Interval { value, low, high })) => {
            format!("{} {}", number(*value), interval(*low, *high))
        }
        Ok(Value::AtThreshold(AtThreshold { value, threshold })) => {
            format!("{} at {}", number(*value), number(*threshold))
        }
        Ok(value) => value.scalar().map_or_else(|| value.to_string(), number),
        Err(_) => UNDEFINED.to_owned(),
    }
}
