//! What the first bytes of a file say about its format.

use super::format::Format;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// First bytes, the format that they belong to, if it can be read, and the file with advice.
const SIGNATURES: [(&[u8], &str, &str); 9] = [
    (b"\x1f\x8b", "", "a gzip file: decompress it"),
    (b"\x28\xb5\x2f\xfd", "", "a Zstandard file: decompress it"),
    (b"\xff\xfe", "", "UTF-16 text: save it as UTF-8"),
    (b"\xfe\xff", "", "UTF-16 text: save it as UTF-8"),
    (b"PK\x03\x04", "NPZ", "a ZIP archive (or NPZ, or a spreadsheet)"),
    (b"PAR1", "Parquet", "a Parquet file: rename it to .parquet"),
    (b"ARROW1", "Arrow IPC", "an Arrow IPC file: rename it to .arrow"),
    (b"FEA1", "Arrow IPC", "a Feather file: rename it to .feather"),
    (b"\x93NUMPY", "NPY", "an NPY file: rename it to .npy"),
];
/// Bytes that are read.
const BYTES: usize = 8;

/// What a file is instead of `format`, with advice, if its first bytes show it.
pub fn of_another_format(format: &Format, path: &Path) -> io::Result<Option<&'static str>> {
    let mut start = Vec::with_capacity(BYTES);
    File::open(path)?.take(BYTES as u64).read_to_end(&mut start)?;
    let known = SIGNATURES.iter().find(|(bytes, ..)| start.starts_with(bytes));
    Ok(match known {
        Some((_, owner, _)) if *owner == format.name => None,
        Some((_, _, other)) => Some(other),
        None if !format.has_header && start.len() == BYTES && is_text(&start) => {
            Some("text: if it is CSV, rename it to .csv")
        }
        None => None,
    })
}

fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace())
}
