//! NPY: a one-dimensional array, which is column 0, or a two-dimensional one with columns 0, 1, ...

use super::handle::Handle;
use crate::input::format::{Column, ColumnType, Format, Inspected, Sink, Stop, batch_rows};
use arrow_array::builder::StringBuilder;
use arrow_array::types;
use arrow_array::{Array, ArrayRef, BooleanArray, FixedSizeListArray, PrimitiveArray};
use arrow_schema::Field;
use indicatif::ProgressBar;
use npyz::{DType, Deserialize, NpyFile, NpyHeader, NpyReader, Order, TypeChar};
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

pub const FORMAT: Format = Format {
    name: "NPY",
    description: "an array of one dimension (column 0) or two (columns 0, 1, ...)",
    extensions: &["npy"],
    has_header: false,
    inspect,
    stream,
};

/// Most columns: a wider array is taken for a damaged header.
const MAX_COLUMNS: u64 = 1 << 16;
/// Longest text that is read as names.
const MAX_CHARACTERS: u64 = 1 << 12;

fn inspect(path: &Path) -> Inspected {
    let header = NpyHeader::from_reader(BufReader::new(File::open(path)?))?;
    let (rows, columns) = shape(&header)?;
    let column = |index: usize| Column {
        name: index.to_string(),
        column_type: column_type(&header),
        width: 1,
        rows: Some(rows),
    };
    Ok((0..columns).map(column).collect())
}

fn stream(path: &Path, wanted: &[usize], bar: &ProgressBar, sink: Sink<'_>) -> Result<(), Stop> {
    let mut file = BufReader::new(Handle::open(path)?);
    let header = NpyHeader::from_reader(&mut file)?;
    let (rows, width) = shape(&header)?;
    let mut columns = if header.order() == Order::C || width == 1 {
        vec![elements(NpyFile::with_header(header, file), width, wanted)?]
    } else {
        let column = |array| elements(array, 1, &[0]);
        let start = file.get_ref().position() - file.buffer().len() as u64;
        let file = file.into_inner();
        by_column(&header, &file, start, wanted)?
            .into_iter()
            .map(column)
            .collect::<Result<_, _>>()?
    };
    send_all(rows, wanted.len(), &mut columns, bar, sink)
}

/// The wanted columns of an array in Fortran order, which are stored one after the other. Each is
/// read as a separate array through its own handle.
pub fn by_column(
    array: &NpyHeader,
    file: &Handle,
    start: u64,
    wanted: &[usize],
) -> Result<Vec<NpyFile<BufReader<Handle>>>, Stop> {
    let size = array.dtype().num_bytes().unwrap_or_default() as u64;
    let rows = array.shape().first().copied().unwrap_or_default();
    let column = |&index: &usize| {
        let offset = (index as u64).checked_mul(rows).and_then(|offset| offset.checked_mul(size));
        let start = offset.and_then(|offset| offset.checked_add(start)).ok_or_else(too_large)?;
        Ok(NpyFile::with_header(array.clone(), BufReader::new(file.at(start))))
    };
    wanted.iter().map(column).collect()
}

/// The numbers of rows and columns.
pub fn shape(header: &NpyHeader) -> Result<(u64, usize), Stop> {
    let (rows, columns) = match *header.shape() {
        [rows] => (rows, 1),
        [rows, columns] if columns <= MAX_COLUMNS => (rows, columns),
        [_, columns] => {
            return Err(Stop::Damaged(format!(
                "its array has {columns} columns, more than {MAX_COLUMNS}"
            )));
        }
        ref shape => {
            let reason = format!("its array has {} dimensions instead of 1 or 2", shape.len());
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

/// The type of the elements of an array.
pub fn column_type(header: &NpyHeader) -> ColumnType {
    let dtype = header.dtype();
    let DType::Plain(element) = &dtype else {
        return ColumnType::Other(format!("records ({})", dtype.descr()));
    };
    match (element.type_char(), element.size_field()) {
        (TypeChar::Float, 2 | 4 | 8) => ColumnType::Numbers,
        (TypeChar::Int | TypeChar::Uint, 1 | 2 | 4 | 8) => ColumnType::Numbers,
        (TypeChar::Bool, 1) => ColumnType::Booleans,
        (TypeChar::ByteStr | TypeChar::UnicodeStr, 1..=MAX_CHARACTERS) => {
            ColumnType::Text(element.to_string())
        }
        (TypeChar::ByteStr | TypeChar::UnicodeStr, _) => {
            ColumnType::Other(format!("text ({element})"))
        }
        (TypeChar::Object, _) => ColumnType::Other("Python objects".to_owned()),
        _ => ColumnType::Other(format!("values of type {element}")),
    }
}

/// A reader of some columns.
pub trait Elements {
    /// The next rows, as an array per column.
    fn next(&mut self, rows: usize) -> Result<Vec<ArrayRef>, Stop>;
}

/// Sends all rows, each of `width` numbers, of columns that are read side by side.
pub fn send_all(
    rows: u64,
    width: usize,
    columns: &mut [Box<dyn Elements + '_>],
    bar: &ProgressBar,
    sink: Sink<'_>,
) -> Result<(), Stop> {
    let mut remaining = rows;
    while remaining > 0 {
        let len = remaining.min(batch_rows(width) as u64);
        let mut batch = Vec::new();
        for column in columns.iter_mut() {
            batch.extend(column.next(len as usize)?);
        }
        sink(batch)?;
        bar.inc(len);
        remaining -= len;
    }
    Ok(())
}

macro_rules! typed {
    ($element:expr, $reader:ident => $new:expr) => {
        typed!($element, $reader => $new,
            Bool 1: BooleanType,
            Float 2: Float16Type, Float 4: Float32Type, Float 8: Float64Type,
            Int 1: Int8Type, Int 2: Int16Type, Int 4: Int32Type, Int 8: Int64Type,
            Uint 1: UInt8Type, Uint 2: UInt16Type, Uint 4: UInt32Type, Uint 8: UInt64Type,
        )
    };
    ($element:expr, $reader:ident => $new:expr, $($kind:ident $size:literal: $type:ident),* $(,)?) => {
        match ($element.type_char(), $element.size_field()) {
            $((TypeChar::$kind, $size) => {
                type $reader<R> = Typed<types::$type, R>;
                Ok(Box::new($new))
            })*
            _ => Err(not_numbers()),
        }
    };
}

/// Reads the wanted columns of an array of `width` columns, row by row.
pub fn elements<'a, R: Read + 'a>(
    array: NpyFile<R>,
    width: usize,
    wanted: &[usize],
) -> Result<Box<dyn Elements + 'a>, Stop> {
    let DType::Plain(element) = array.dtype() else { return Err(not_numbers()) };
    if let TypeChar::ByteStr | TypeChar::UnicodeStr = element.type_char() {
        let elements = array.data().map_err(Stop::damaged)?;
        return Ok(Box::new(Texts { elements, width, wanted: wanted.to_vec() }));
    }
    typed!(element, Reader => {
        let elements = Reader::<R>::new(array)?;
        Columns { elements, row: Vec::with_capacity(width), width, wanted: wanted.to_vec() }
    })
}

/// Reads an array of `width` columns as rows, from the whole array or from one array per column.
pub fn rows<'a, R: Read + 'a>(
    arrays: Vec<NpyFile<R>>,
    width: usize,
) -> Result<Box<dyn Elements + 'a>, Stop> {
    let dtype = arrays.first().map(|array| array.dtype());
    let Some(DType::Plain(element)) = dtype else { return Err(not_numbers()) };
    typed!(element, Reader => {
        let readers = arrays.into_iter().map(Reader::<R>::new).collect::<Result<_, _>>()?;
        Rows { readers, width }
    })
}

fn not_numbers() -> Stop {
    Stop::Damaged("its elements are not numbers".to_owned())
}

/// The elements of an array, read one at a time.
struct Typed<T: Element, R: Read>(NpyReader<T::Native, R>);

impl<T: Element, R: Read> Typed<T, R> {
    fn new(array: NpyFile<R>) -> Result<Self, Stop> {
        array.data().map(Self).map_err(Stop::damaged)
    }

    fn next(&mut self) -> Result<T::Native, Stop> {
        Ok(self.0.next().ok_or_else(Stop::truncated)??)
    }
}

/// Columns of numbers of an array that is read row by row.
struct Columns<T: Element, R: Read> {
    elements: Typed<T, R>,
    row: Vec<T::Native>,
    width: usize,
    wanted: Vec<usize>,
}

impl<T: Element, R: Read> Elements for Columns<T, R> {
    fn next(&mut self, rows: usize) -> Result<Vec<ArrayRef>, Stop> {
        let mut columns = vec![Vec::with_capacity(rows); self.wanted.len()];
        for _ in 0..rows {
            self.row.clear();
            for _ in 0..self.width {
                self.row.push(self.elements.next()?);
            }
            for (column, &index) in columns.iter_mut().zip(&self.wanted) {
                column.push(self.row[index]);
            }
        }
        Ok(columns.into_iter().map(T::array).collect())
    }
}

/// Columns of text of an array that is read row by row.
struct Texts<R: Read> {
    elements: NpyReader<String, R>,
    width: usize,
    wanted: Vec<usize>,
}

impl<R: Read> Elements for Texts<R> {
    fn next(&mut self, rows: usize) -> Result<Vec<ArrayRef>, Stop> {
        let mut columns: Vec<_> = self.wanted.iter().map(|_| StringBuilder::new()).collect();
        for _ in 0..rows {
            let row = self.elements.by_ref().take(self.width).collect::<io::Result<Vec<_>>>()?;
            for (column, &index) in columns.iter_mut().zip(&self.wanted) {
                column.append_value(row.get(index).ok_or_else(Stop::truncated)?);
            }
        }
        Ok(columns.into_iter().map(|mut column| Arc::new(column.finish()) as ArrayRef).collect())
    }
}

/// Rows of an array, from one reader or from one reader per column.
struct Rows<T: Element, R: Read> {
    readers: Vec<Typed<T, R>>,
    width: usize,
}

impl<T: Element, R: Read> Elements for Rows<T, R> {
    fn next(&mut self, rows: usize) -> Result<Vec<ArrayRef>, Stop> {
        let mut elements = vec![T::Native::default(); rows * self.width];
        let step = self.readers.len();
        for (first, reader) in self.readers.iter_mut().enumerate() {
            for element in elements.iter_mut().skip(first).step_by(step) {
                *element = reader.next()?;
            }
        }
        let elements = T::array(elements);
        let field = Arc::new(Field::new_list_field(elements.data_type().clone(), false));
        let width = i32::try_from(self.width).map_err(Stop::damaged)?;
        Ok(vec![Arc::new(FixedSizeListArray::try_new(field, width, elements, None)?)])
    }
}

/// An Arrow type that NPY elements can have.
trait Element {
    type Native: Deserialize + Copy + Default;

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
