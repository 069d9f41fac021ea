//! The interface of a file format: two functions, and what they return.
//!
//! `inspect` lists the columns of a file. `stream` reads some of them and sends them on batch by
//! batch, so that memory does not grow with the file.

use crate::words::io_reason;
use arrow_array::ArrayRef;
use indicatif::ProgressBar;
use std::io;
use std::path::Path;

/// Rows of a batch, unless they are wide.
pub const BATCH_ROWS: usize = 1 << 16;
/// Numbers of a batch.
const BATCH_NUMBERS: usize = 1 << 20;

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
pub enum Stop {
    /// The file is damaged, or is not in the format of its extension.
    Damaged(String),
    /// The receiver needs no more batches.
    Cancelled,
}

pub type Inspected = Result<Vec<Column>, Stop>;
/// Takes a batch of the requested columns.
pub type Sink<'a> = &'a mut dyn FnMut(Vec<ArrayRef>) -> Result<(), Stop>;

/// A file format.
pub struct Format {
    pub name: &'static str,
    /// In `--help`.
    pub description: &'static str,
    pub extensions: &'static [&'static str],
    /// Whether the file is text below a header line. Progress is then measured in bytes.
    pub has_header: bool,
    pub inspect: fn(&Path) -> Inspected,
    pub stream: fn(&Path, &[usize], &ProgressBar, Sink<'_>) -> Result<(), Stop>,
}

impl Format {
    /// The extensions, with a dot.
    pub fn dotted_extensions(&self) -> impl Iterator<Item = String> {
        self.extensions.iter().map(|extension| format!(".{extension}"))
    }
}

impl Stop {
    pub fn damaged(error: impl std::fmt::Display) -> Self {
        Self::Damaged(error.to_string())
    }

    pub fn truncated() -> Self {
        io::Error::from(io::ErrorKind::UnexpectedEof).into()
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

/// Rows of a batch if each row has `width` numbers.
pub fn batch_rows(width: usize) -> usize {
    (BATCH_NUMBERS / width.max(1)).clamp(1, BATCH_ROWS)
}
