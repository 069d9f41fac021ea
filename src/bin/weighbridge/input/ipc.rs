//! Arrow IPC: the file format (also called Feather, version 2), and the stream format.
//!
//! What was written as one record batch is read as one, whatever its size.

use super::{Format, Inspected, Sink, Stop, columns, send};
use arrow::array::RecordBatchReader;
use arrow::ipc::reader::{FileReader, StreamReader, read_footer_length};
use arrow::ipc::{Block, root_as_footer};
use indicatif::ProgressBar;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
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
/// The length of the footer and the first bytes once more, at the end of the file format.
const TRAILER_BYTES: usize = 10;
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
        check_blocks(&mut file)?;
        Box::new(FileReader::try_new(file, wanted)?)
    } else {
        Box::new(StreamReader::try_new(file, wanted)?)
    })
}

/// Fails if a record batch is said to reach beyond the end of the file, before room is made for it.
fn check_blocks(file: &mut BufReader<File>) -> Result<(), Stop> {
    let len = file.seek(SeekFrom::End(-(TRAILER_BYTES as i64)))? + TRAILER_BYTES as u64;
    let mut trailer = [0; TRAILER_BYTES];
    file.read_exact(&mut trailer)?;
    let footer_len = read_footer_length(trailer)?;
    file.seek(SeekFrom::End(-((footer_len + TRAILER_BYTES) as i64)))?;
    let mut footer = Vec::new();
    file.by_ref().take(footer_len as u64).read_to_end(&mut footer)?;
    let footer = root_as_footer(&footer).map_err(Stop::damaged)?;
    let blocks = [footer.dictionaries(), footer.recordBatches()];
    let fits = |block: &Block| {
        let lengths = [i64::from(block.metaDataLength()), block.bodyLength()];
        let mut numbers = [block.offset()].into_iter().chain(lengths);
        let end = numbers.try_fold(0_u64, |end, n| end.checked_add(u64::try_from(n).ok()?));
        end.is_some_and(|end| end <= len)
    };
    if blocks.into_iter().flatten().flatten().all(fits) {
        file.rewind()?;
        return Ok(());
    }
    Err(Stop::Damaged("a record batch reaches beyond its end".to_owned()))
}
