//! Arrow IPC: the file format (also called Feather, version 2), and the stream format.
//!
//! What was written as one record batch is read as one, whatever its size.

use super::{Format, Inspected, Sink, Stop, columns, send};
use arrow::array::RecordBatchReader;
use arrow::ipc::reader::{FileReader, StreamReader, read_footer_length};
use arrow::ipc::{Block, root_as_footer, root_as_message};
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
/// What precedes the length of a message since version 0.15 of the format.
const CONTINUATION: [u8; 4] = [0xff; 4];
/// No codec of the format makes more bytes than this out of one (Zstandard's blocks of a repeated
/// byte: 128 KiB out of 4 bytes).
const MOST_UNFOLDING: i64 = 1 << 15;
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
    let mut blocks = blocks.into_iter().flatten().flatten();
    if !blocks.clone().all(fits) {
        return Err(Stop::Damaged("a record batch reaches beyond its end".to_owned()));
    }
    blocks.try_for_each(|block| check_buffers(file, block))?;
    file.rewind()?;
    Ok(())
}

/// Fails if a compressed buffer of a record batch is said to unfold to more than it can, before
/// room is made for that.
fn check_buffers(file: &mut BufReader<File>, block: &Block) -> Result<(), Stop> {
    let start = block.offset() as u64;
    let mut metadata = vec![0; block.metaDataLength() as usize];
    file.seek(SeekFrom::Start(start))?;
    file.read_exact(&mut metadata)?;
    let prefix = if metadata.starts_with(&CONTINUATION) { 8 } else { 4 };
    let message = root_as_message(metadata.get(prefix..).unwrap_or_default());
    let message = message.map_err(Stop::damaged)?;
    let dictionary = message.header_as_dictionary_batch().and_then(|batch| batch.data());
    let batch = message.header_as_record_batch().or(dictionary);
    let Some(batch) = batch.filter(|batch| batch.compression().is_some()) else { return Ok(()) };
    let body = start + metadata.len() as u64;
    for buffer in batch.buffers().into_iter().flatten().filter(|buffer| buffer.length() > 0) {
        let offset = u64::try_from(buffer.offset()).ok().and_then(|n| body.checked_add(n));
        let offset = offset.ok_or_else(|| Stop::damaged("a buffer lies outside of it"))?;
        let mut unfolded = [0; 8];
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(&mut unfolded)?;
        let unfolded = i64::from_le_bytes(unfolded);
        if unfolded > buffer.length().saturating_mul(MOST_UNFOLDING) {
            let reason = format!(
                "a buffer of {} bytes is said to unfold to {unfolded} bytes",
                buffer.length()
            );
            return Err(Stop::Damaged(reason));
        }
    }
    Ok(())
}
