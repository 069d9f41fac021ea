//! Arrow IPC: the file format (also called Feather, version 2), and the stream format.
//!
//! What was written as one record batch is read as one, whatever its size.

use super::{Format, Inspected, Sink, Stop, columns, send};
use arrow::array::RecordBatchReader;
use arrow::ipc::reader::{FileReader, StreamReader};
use indicatif::ProgressBar;
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

pub const FORMAT: Format = Format {
    name: "Arrow IPC",
    extensions: &["arrow", "ipc", "feather"],
    has_header: false,
    inspect,
    stream,
};

/// The first bytes of the file format; a stream has none.
const MAGIC: &[u8] = b"ARROW1";
/// The first bytes of Feather, version 1.
const OLD_FEATHER: &[u8] = b"FEA1";

fn inspect(path: &Path) -> Inspected {
    Ok(columns(&batches(path, None)?.schema(), None))
}

fn stream(path: &Path, wanted: &[usize], bar: &ProgressBar, sink: Sink<'_>) -> Result<(), Stop> {
    for batch in batches(path, Some(wanted.to_vec()))? {
        send(batch?.columns(), bar, sink)?;
    }
    Ok(())
}

fn batches(path: &Path, wanted: Option<Vec<usize>>) -> Result<Box<dyn RecordBatchReader>, Stop> {
    let mut file = BufReader::new(File::open(path)?);
    let mut start = Vec::new();
    file.by_ref().take(MAGIC.len() as u64).read_to_end(&mut start)?;
    file.rewind()?;
    if start.is_empty() {
        return Err(Stop::Damaged("it is empty".to_owned()));
    }
    if start.starts_with(OLD_FEATHER) {
        let reason = "it is Feather of version 1: write it anew as version 2";
        return Err(Stop::Damaged(reason.to_owned()));
    }
    Ok(if start == MAGIC {
        Box::new(FileReader::try_new(file, wanted)?)
    } else {
        Box::new(StreamReader::try_new(file, wanted)?)
    })
}
