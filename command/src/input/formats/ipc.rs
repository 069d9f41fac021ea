//! Arrow IPC: the file format (also called Feather, version 2), and the stream format.
//!
//! Each record batch is read as a whole, whatever its size.

use super::arrow::{columns, send};
use crate::input::format::{Format, Inspected, Sink, Stop};
use arrow_array::RecordBatchReader;
use arrow_ipc::reader::{FileReader, StreamReader, read_footer_length};
use arrow_ipc::{Message, root_as_footer, root_as_message};
use indicatif::ProgressBar;
use std::fs::File;
use std::hint::black_box;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

pub const FORMAT: Format = Format {
    name: "Arrow IPC",
    description: "Arrow IPC, file or stream",
    extensions: &["arrow", "ipc", "feather"],
    has_header: false,
    inspect,
    stream,
};

/// The first bytes of the file format. The stream format has none.
const MAGIC: &[u8] = b"ARROW1";
/// The length of the footer and the magic bytes, at the end of the file format.
const TRAILER_BYTES: usize = 10;
/// Precedes the length of a message since version 0.15 of the format.
const CONTINUATION: [u8; 4] = [0xff; 4];
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
        let reason = "it is Feather version 1: convert it to version 2";
        return Err(Stop::Damaged(reason.to_owned()));
    }
    Ok(if start == MAGIC {
        check_file(&mut file)?;
        Box::new(FileReader::try_new(file, wanted)?)
    } else {
        check_stream(&mut file)?;
        Box::new(StreamReader::try_new(file, wanted)?)
    })
}

/// Checks the lengths in a file before a decoder allocates memory for them.
fn check_file(file: &mut BufReader<File>) -> Result<(), Stop> {
    let len = file.seek(SeekFrom::End(-(TRAILER_BYTES as i64)))? + TRAILER_BYTES as u64;
    let mut trailer = [0; TRAILER_BYTES];
    file.read_exact(&mut trailer)?;
    let footer_len = read_footer_length(trailer)?;
    file.seek(SeekFrom::End(-((footer_len + TRAILER_BYTES) as i64)))?;
    let footer = bytes(file, footer_len as u64)?;
    let footer = root_as_footer(&footer).map_err(Stop::damaged)?;
    let blocks = [footer.dictionaries(), footer.recordBatches()];
    for block in blocks.into_iter().flatten().flatten() {
        let start = end(0, block.offset(), len)?;
        let body = end(start, block.metaDataLength().into(), len)?;
        end(body, block.bodyLength(), len)?;
        file.seek(SeekFrom::Start(start))?;
        let metadata = bytes(file, body - start)?;
        let prefix = if metadata.starts_with(&CONTINUATION) { 8 } else { 4 };
        let message = root_as_message(metadata.get(prefix..).unwrap_or_default());
        check_buffers(file, &message.map_err(Stop::damaged)?, body)?;
    }
    Ok(file.rewind()?)
}

/// Checks the lengths in a stream before a decoder allocates memory for them.
fn check_stream(file: &mut BufReader<File>) -> Result<(), Stop> {
    let len = file.get_ref().metadata()?.len();
    let mut start = 0;
    // The end marker of a stream may be missing.
    while start < len {
        file.seek(SeekFrom::Start(start))?;
        let mut metadata_len = [0; 4];
        file.read_exact(&mut metadata_len)?;
        if metadata_len == CONTINUATION {
            file.read_exact(&mut metadata_len)?;
        }
        let metadata = bytes(file, u32::from_le_bytes(metadata_len).into())?;
        if metadata.is_empty() {
            break;
        }
        let message = root_as_message(&metadata).map_err(Stop::damaged)?;
        let body = file.stream_position()?;
        start = end(body, message.bodyLength(), len)?;
        check_buffers(file, &message, body)?;
    }
    Ok(file.rewind()?)
}

/// The next `len` bytes. Allocates no more than the file contains.
fn bytes(file: &mut BufReader<File>, len: u64) -> Result<Vec<u8>, Stop> {
    let mut bytes = Vec::new();
    let read = file.by_ref().take(len).read_to_end(&mut bytes)?;
    if read as u64 == len { Ok(bytes) } else { Err(Stop::truncated()) }
}

/// The end of a section, which must lie within a file of length `len`.
fn end(start: u64, part_len: i64, len: u64) -> Result<u64, Stop> {
    let end = u64::try_from(part_len).ok().and_then(|part_len| start.checked_add(part_len));
    end.filter(|end| *end <= len).ok_or_else(outside)
}

fn outside() -> Stop {
    Stop::Damaged("a record batch extends beyond the end of the file".to_owned())
}

/// Fails if the uncompressed length of a buffer is more than can be allocated.
fn check_buffers(file: &mut BufReader<File>, message: &Message<'_>, body: u64) -> Result<(), Stop> {
    let dictionary = message.header_as_dictionary_batch().and_then(|batch| batch.data());
    let batch = message.header_as_record_batch().or(dictionary);
    let Some(batch) = batch.filter(|batch| batch.compression().is_some()) else { return Ok(()) };
    for buffer in batch.buffers().into_iter().flatten().filter(|buffer| buffer.length() > 0) {
        let offset = u64::try_from(buffer.offset()).ok().and_then(|n| body.checked_add(n));
        file.seek(SeekFrom::Start(offset.ok_or_else(outside)?))?;
        let mut uncompressed = [0; 8];
        file.read_exact(&mut uncompressed)?;
        let uncompressed = i64::from_le_bytes(uncompressed);
        if !can_allocate(uncompressed) {
            let len = buffer.length();
            let reason = format!(
                "a buffer of {len} bytes claims an uncompressed length of {uncompressed} bytes"
            );
            return Err(Stop::Damaged(reason));
        }
    }
    Ok(())
}

/// Whether this number of bytes can be allocated. Memory that is never written to costs nothing.
fn can_allocate(bytes: i64) -> bool {
    let mut memory = Vec::<u8>::new();
    // Negative lengths have a special meaning.
    let is_allocated = memory.try_reserve_exact(usize::try_from(bytes).unwrap_or(0)).is_ok();
    // Keeps the compiler from removing the unused allocation.
    black_box(&memory);
    is_allocated
}
