//! CSV: a header line, then one row per sample.
//!
//! Cells stay text until they are parsed, so that an invalid one can be reported with its row and
//! content.

use super::{BATCH_ROWS, Column, ColumnType, Format, Inspected, Sink, Stop};
use crate::words::count;
use arrow_csv::ReaderBuilder;
use arrow_csv::reader::Format as Dialect;
use arrow_schema::{ArrowError, DataType, Field, Schema};
use indicatif::ProgressBar;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;

pub const FORMAT: Format = Format {
    name: "CSV",
    description: "a header line, then one row per sample",
    extensions: &["csv"],
    has_header: true,
    inspect,
    stream,
};

/// Cells decoded at a time: files with many columns are read in shorter batches.
const BATCH_CELLS: usize = 1 << 18;

/// Separators of other dialects.
const OTHER_SEPARATORS: [char; 3] = [';', '\t', '|'];

/// First bytes of files that are not CSV, whatever their extension.
const OTHER_FORMATS: [(&[u8], &str); 8] = [
    (b"\x1f\x8b", "a gzip file: decompress it"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file: decompress it"),
    (b"PK\x03\x04", "a ZIP archive (or NPZ, or a spreadsheet)"),
    (b"PAR1", "a Parquet file: rename it to .parquet"),
    (b"ARROW1", "an Arrow IPC file: rename it to .arrow"),
    (b"\x93NUMPY", "an NPY file: rename it to .npy"),
    (b"\xff\xfe", "UTF-16 text: save it as UTF-8"),
    (b"\xfe\xff", "UTF-16 text: save it as UTF-8"),
];

fn inspect(path: &Path) -> Inspected {
    let mut start = Vec::new();
    File::open(path)?.take(8).read_to_end(&mut start)?;
    if let Some((_, format)) = OTHER_FORMATS.iter().find(|(bytes, _)| start.starts_with(bytes)) {
        return Err(Stop::Damaged(format!("it begins like {format}")));
    }
    let names = header(path)?;
    if names.is_empty() {
        return Err(Stop::Damaged("it is empty, without even a header line".to_owned()));
    }
    if let [name] = &names[..]
        && let Some(separator) = OTHER_SEPARATORS.iter().find(|&&other| name.contains(other))
    {
        return Err(Stop::Damaged(format!(
            "its header contains {separator:?} but no comma: columns must be separated by commas"
        )));
    }
    let column = |name| Column { name, column_type: ColumnType::Cells, width: 1, rows: None };
    Ok(names.into_iter().map(column).collect())
}

/// The names of the columns, without spaces around them.
fn header(path: &Path) -> Result<Vec<String>, Stop> {
    let dialect = Dialect::default().with_header(true);
    let inferred = dialect.infer_schema(BufReader::new(File::open(path)?), Some(0));
    let (schema, _) = inferred.map_err(damaged)?;
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
        .build(bar.wrap_read(File::open(path)?))
        .map_err(damaged)?;
    for batch in batches {
        sink(batch.map_err(damaged)?.columns().to_vec())?;
    }
    Ok(())
}

/// The errors of the decoder that people meet, in plain words.
fn damaged(error: ArrowError) -> Stop {
    let ArrowError::CsvError(reason) = error else { return error.into() };
    let line = number_after(&reason, "line ");
    let fields = (number_after(&reason, "expected "), number_after(&reason, "got "));
    match (line, fields) {
        (Some(line), _) if reason.contains("UTF-8") => {
            Stop::Damaged(format!("line {line} is not UTF-8"))
        }
        (Some(line), (Some(expected), Some(found))) => Stop::Damaged(format!(
            "line {line} has {}, but the header has {expected}",
            count(found, "field")
        )),
        _ => Stop::Damaged(reason),
    }
}

/// The number that follows the last occurrence of a word.
fn number_after(text: &str, word: &str) -> Option<usize> {
    let (_, rest) = text.rsplit_once(word)?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_decoder_become_plain_words() {
        let words = |reason: &str| match damaged(ArrowError::CsvError(reason.to_owned())) {
            Stop::Damaged(reason) => reason,
            Stop::Cancelled => String::new(),
        };
        let fields = "incorrect number of fields for line 3, expected 2 got 1";
        assert_eq!(words(fields), "line 3 has 1 field, but the header has 2");
        let header = "Encountered UTF-8 error while reading CSV file: invalid utf-8: invalid UTF-8 \
                      in field 0 near byte index 1 at line 1";
        assert_eq!(words(header), "line 1 is not UTF-8");
        assert_eq!(words("something else"), "something else");
    }
}
