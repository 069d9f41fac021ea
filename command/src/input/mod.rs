//! Data files as batches of Arrow arrays.
//!
//! Each format has a file here with a [`Format`] of two functions. `inspect` lists the columns of a
//! file. `stream` reads some of them and sends them on batch by batch, so that memory does not grow
//! with the file.

mod column_pattern;
mod csv;
mod handle;
mod ipc;
mod match_columns;
mod npy;
mod npz;
mod parquet;
mod progress;
mod selection;

use crate::error::Failure;
use crate::panics::guarded;
use crate::states;
use crate::words::{alternatives, io_reason, one_line, shortened};
use arrow_array::ArrayRef;
use arrow_schema::{ArrowError, DataType, FieldRef, Schema};
use indicatif::ProgressBar;
use progress::Extent;
pub use selection::{InputColumns, Selection};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::thread;

/// Rows of a batch, unless they are wide.
const BATCH_ROWS: usize = 1 << 16;
/// Numbers of a batch.
const BATCH_NUMBERS: usize = 1 << 20;
/// Longest message of a decoder.
const MAX_CHARACTERS: usize = 200;
/// Batches that are read ahead of the current one.
const QUEUED_BATCHES: usize = 1;

/// A data file whose columns are known.
pub struct Source {
    path: PathBuf,
    format: &'static Format,
    columns: Vec<Column>,
}

/// A column of a file.
pub struct Column {
    pub name: String,
    pub column_type: ColumnType,
    /// Numbers in each row: more than one in a two-dimensional array.
    pub width: usize,
    /// Number of rows, if it is known without reading them.
    pub rows: Option<u64>,
}

/// The type of the cells of a column.
pub enum ColumnType {
    /// Integers or floating point numbers of any width.
    Numbers,
    Booleans,
    /// Untyped text, parsed cell by cell.
    Cells,
    /// Text of this type.
    Text(String),
    /// Lists of variable length.
    Lists,
    /// Anything else, with a description.
    Other(String),
}

/// Why reading stopped early.
enum Stop {
    /// The file is damaged, or is not in the format of its extension.
    Damaged(String),
    /// The receiver needs no more batches.
    Cancelled,
}

type Inspected = Result<Vec<Column>, Stop>;
/// Takes a batch of the requested columns.
type Sink<'a> = &'a mut dyn FnMut(Vec<ArrayRef>) -> Result<(), Stop>;

/// A file format.
struct Format {
    name: &'static str,
    /// In `--help`.
    description: &'static str,
    extensions: &'static [&'static str],
    /// Whether the file is text below a header line. Progress is then measured in bytes.
    has_header: bool,
    inspect: fn(&Path) -> Inspected,
    stream: fn(&Path, &[usize], &ProgressBar, Sink<'_>) -> Result<(), Stop>,
}

static FORMATS: [Format; 5] = [csv::FORMAT, parquet::FORMAT, ipc::FORMAT, npy::FORMAT, npz::FORMAT];

/// The list of formats for `--help`, one per line.
pub fn formats_help() -> String {
    let line = |format: &Format| {
        let extensions: Vec<_> = format.extensions.iter().map(|name| format!(".{name}")).collect();
        format!("  {:21}  {}\n", extensions.join(" "), format.description)
    };
    FORMATS.iter().map(line).collect()
}

impl Source {
    /// Opens a file and reads the list of its columns.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let file = || states::name(path);
        let unopened = |error| Failure::Open { file: file(), reason: io_reason(&error) };
        let metadata = std::fs::metadata(path).map_err(unopened)?;
        if metadata.is_dir() {
            return Err(Failure::Directory { file: file() });
        }
        if !metadata.is_file() {
            return Err(Failure::NotAFile { file: file() });
        }
        let format = Format::of(path).ok_or_else(|| {
            let known = FORMATS.iter().flat_map(|format| format.extensions);
            let known: Vec<_> = known.map(|extension| format!(".{extension}")).collect();
            Failure::UnknownExtension { file: file(), known: alternatives(&known) }
        })?;
        File::open(path).map_err(unopened)?;
        let mut source = Self { path: path.to_owned(), format, columns: Vec::new() };
        source.columns = match guarded(|| (format.inspect)(path)) {
            Ok(Ok(columns)) => columns,
            Ok(Err(Stop::Damaged(reason))) | Err(reason) => return Err(source.unreadable(&reason)),
            Ok(Err(Stop::Cancelled)) => Vec::new(),
        };
        Ok(source)
    }

    /// The file name as given.
    pub fn name(&self) -> String {
        states::name(&self.path)
    }

    /// Whether the file has a header line, which is not counted as a row.
    pub fn has_header(&self) -> bool {
        self.format.has_header
    }

    /// Reads the selected columns on another thread and calls `consume` with each batch: the arrays
    /// of each input.
    pub fn stream(
        &self,
        selection: &Selection,
        mut consume: impl FnMut(Vec<Vec<ArrayRef>>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let bar = progress::bar(&self.name(), &self.extent(selection));
        let outcome = thread::scope(|scope| {
            // Dropped when this closure returns, which cancels the reader.
            let (sender, receiver) = sync_channel::<Vec<ArrayRef>>(QUEUED_BATCHES);
            let (format, path, columns, bar) = (self.format, &self.path, &selection.columns, &bar);
            let reader = scope.spawn(move || {
                let mut send = |arrays| sender.send(arrays).map_err(|_| Stop::Cancelled);
                guarded(|| (format.stream)(path, columns, bar, &mut send))
            });
            for arrays in receiver {
                consume(selection.arrays(&arrays))?;
            }
            match reader.join() {
                Ok(Ok(Ok(()) | Err(Stop::Cancelled))) => Ok(()),
                Ok(Ok(Err(Stop::Damaged(reason))) | Err(reason)) => Err(self.unreadable(&reason)),
                Err(_) => Err(self.unreadable("the reader failed")),
            }
        });
        bar.finish_and_clear();
        outcome
    }

    fn extent(&self, selection: &Selection) -> Extent {
        let rows = selection.columns.first().and_then(|&index| self.columns[index].rows);
        match rows {
            Some(rows) => Extent::Rows(rows),
            None if self.format.has_header => {
                Extent::Bytes(std::fs::metadata(&self.path).map_or(0, |metadata| metadata.len()))
            }
            None => Extent::UnknownRows,
        }
    }

    /// An error in reading the file.
    pub fn unreadable(&self, reason: &str) -> Failure {
        let reason = shortened(one_line(reason).trim_end_matches('.'), MAX_CHARACTERS);
        Failure::Unreadable { file: self.name(), format: self.format.name, reason }
    }
}

impl Format {
    fn of(path: &Path) -> Option<&'static Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        FORMATS.iter().find(|format| format.extensions.contains(&extension.as_str()))
    }
}

impl Stop {
    fn damaged(error: impl std::fmt::Display) -> Self {
        Self::Damaged(error.to_string())
    }

    fn truncated() -> Self {
        io::Error::from(io::ErrorKind::UnexpectedEof).into()
    }
}

/// Errors of Arrow, which the readers of several formats return.
impl From<ArrowError> for Stop {
    fn from(error: ArrowError) -> Self {
        match error {
            // The message without the name of the variant.
            ArrowError::CsvError(reason)
            | ArrowError::IpcError(reason)
            | ArrowError::ParseError(reason)
            | ArrowError::InvalidArgumentError(reason) => Self::Damaged(reason),
            ArrowError::IoError(_, error) => error.into(),
            ArrowError::ExternalError(error) => Self::damaged(error),
            error => Self::damaged(error),
        }
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // A footer would lie before the start of the file.
            io::ErrorKind::InvalidInput => Self::truncated(),
            _ => Self::Damaged(io_reason(&error)),
        }
    }
}

/// The columns of an Arrow schema.
fn columns(schema: &Schema, rows: Option<u64>) -> Vec<Column> {
    let column = |field: &FieldRef| {
        let (data_type, width) = match field.data_type() {
            DataType::FixedSizeList(element, len @ 1..) => (element.data_type(), *len as usize),
            data_type => (data_type, 1),
        };
        let column_type = ColumnType::from_arrow(data_type);
        Column { name: field.name().clone(), column_type, width, rows }
    };
    schema.fields().iter().map(column).collect()
}

impl ColumnType {
    fn from_arrow(data_type: &DataType) -> Self {
        match data_type {
            DataType::Boolean => Self::Booleans,
            // A column of nulls is a column of missing numbers.
            DataType::Null => Self::Numbers,
            DataType::Dictionary(_, values) => Self::from_arrow(values),
            data_type if data_type.is_numeric() => Self::Numbers,
            data_type if data_type.is_string() => Self::Text(data_type.to_string()),
            DataType::List(_)
            | DataType::LargeList(_)
            | DataType::ListView(_)
            | DataType::LargeListView(_) => Self::Lists,
            data_type => Self::Other(format!("values of type {data_type}")),
        }
    }
}

/// Rows of a batch if each row has `width` numbers.
fn batch_rows(width: usize) -> usize {
    (BATCH_NUMBERS / width.max(1)).clamp(1, BATCH_ROWS)
}

/// Numbers in each row of an array.
fn width(data_type: &DataType) -> usize {
    if let DataType::FixedSizeList(_, len) = data_type { *len as usize } else { 1 }
}

/// Sends the columns of a batch of any size in batches of limited size.
fn send(columns: &[ArrayRef], bar: &ProgressBar, sink: Sink<'_>) -> Result<(), Stop> {
    let rows = columns.first().map_or(0, |column| column.len());
    let max_rows = batch_rows(columns.iter().map(|column| width(column.data_type())).sum());
    for start in (0..rows).step_by(max_rows) {
        let len = max_rows.min(rows - start);
        sink(columns.iter().map(|column| column.slice(start, len)).collect())?;
        bar.inc(len as u64);
    }
    Ok(())
}
