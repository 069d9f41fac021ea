//! NPZ: arrays by name, each a column, or columns that are rows together if it has two dimensions.
//!
//! Each wanted array is decompressed through a handle of its own, so that they advance together
//! and none is ever in memory as a whole.

use super::handle::Handle;
use super::npy::{self, Elements, by_column, content, elements, send_all};
use super::{Accumulator, Column, Format, Inspected, Sink, Stop};
use indicatif::ProgressBar;
use npyz::npz::{array_name_from_file_name, file_name_from_array_name};
use npyz::{NpyFile, NpyHeader, Order};
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

pub const FORMAT: Format =
    Format { name: "NPZ", extensions: &["npz"], has_header: false, inspect, stream };

fn inspect(path: &Path) -> Inspected {
    let mut archive = read(BufReader::new(File::open(path)?))?;
    let names = names(&archive);
    names.into_iter().map(|name| column(&mut archive, name)).collect()
}

type Archive = ZipArchive<BufReader<Handle>>;

/// Columns of a compressed array in Fortran order: each is decompressed apart, from the start.
const MAX_COMPRESSED_COLUMNS: usize = 1 << 10;

/// Names of the arrays, in an order that does not change from one opening to the next.
fn names<R: io::Read + io::Seek>(archive: &ZipArchive<R>) -> Vec<String> {
    let names = archive.file_names().filter_map(array_name_from_file_name);
    let mut names: Vec<_> = names.map(str::to_owned).collect();
    names.sort_unstable();
    names
}

fn column<R: io::Read + io::Seek>(
    archive: &mut ZipArchive<R>,
    name: String,
) -> Result<Column, Stop> {
    let member = archive.by_name(&file_name_from_array_name(&name)).map_err(failed)?;
    let array = NpyFile::new(member)?;
    let (rows, width, content) = match shape(&array) {
        Some((rows, width)) => (Some(rows), width, content(&array)),
        None => (None, 1, Accumulator::Other(format!("an array of shape {:?}", array.shape()))),
    };
    Ok(Column { name, content, width, rows })
}

/// Rows and columns of an array of one dimension, or of two, or of more that are all 1.
fn shape(array: &NpyHeader) -> Option<(u64, usize)> {
    let (&rows, others) = array.shape().split_first()?;
    match others {
        [0] => None,
        [_] => npy::shape(array).ok(),
        _ => (rows == array.len() && others.iter().all(|&len| len == 1)).then_some((rows, 1)),
    }
}

/// How the rows of an array are read.
enum RowAccess {
    /// One after the other.
    Rows,
    /// From columns that stand uncompressed in the file, the first from here on.
    Stored(NpyHeader, u64),
    /// From columns of which each is decompressed apart.
    Compressed,
}

fn stream(path: &Path, wanted: &[usize], bar: &ProgressBar, sink: Sink<'_>) -> Result<(), Stop> {
    let file = Handle::open(path)?;
    let names = names(&open(&file)?);
    let array = |&index| names.get(index).ok_or_else(|| vanished("its array"));
    let mut ways = Vec::new();
    let mut archives = Vec::new();
    for name in wanted.iter().map(array) {
        let name = name?;
        let (rows, width, way) = find(&file, name)?;
        let readers = if let RowAccess::Compressed = way { width } else { 1 };
        let opened = (0..readers).map(|_| open(&file)).collect::<io::Result<Vec<_>>>()?;
        archives.push((file_name_from_array_name(name), opened));
        ways.push((rows, width, way));
    }
    let len = ways.first().map_or(0, |(rows, ..)| *rows);
    let mut members = Vec::new();
    for (name, archives) in &mut archives {
        let mut of_array = Vec::new();
        for archive in archives {
            let member = archive.by_name(name).map_err(Stop::damaged)?;
            of_array.push(BufReader::new(member));
        }
        members.push(of_array);
    }
    let mut columns = Vec::<Box<dyn Elements + '_>>::new();
    for ((_, width, way), members) in ways.iter().zip(&mut members) {
        columns.push(match way {
            RowAccess::Rows if *width == 1 => elements(NpyFile::new(&mut members[0])?, 1, &[0])?,
            RowAccess::Rows => npy::rows(vec![NpyFile::new(&mut members[0])?], *width)?,
            RowAccess::Stored(header, start) => {
                let all: Vec<_> = (0..*width).collect();
                npy::rows(by_column(header, &file, *start, &all)?, *width)?
            }
            RowAccess::Compressed => {
                let columns = members.iter_mut().enumerate();
                let columns = columns.map(|(index, member)| skip(member, index));
                npy::rows(columns.collect::<Result<_, _>>()?, *width)?
            }
        });
    }
    let width = ways.iter().map(|(_, width, _)| width).sum();
    send_all(len, width, &mut columns, bar, sink)?;
    drop(columns);
    // The checksum is compared at the end of a member.
    for mut member in members.into_iter().filter_map(|mut members| members.pop()) {
        io::copy(&mut member, &mut io::sink())?;
    }
    Ok(())
}

fn open(file: &Handle) -> io::Result<Archive> {
    read(BufReader::new(file.at(0)))
}

fn read<R: io::Read + io::Seek>(reader: R) -> io::Result<ZipArchive<R>> {
    ZipArchive::new(reader).map_err(failed)
}

/// A failure to read the archive, in the archive's words.
fn failed(error: ZipError) -> io::Error {
    match error {
        ZipError::Io(error) => error,
        ZipError::InvalidArchive(reason) | ZipError::UnsupportedArchive(reason) => {
            io::Error::new(io::ErrorKind::InvalidData, reason)
        }
        ZipError::FileNotFound => io::Error::new(io::ErrorKind::InvalidData, error),
    }
}

/// Finds an array, and how its rows can be read.
fn find(file: &Handle, name: &str) -> Result<(u64, usize, RowAccess), Stop> {
    let mut archive = open(file)?;
    let member = archive.by_name(&file_name_from_array_name(name));
    let mut member = member.map_err(Stop::damaged)?;
    let (start, size) = (member.data_start(), member.size());
    let is_compressed = member.compression() != CompressionMethod::Stored;
    let header = NpyHeader::from_reader(&mut member)?;
    let (rows, width) = shape(&header).ok_or_else(|| vanished(name))?;
    if width == 1 || header.order() == Order::C {
        return Ok((rows, width, RowAccess::Rows));
    }
    if is_compressed {
        return match width <= MAX_COMPRESSED_COLUMNS {
            true => Ok((rows, width, RowAccess::Compressed)),
            false => Err(Stop::Damaged(format!(
                "{name} is compressed, in Fortran order and {width} columns wide: write it in C order"
            ))),
        };
    }
    let elements = header.len().checked_mul(header.dtype().num_bytes().unwrap_or_default() as u64);
    let before = elements.and_then(|elements| size.checked_sub(elements));
    let before = before.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?;
    Ok((rows, width, RowAccess::Stored(header, start + before)))
}

/// Goes to a column of an array in Fortran order.
fn skip<R: Read>(mut member: R, index: usize) -> Result<NpyFile<R>, Stop> {
    let header = NpyHeader::from_reader(&mut member)?;
    let size = header.dtype().num_bytes().unwrap_or_default() as u64;
    let rows = header.shape().first().copied().unwrap_or_default();
    let bytes = (index as u64).saturating_mul(rows).saturating_mul(size);
    io::copy(&mut member.by_ref().take(bytes), &mut io::sink())?;
    Ok(NpyFile::with_header(header, member))
}

fn vanished(name: &str) -> Stop {
    Stop::Damaged(format!("{name} is not where it was"))
}
