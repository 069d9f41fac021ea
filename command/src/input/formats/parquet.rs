//! Parquet: only the requested columns, page by page.

use super::arrow::{columns, send, width};
use crate::input::format::{Format, Inspected, Sink, Stop, batch_rows};
use indicatif::ProgressBar;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::errors::ParquetError;
use std::fs::File;
use std::path::Path;

pub const FORMAT: Format = Format {
    name: "Parquet",
    description: "Parquet",
    extensions: &["parquet"],
    has_header: false,
    inspect,
    stream,
};

fn inspect(path: &Path) -> Inspected {
    let file = ParquetRecordBatchReaderBuilder::try_new(File::open(path)?)?;
    let rows = u64::try_from(file.metadata().file_metadata().num_rows()).map_err(Stop::damaged)?;
    Ok(columns(file.schema(), Some(rows)))
}

fn stream(path: &Path, wanted: &[usize], bar: &ProgressBar, sink: Sink<'_>) -> Result<(), Stop> {
    let file = ParquetRecordBatchReaderBuilder::try_new(File::open(path)?)?;
    let mask = ProjectionMask::roots(file.parquet_schema(), wanted.iter().copied());
    let fields = file.schema().fields();
    let widths = wanted.iter().map(|&index| width(fields[index].data_type()));
    let rows = batch_rows(widths.sum());
    for batch in file.with_projection(mask).with_batch_size(rows).build()? {
        send(batch?.columns(), bar, sink)?;
    }
    Ok(())
}

impl From<ParquetError> for Stop {
    fn from(error: ParquetError) -> Self {
        match error {
            // The message without the name of the variant.
            ParquetError::General(reason)
            | ParquetError::EOF(reason)
            | ParquetError::ArrowError(reason) => Self::Damaged(reason),
            ParquetError::External(error) => Self::damaged(error),
            error => Self::damaged(error),
        }
    }
}
