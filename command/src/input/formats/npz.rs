//! NPZ: named arrays. A one-dimensional array is a column, a two-dimensional one a column of rows.
//!
//! Each array is decompressed through its own handle, so that all advance together and none is in
//! memory as a whole.

use super::handle::Handle;
use super::npy::{self, Elements, by_column, column_type, elements, send_all};
use crate::input::format::{Column, ColumnType, Format, Inspected, Sink, Stop};
use indicatif::ProgressBar;
use npyz::npz::{array_name_from_file_name, file_name_from_array_name};
use npyz::{NpyFile, NpyHeader, Order};
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

pub const FORMAT: Format = Format {
    name: "NPZ",
    description: "arrays of equal length; their names are the columns",
    extensions: &["npz"],
    has_header: false,
    inspect,
    stream,
};

fn inspect(path: &Path) -> Inspected {
    let mut archive = read(BufReader::new(File::open(path)?))?;
    let names = names(&archive);
    names.into_iter().map(|name| column(&mut archive, name)).collect()
}

type Archive = ZipArchive<BufReader<Handle>>;

/// Most columns of a compressed array in Fortran order: each is decompressed separately, from the
/// start of the array.
const MAX_COMPRESSED_COLUMNS: usize = 1 << 10;

/// The names of the arrays, sorted, so that their order is the same each time the file is opened.
fn names<R: Read + io::Seek>(archive: &ZipArchive<R>) -> Vec<String> {
    let names = archive.file_names().filter_map(array_name_from_file_name);
    let mut names: Vec<_> = names.map(str::to_owned).collect();
    names.sort_unstable();
    names
}

fn column<R: Read + io::Seek>(archive: &mut ZipArchive<R>, name: String) -> Result<Column, Stop> {
    let member = archive.by_name(&file_name_from_array_name(&name)).map_err(failed)?;
    let array = NpyFile::new(member)?;
    let (rows, width, column_type) = match shape(&array) {
        Some((rows, width)) => (Some(rows), width, column_type(&array)),
        None => (None, 1, ColumnType::Other(format!("an array of shape {:?}", array.shape()))),
    };
    Ok(Column { name, column_type, width, rows })
}

/// The numbers of rows and columns of an array of one or two dimensions, or of more that are all 1.
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
    /// Row by row, from one reader.
    Rows,
    /// From columns that are stored uncompressed, starting at this position of the file.
    Stored(NpyHeader, u64),
    /// From columns that are decompressed separately, one reader each.
    Compressed,
}

fn stream(path: &Path, wanted: &[usize], bar: &ProgressBar, sink: Sink<'_>) -> Result<(), Stop> {
    let file = Handle::open(path)?;
    let names = names(&open(&file)?);
    let array = |&index| names.get(index).ok_or_else(|| changed("an array"));
    let mut arrays = Vec::new();
    let mut archives = Vec::new();
    for name in wanted.iter().map(array) {
        let name = name?;
        let (rows, width, access) = find(&file, name)?;
        let readers = if let RowAccess::Compressed = access { width } else { 1 };
        let opened = (0..readers).map(|_| open(&file)).collect::<io::Result<Vec<_>>>()?;
        archives.push((file_name_from_array_name(name), opened));
        arrays.push((rows, width, access));
    }
    let len = arrays.first().map_or(0, |(rows, ..)| *rows);
    let mut members = Vec::new();
    for (name, archives) in &mut archives {
        let mut readers = Vec::new();
        for archive in archives {
            let member = archive.by_name(name).map_err(Stop::damaged)?;
            readers.push(BufReader::new(member));
        }
        members.push(readers);
    }
    let mut columns = Vec::<Box<dyn Elements + '_>>::new();
    for ((_, width, access), members) in arrays.iter().zip(&mut members) {
        columns.push(match access {
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
    let width = arrays.iter().map(|(_, width, _)| width).sum();
    send_all(len, width, &mut columns, bar, sink)?;
    drop(columns);
    // The checksum is verified at the end of a member.
    for mut member in members.into_iter().filter_map(|mut members| members.pop()) {
        io::copy(&mut member, &mut io::sink())?;
    }
    Ok(())
}

fn open(file: &Handle) -> io::Result<Archive> {
    read(BufReader::new(file.at(0)))
}

fn read<R: Read + io::Seek>(reader: R) -> io::Result<ZipArchive<R>> {
    ZipArchive::new(reader).map_err(failed)
}

/// An error of the archive without the prefix of its kind.
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
    let (rows, width) = shape(&header).ok_or_else(|| changed(name))?;
    if width == 1 || header.order() == Order::C {
        return Ok((rows, width, RowAccess::Rows));
    }
    if is_compressed {
        return if width <= MAX_COMPRESSED_COLUMNS {
            Ok((rows, width, RowAccess::Compressed))
        } else {
            Err(Stop::Damaged(format!(
                "{name} is a compressed array of {width} columns in Fortran order: save it in C order"
            )))
        };
    }
    let elements = header.len().checked_mul(header.dtype().num_bytes().unwrap_or_default() as u64);
    let before = elements.and_then(|elements| size.checked_sub(elements));
    let before = before.ok_or_else(Stop::truncated)?;
    Ok((rows, width, RowAccess::Stored(header, start + before)))
}

/// Moves to a column of an array in Fortran order.
fn skip<R: Read>(mut member: R, index: usize) -> Result<NpyFile<R>, Stop> {
    let header = NpyHeader::from_reader(&mut member)?;
    let size = header.dtype().num_bytes().unwrap_or_default() as u64;
    let rows = header.shape().first().copied().unwrap_or_default();
    let bytes = (index as u64).saturating_mul(rows).saturating_mul(size);
    io::copy(&mut member.by_ref().take(bytes), &mut io::sink())?;
    Ok(NpyFile::with_header(header, member))
}

fn changed(name: &str) -> Stop {
    Stop::Damaged(format!("{name} has changed since the file was opened"))
}
