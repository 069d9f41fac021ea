//! CSV: a header line, then one row per sample.
//!
//! Cells are handed on as text, so that one that is no number can be named by row and content.

use super::{Accumulator, BATCH_ROWS, Column, Format, Inspected, Sink, Stop};
use arrow_csv::ReaderBuilder;
use arrow_csv::reader::Format as Dialect;
use arrow_schema::{DataType, Field, Schema};
use indicatif::ProgressBar;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

pub const FORMAT: Format =
    Format { name: "CSV", extensions: &["csv"], has_header: true, inspect, stream };

/// Cells decoded at a time: files of many columns are read in shorter batches.
const BATCH_CELLS: usize = 1 << 18;

/// What separates columns in files that are CSV by name only.
const OTHER_SEPARATORS: [char; 3] = [';', '\t', '|'];

fn inspect(path: &Path) -> Inspected {
    let names = header(path)?;
    if names.is_empty() {
        return Err(Stop::Damaged("it is empty, without even a header line".to_owned()));
    }
    if let [only] = &names[..]
        && let Some(separator) =
            OTHER_SEPARATORS.iter().find(|&&separator| only.contains(separator))
    {
        let reason =
            format!("its header has no comma, but {separator:?}: commas must separate its columns");
        return Err(Stop::Damaged(reason));
    }
    let column = |name| Column { name, content: Accumulator::Cells, width: 1, rows: None };
    Ok(names.into_iter().map(column).collect())
}

/// Names of the columns, without the spaces around them.
fn header(path: &Path) -> Result<Vec<String>, Stop> {
    let dialect = Dialect::default().with_header(true);
    let (schema, _) = dialect.infer_schema(BufReader::new(File::open(path)?), Some(0))?;
    Ok(schema.fields().iter().map(|field| field.name().trim().to_owned()).collect())
}

fn stream(path: &Path, columns: &[usize], bar: &ProgressBar, sink: Sink<'_>) -> Result<(), Stop> {
    let fields: Vec<_> =
        header(path)?.into_iter().map(|name| Field::new(name, DataType::Utf8, true)).collect();
    let rows = (BATCH_CELLS / fields.len().max(1)).clamp(1, BATCH_ROWS);
    let batches = ReaderBuilder::new(Arc::new(Schema::new(fields)))
        .with_header(true)
        .with_batch_size(rows)
        .with_projection(columns.to_vec())
        .build(bar.wrap_read(File::open(path)?))?;
    for batch in batches {
        sink(batch?.columns().to_vec())?;
    }
    Ok(())
}
