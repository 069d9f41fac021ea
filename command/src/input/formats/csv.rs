//! CSV: a header line, then one row per sample.
//!
//! Cells stay text until they are parsed, so that an invalid one can be reported with its row and
//! content.

use crate::input::format::{BATCH_ROWS, Column, ColumnType, Format, Inspected, Sink, Stop};
use crate::words::count;
use arrow_array::ArrayRef;
use arrow_array::builder::StringBuilder;
use csv::{ErrorKind, Position, Reader, StringRecord};
use indicatif::ProgressBar;
use std::fs::File;
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

fn inspect(path: &Path) -> Inspected {
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
    let mut reader = Reader::from_reader(File::open(path)?);
    Ok(reader.headers()?.iter().map(|name| name.trim().to_owned()).collect())
}

fn stream(path: &Path, columns: &[usize], bar: &ProgressBar, sink: Sink<'_>) -> Result<(), Stop> {
    let mut reader = Reader::from_reader(bar.wrap_read(File::open(path)?));
    reader.headers()?; // otherwise an error in the first row would have the line of the header
    let rows = (BATCH_CELLS / columns.len().max(1)).clamp(1, BATCH_ROWS);
    let mut record = StringRecord::new();
    loop {
        let mut builders: Vec<_> = columns.iter().map(|_| StringBuilder::new()).collect();
        let mut read = 0;
        while read < rows && reader.read_record(&mut record)? {
            for (builder, &column) in builders.iter_mut().zip(columns) {
                builder.append_option(record.get(column).filter(|cell| !cell.is_empty()));
            }
            read += 1;
        }
        if read == 0 {
            return Ok(());
        }
        sink(builders.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef).collect())?;
    }
}

/// The errors of the decoder, in plain words.
impl From<csv::Error> for Stop {
    fn from(error: csv::Error) -> Self {
        let line = |position: &Option<Position>| position.as_ref().map_or(1, Position::line);
        match error.into_kind() {
            ErrorKind::Io(error) => error.into(),
            ErrorKind::Utf8 { pos, .. } => {
                Self::Damaged(format!("line {} is not UTF-8", line(&pos)))
            }
            ErrorKind::UnequalLengths { pos, expected_len, len } => Self::Damaged(format!(
                "line {} has {}, but the header has {expected_len}",
                line(&pos),
                count(len as usize, "field")
            )),
            kind => Self::Damaged(format!("{kind:?}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_decoder_become_plain_words() {
        let error = |text: &[u8]| {
            let mut reader = Reader::from_reader(text);
            match reader.records().find_map(Result::err).map(Stop::from) {
                Some(Stop::Damaged(reason)) => reason,
                _ => String::new(),
            }
        };
        assert_eq!(error(b"p,t\n1,2\n1\n"), "line 3 has 1 field, but the header has 2");
        assert_eq!(error(b"p,t\n1,2\n1,\xff\n"), "line 3 is not UTF-8");
        assert_eq!(error(b"p,t\n1,2\n"), "");
    }
}
