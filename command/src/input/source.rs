//! A data file, read on a thread of its own.

use super::format::{Column, Format, Stop};
use super::formats;
use super::progress::{self, Extent};
use super::signature;
use crate::error::Failure;
use crate::panics::guarded;
use crate::states;
use crate::words::{alternatives, io_reason, one_line, shortened};
use arrow_array::ArrayRef;
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::thread;

/// Longest message of a decoder.
const MAX_CHARACTERS: usize = 200;
/// Batches that are read ahead of the current one.
const QUEUED_BATCHES: usize = 1;

/// A data file whose columns are known.
pub struct Source {
    path: PathBuf,
    format: &'static Format,
    pub columns: Vec<Column>,
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
        let format = formats::of_path(path).ok_or_else(|| {
            let known = alternatives(&formats::extensions());
            Failure::UnknownExtension { file: file(), known }
        })?;
        let mut source = Self { path: path.to_owned(), format, columns: Vec::new() };
        if let Some(other) = signature::of_another_format(format, path).map_err(unopened)? {
            return Err(source.unreadable(&format!("it begins like {other}")));
        }
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

    /// Reads some columns on another thread and calls `consume` with each batch: an array for each
    /// column.
    pub fn stream(
        &self,
        columns: &[usize],
        mut consume: impl FnMut(&[ArrayRef]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let bar = progress::bar(&self.name(), &self.extent(columns));
        let outcome = thread::scope(|scope| {
            // Dropped when this closure returns, which cancels the reader.
            let (sender, receiver) = sync_channel::<Vec<ArrayRef>>(QUEUED_BATCHES);
            let (format, path, bar) = (self.format, &self.path, &bar);
            let reader = scope.spawn(move || {
                let mut send = |arrays| sender.send(arrays).map_err(|_| Stop::Cancelled);
                guarded(|| (format.stream)(path, columns, bar, &mut send))
            });
            for arrays in receiver {
                consume(&arrays)?;
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

    fn extent(&self, columns: &[usize]) -> Extent {
        let rows = columns.first().and_then(|&index| self.columns[index].rows);
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
