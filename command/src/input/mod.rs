//! Data files as columns of Arrow arrays, a batch at a time.
//!
//! A format is a file here with two functions. `inspect` says which columns a file has. `stream`
//! reads the wanted ones in order and hands them on, batch by batch, so that memory does not grow
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

use crate::error::{Failure, one_line, shortened};
use crate::panics::guarded;
use ::parquet::errors::ParquetError;
use arrow_array::ArrayRef;
use arrow_schema::ArrowError;
use arrow_schema::{DataType, FieldRef, Schema};
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
/// What a decoder has to say is cut after so many characters.
const MAX_CHARACTERS: usize = 200;
/// Batches that are read ahead of the one at work.
const QUEUED_BATCHES: usize = 1;

/// A file, opened once to see what it holds.
pub struct Source {
    path: PathBuf,
    format: &'static Format,
    columns: Vec<Column>,
}

/// A column as it stands in a file.
pub struct Column {
    pub name: String,
    pub content: Accumulator,
    /// How many numbers stand in a row: more than one in an array of two dimensions.
    pub width: usize,
    /// Number of rows, where it is known without reading them.
    pub rows: Option<u64>,
}

/// What the cells of a column are.
pub enum Accumulator {
    /// Integers or floating point numbers of any width.
    Numbers,
    /// Booleans.
    Booleans,
    /// Text that becomes numbers (or not) cell by cell.
    Cells,
    /// Text that is none, of this type.
    Text(String),
    /// Lists, each of a length of its own.
    Lists,
    /// Anything else, described.
    Other(String),
}

/// Why reading ended early.
enum Stop {
    /// The file is not what its name says.
    Damaged(String),
    /// Nobody wants more of it.
    Cancelled,
}

type Inspected = Result<Vec<Column>, Stop>;
/// Takes a batch of the wanted columns.
type Sink<'a> = &'a mut dyn FnMut(Vec<ArrayRef>) -> Result<(), Stop>;

/// What is known about one format.
struct Format {
    name: &'static str,
    extensions: &'static [&'static str],
    /// Whether the file is text below a header line; bytes tell how far it has been read.
    has_header: bool,
    inspect: fn(&Path) -> Inspected,
    stream: fn(&Path, &[usize], &ProgressBar, Sink<'_>) -> Result<(), Stop>,
}

static FORMATS: [Format; 5] = [csv::FORMAT, parquet::FORMAT, ipc::FORMAT, npy::FORMAT, npz::FORMAT];

impl Source {
    /// Opens a file and looks at its columns.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let file = || path.display().to_string();
        let unopened = |error: io::Error| Failure::Open { file: file(), reason: error.to_string() };
        let metadata = std::fs::metadata(path).map_err(unopened)?;
        if metadata.is_dir() {
            return Err(Failure::Directory { file: file() });
        }
        if !metadata.is_file() {
            return Err(Failure::NoFile { file: file() });
        }
        let format = Format::of(path).ok_or_else(|| {
            let known = FORMATS.iter().flat_map(|format| format.extensions);
            let known = known.map(|extension| format!(".{extension}")).collect::<Vec<_>>();
            Failure::UnknownExtension { file: file(), known: known.join(", ") }
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

    /// The file, as given.
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Whether the file has a header line, which is not counted as a row.
    pub fn has_header(&self) -> bool {
        self.format.has_header
    }

    /// Reads the selected columns on a thread of their own and gives `update_stream` batch after batch,
    /// with the arrays of each role.
    pub fn stream(
        &self,
        selection: &Selection,
        mut update_stream: impl FnMut(Vec<Vec<ArrayRef>>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let bar = progress::bar(&self.name(), &self.extent(selection));
        let outcome = thread::scope(|scope| {
            // Dropped when this closure ends, which tells the reader that nobody wants more.
            let (sender, receiver) = sync_channel::<Vec<ArrayRef>>(QUEUED_BATCHES);
            let (format, path, columns, bar) = (self.format, &self.path, &selection.columns, &bar);
            let reader = scope.spawn(move || {
                let mut send = |arrays| sender.send(arrays).map_err(|_| Stop::Cancelled);
                guarded(|| (format.stream)(path, columns, bar, &mut send))
            });
            for arrays in receiver {
                update_stream(selection.arrays(&arrays))?;
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

    /// Says that the file is not what its name says.
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
}

impl From<ArrowError> for Stop {
    fn from(error: ArrowError) -> Self {
        match error {
            // What the error is about, without the name of the variant.
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

impl From<ParquetError> for Stop {
    fn from(error: ParquetError) -> Self {
        match error {
            ParquetError::General(reason)
            | ParquetError::EOF(reason)
            | ParquetError::ArrowError(reason) => Self::Damaged(reason),
            ParquetError::External(error) => Self::damaged(error),
            error => Self::damaged(error),
        }
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // The latter where something is looked for before the start.
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput => {
                Self::Damaged("it ends too early".to_owned())
            }
            _ => Self::damaged(error),
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
        Column { name: field.name().clone(), content: Accumulator::of(data_type), width, rows }
    };
    schema.fields().iter().map(column).collect()
}

impl Accumulator {
    fn of(data_type: &DataType) -> Self {
        match data_type {
            DataType::Boolean => Self::Booleans,
            // A column of nulls is a column of missing numbers.
            DataType::Null => Self::Numbers,
            DataType::Dictionary(_, values) => Self::of(values),
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

/// Rows of a batch of so many numbers a row.
fn batch_rows(width: usize) -> usize {
    (BATCH_NUMBERS / width.max(1)).clamp(1, BATCH_ROWS)
}

/// How many numbers an array has in a row.
fn width(data_type: &DataType) -> usize {
    if let DataType::FixedSizeList(_, len) = data_type { *len as usize } else { 1 }
}

/// Hands on the columns of a batch of any size in batches that are not too large.
fn send(columns: &[ArrayRef], bar: &ProgressBar, sink: Sink<'_>) -> Result<(), Stop> {
    let rows = columns.first().map_or(0, |column| column.len());
    let at_a_time = batch_rows(columns.iter().map(|column| width(column.data_type())).sum());
    for start in (0..rows).step_by(at_a_time) {
        let len = at_a_time.min(rows - start);
        sink(columns.iter().map(|column| column.slice(start, len)).collect())?;
        bar.inc(len as u64);
    }
    Ok(())
}
