//! NPY: an array of one dimension, which is column 0, or of two, with columns 0, 1, ...

use super::{BATCH_ROWS, Column, Content, Format, Inspected, Sink, Stop};
use arrow::array::{ArrayRef, BooleanArray, PrimitiveArray};
use arrow::datatypes as types;
use indicatif::ProgressBar;
use npyz::{DType, Deserialize, NpyFile, NpyHeader, NpyReader, Order, TypeChar};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;

pub const FORMAT: Format =
    Format { name: "NPY", extensions: &["npy"], has_header: false, inspect, stream };

/// An array wider than this is taken for a damaged header.
const MOST_COLUMNS: u64 = 1 << 16;

fn inspect(path: &Path) -> Inspected {
    let header = NpyHeader::from_reader(BufReader::new(File::open(path)?))?;
    let (rows, columns) = shape(&header)?;
    let column = |index: usize| Column {
        name: index.to_string(),
        content: content(&header),
        rows: Some(rows),
    };
    Ok((0..columns).map(column).collect())
}

fn stream(path: &Path, wanted: &[usize], bar: &ProgressBar, sink: Sink<'_>) -> Result<(), Stop> {
    let open = || -> Result<_, Stop> {
        let mut file = BufReader::new(File::open(path)?);
        Ok((NpyHeader::from_reader(&mut file)?, file))
    };
    let (header, file) = open()?;
    let (rows, width) = shape(&header)?;
    if header.order() == Order::C || width == 1 {
        let mut rows_of_all = [elements(NpyFile::with_header(header, file), width, wanted)?];
        return send_all(rows, &mut rows_of_all, bar, sink);
    }
    // Column after column in the file, so each is read through a handle of its own.
    let column = |&index: &usize| {
        let (header, mut file) = open()?;
        let size = header.dtype().num_bytes().unwrap_or_default() as u64;
        let offset = (index as u64).checked_mul(rows).and_then(|start| start.checked_mul(size));
        let offset = offset.and_then(|offset| i64::try_from(offset).ok());
        file.seek_relative(offset.ok_or_else(too_large)?)?;
        elements(NpyFile::with_header(header, file), 1, &[0])
    };
    let mut columns = wanted.iter().map(column).collect::<Result<Vec<_>, _>>()?;
    send_all(rows, &mut columns, bar, sink)
}

/// Rows and columns.
fn shape(header: &NpyHeader) -> Result<(u64, usize), Stop> {
    let (rows, columns) = match *header.shape() {
        [rows] => (rows, 1),
        [rows, columns] if columns <= MOST_COLUMNS => (rows, columns),
        [_, columns] => return Err(Stop::Damaged(format!("its array has {columns} columns"))),
        ref shape => {
            let reason = format!("its array has {} dimensions, but must have 1 or 2", shape.len());
            return Err(Stop::Damaged(reason));
        }
    };
    match rows.checked_mul(columns) {
        Some(len) if len == header.len() => Ok((rows, columns as usize)),
        _ => Err(too_large()),
    }
}

fn too_large() -> Stop {
    Stop::Damaged("its array is too large".to_owned())
}

/// What the elements of an array are.
pub fn content(header: &NpyHeader) -> Content {
    let dtype = header.dtype();
    let DType::Plain(element) = &dtype else {
        return Content::Other(format!("records ({})", dtype.descr()));
    };
    match (element.type_char(), element.size_field()) {
        (TypeChar::Float, 2 | 4 | 8) => Content::Numbers,
        (TypeChar::Int | TypeChar::Uint, 1 | 2 | 4 | 8) => Content::Numbers,
        (TypeChar::Bool, 1) => Content::Booleans,
        (TypeChar::ByteStr | TypeChar::UnicodeStr, _) => {
            Content::Other(format!("text ({element})"))
        }
        (TypeChar::Object, _) => Content::Other("Python objects".to_owned()),
        _ => Content::Other(format!("values of type {element}")),
    }
}

/// Some columns, read on and on.
pub trait Elements {
    /// The next rows, as an array per column.
    fn next(&mut self, rows: usize) -> Result<Vec<ArrayRef>, Stop>;
}

/// Hands on all rows of columns that are read side by side.
pub fn send_all(
    rows: u64,
    columns: &mut [Box<dyn Elements + '_>],
    bar: &ProgressBar,
    sink: Sink<'_>,
) -> Result<(), Stop> {
    let mut left = rows;
    while left > 0 {
        let len = left.min(BATCH_ROWS as u64);
        let mut batch = Vec::new();
        for column in columns.iter_mut() {
            batch.extend(column.next(len as usize)?);
        }
        sink(batch)?;
        bar.inc(len);
        left -= len;
    }
    Ok(())
}

/// Reads an array of `width` columns row by row, of which some are `wanted`.
pub fn elements<'a, R: Read + 'a>(
    array: NpyFile<R>,
    width: usize,
    wanted: &[usize],
) -> Result<Box<dyn Elements + 'a>, Stop> {
    let DType::Plain(element) = array.dtype() else { return Err(no_numbers()) };
    macro_rules! typed {
        ($($kind:ident $size:literal: $element:ident),* $(,)?) => {
            match (element.type_char(), element.size_field()) {
                $((TypeChar::$kind, $size) => Box::new(Rows::<types::$element, R> {
                    elements: array.data().map_err(Stop::damaged)?,
                    row: Vec::with_capacity(width),
                    width,
                    wanted: wanted.to_vec(),
                }),)*
                _ => return Err(no_numbers()),
            }
        };
    }
    Ok(typed! {
        Bool 1: BooleanType,
        Float 2: Float16Type, Float 4: Float32Type, Float 8: Float64Type,
        Int 1: Int8Type, Int 2: Int16Type, Int 4: Int32Type, Int 8: Int64Type,
        Uint 1: UInt8Type, Uint 2: UInt16Type, Uint 4: UInt32Type, Uint 8: UInt64Type,
    })
}

fn no_numbers() -> Stop {
    Stop::Damaged("its elements are no numbers".to_owned())
}

struct Rows<T: Element, R: Read> {
    elements: NpyReader<T::Native, R>,
    row: Vec<T::Native>,
    width: usize,
    wanted: Vec<usize>,
}

impl<T: Element, R: Read> Elements for Rows<T, R> {
    fn next(&mut self, rows: usize) -> Result<Vec<ArrayRef>, Stop> {
        let mut columns = vec![Vec::with_capacity(rows); self.wanted.len()];
        for _ in 0..rows {
            self.row.clear();
            for element in self.elements.by_ref().take(self.width) {
                self.row.push(element?);
            }
            for (column, &index) in columns.iter_mut().zip(&self.wanted) {
                column.push(self.row[index]);
            }
        }
        Ok(columns.into_iter().map(T::array).collect())
    }
}

/// A type of Arrow that is an element type too.
trait Element {
    type Native: Deserialize + Copy;

    fn array(elements: Vec<Self::Native>) -> ArrayRef;
}

impl Element for types::BooleanType {
    type Native = bool;

    fn array(elements: Vec<bool>) -> ArrayRef {
        Arc::new(BooleanArray::from(elements))
    }
}

macro_rules! primitive {
    ($($arrow:ident),*) => {
        $(impl Element for types::$arrow {
            type Native = <types::$arrow as types::ArrowPrimitiveType>::Native;

            fn array(elements: Vec<Self::Native>) -> ArrayRef {
                Arc::new(PrimitiveArray::<Self>::from_iter_values(elements))
            }
        })*
    };
}

primitive!(Float16Type, Float32Type, Float64Type);
primitive!(Int8Type, Int16Type, Int32Type, Int64Type);
primitive!(UInt8Type, UInt16Type, UInt32Type, UInt64Type);
