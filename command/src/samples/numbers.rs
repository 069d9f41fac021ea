//! A column of numbers in a form that the library takes.

use crate::classes::ClassNames;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, Int32Type, Int64Type};
use arrow_array::types::{UInt8Type, UInt32Type, UInt64Type};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, Float64Array, StringArray};
use arrow_array::{FixedSizeListArray, make_array};
use arrow_buffer::{NullBuffer, ScalarBuffer};
use arrow_cast::cast;
use arrow_schema::ArrowError;
use arrow_schema::DataType;
use weighbridge::Column;
use weighbridge::error::Input;

/// How a missing number is written besides an empty cell; in any case of letters.
const MISSING: [&str; 5] = ["", "na", "n/a", "null", "none"];

/// Whether a cell says that there is nothing.
pub fn is_missing(cell: &str) -> bool {
    MISSING.contains(&cell.to_ascii_lowercase().as_str())
}

/// A number that is no class.
const NO_CLASS: f64 = f64::NAN;

/// Numbers looked at before it is asked whether one of them was wanted: long enough to vectorise.
const CHUNK: usize = 1024;

/// Numbers, some of which may be missing: one in each row, or several.
pub struct Numbers {
    pub(super) values: Values,
    /// Where a number is missing, and its value NaN.
    nulls: Option<NullBuffer>,
    /// How many stand in a row.
    pub width: usize,
}

pub(super) enum Values {
    F32(ScalarBuffer<f32>),
    F64(ScalarBuffer<f64>),
    U8(ScalarBuffer<u8>),
    I32(ScalarBuffer<i32>),
    U32(ScalarBuffer<u32>),
    I64(ScalarBuffer<i64>),
    U64(ScalarBuffer<u64>),
}

/// Runs `$body` with `$values` bound to the typed numbers.
macro_rules! with_values {
    ($numbers:expr, $values:ident => $body:expr) => {
        match &$numbers.values {
            $crate::samples::numbers::Values::F32($values) => $body,
            $crate::samples::numbers::Values::F64($values) => $body,
            $crate::samples::numbers::Values::U8($values) => $body,
            $crate::samples::numbers::Values::I32($values) => $body,
            $crate::samples::numbers::Values::U32($values) => $body,
            $crate::samples::numbers::Values::I64($values) => $body,
            $crate::samples::numbers::Values::U64($values) => $body,
        }
    };
}
pub(super) use with_values;

/// How text in a column is read.
#[derive(Clone, Copy)]
pub struct ParseOptions<'a> {
    /// Whether a label may be written as false and true.
    pub is_label: bool,
    /// Names that a class may be written as.
    pub names: Option<&'a ClassNames>,
}

/// Why there are no numbers.
pub enum Convert {
    /// The type cannot be converted.
    Failed(ArrowError),
    /// A cell of text that is no number.
    NotANumber { row: usize },
}

impl From<ArrowError> for Convert {
    fn from(error: ArrowError) -> Self {
        Self::Failed(error)
    }
}

impl Numbers {
    /// The numbers of an array.
    pub fn new(array: &ArrayRef, input: Input, reading: ParseOptions<'_>) -> Result<Self, Convert> {
        if let Some(rows) = array.as_fixed_size_list_opt() {
            let width = rows.value_length() as usize;
            return Ok(Self { width, ..Self::new(&elements(rows)?, input, reading)? });
        }
        let array = match array.data_type() {
            DataType::Dictionary(_, values) => &cast(array, values)?,
            _ => array,
        };
        let array = match (array.data_type(), reading.names) {
            (data_type, Some(names)) if data_type.is_string() || names.look_like_values() => {
                &parse(cast(array, &DataType::Utf8)?.as_string(), reading)?
            }
            (DataType::Utf8, None) => &parse(array.as_string(), reading)?,
            _ => array,
        };
        // Only floating point numbers can stand for a missing one, and be a weight.
        let real = input == Input::Weight || array.null_count() > 0;
        let form = match array.data_type() {
            DataType::Float16 | DataType::Float32 => DataType::Float32,
            _ if real => DataType::Float64,
            DataType::Boolean | DataType::UInt8 => DataType::UInt8,
            DataType::Int8 | DataType::Int16 | DataType::Int32 => DataType::Int32,
            DataType::UInt16 | DataType::UInt32 => DataType::UInt32,
            DataType::Int64 => DataType::Int64,
            DataType::UInt64 => DataType::UInt64,
            _ => DataType::Float64,
        };
        let array = cast(array, &form)?;
        let values = match form {
            DataType::Float32 => Values::F32(filled::<Float32Type>(&array, f32::NAN)),
            DataType::UInt8 => Values::U8(filled::<UInt8Type>(&array, 0)),
            DataType::Int32 => Values::I32(filled::<Int32Type>(&array, 0)),
            DataType::UInt32 => Values::U32(filled::<UInt32Type>(&array, 0)),
            DataType::Int64 => Values::I64(filled::<Int64Type>(&array, 0)),
            DataType::UInt64 => Values::U64(filled::<UInt64Type>(&array, 0)),
            _ => Values::F64(filled::<Float64Type>(&array, f64::NAN)),
        };
        Ok(Self { values, nulls: array.nulls().cloned(), width: 1 })
    }

    /// How many numbers there are, in all rows.
    pub fn len(&self) -> usize {
        with_values!(self, values => values.len())
    }

    /// The numbers as the library takes them.
    pub fn column(&self) -> Column<'_> {
        match &self.values {
            Values::F32(values) => (&values[..]).into(),
            Values::F64(values) => (&values[..]).into(),
            Values::U8(values) => (&values[..]).into(),
            Values::I32(values) => (&values[..]).into(),
            Values::U32(values) => (&values[..]).into(),
            Values::I64(values) => (&values[..]).into(),
            Values::U64(values) => (&values[..]).into(),
        }
    }

    /// Numbers that are missing, by their index.
    pub fn missing(&self) -> impl Iterator<Item = usize> {
        let elements = 0..self.nulls.as_ref().map_or(0, NullBuffer::len);
        elements.filter(|&element| self.is_missing(element))
    }

    /// Whether a number is missing.
    pub fn is_missing(&self, element: usize) -> bool {
        self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(element))
    }

    /// Numbers that are NaN, infinite or missing, by their index.
    pub fn not_finite(&self) -> Box<dyn Iterator<Item = usize> + '_> {
        match &self.values {
            Values::F32(values) => Box::new(wanted(values, |x| !x.is_finite())),
            Values::F64(values) => Box::new(wanted(values, |x| !x.is_finite())),
            _ => Box::new(std::iter::empty()),
        }
    }

    /// Whether a number is finite, but not as an `f32`.
    pub fn is_too_large(&self, element: usize) -> bool {
        let Values::F64(values) = &self.values else { return false };
        values[element].is_finite() && (values[element] as f32).is_infinite()
    }

    /// The number in a row, if it is a whole one.
    pub fn whole(&self, row: usize) -> Option<i64> {
        let whole = |x: f64| (x as i64 as f64 == x).then_some(x as i64);
        match &self.values {
            Values::F32(values) => whole(values[row].into()),
            Values::F64(values) => whole(values[row]),
            Values::U8(values) => Some(values[row].into()),
            Values::I32(values) => Some(values[row].into()),
            Values::U32(values) => Some(values[row].into()),
            Values::I64(values) => Some(values[row]),
            Values::U64(values) => values[row].try_into().ok(),
        }
    }

    /// A number as a weight, which is an `f32`; of the types that weights have.
    pub fn weight(&self, element: usize) -> Option<f32> {
        match &self.values {
            Values::F32(values) => Some(values[element]),
            Values::F64(values) => Some(values[element] as f32),
            _ => None,
        }
    }
}

fn wanted<T: Copy>(values: &[T], wanted: impl Fn(T) -> bool) -> impl Iterator<Item = usize> {
    let starts = (0..values.len()).step_by(CHUNK);
    let found = starts.zip(values.chunks(CHUNK)).filter_map(move |(start, chunk)| {
        let any = chunk.iter().fold(false, |any, &x| any | wanted(x));
        let row = |(row, &x): (usize, &T)| wanted(x).then_some(start + row);
        any.then(|| chunk.iter().enumerate().filter_map(row).collect::<Vec<_>>())
    });
    found.flatten()
}

/// The values of an array that has this type, with a filler where one is missing.
fn filled<T: ArrowPrimitiveType>(array: &ArrayRef, filler: T::Native) -> ScalarBuffer<T::Native> {
    let array = array.as_primitive::<T>();
    if array.null_count() == 0 {
        return array.values().clone();
    }
    array.iter().map(|value| value.unwrap_or(filler)).collect::<Vec<_>>().into()
}

/// The elements of rows; those of a row that is missing are.
fn elements(rows: &FixedSizeListArray) -> Result<ArrayRef, Convert> {
    let Some(nulls) = rows.nulls() else { return Ok(rows.values().clone()) };
    let nulls = nulls.expand(rows.value_length() as usize);
    let nulls = NullBuffer::union(Some(&nulls), rows.values().nulls());
    let data = rows.values().to_data().into_builder().nulls(nulls).build()?;
    Ok(make_array(data))
}

/// The numbers in cells of text.
fn parse(cells: &StringArray, reading: ParseOptions<'_>) -> Result<ArrayRef, Convert> {
    if let Some(names) = reading.names.filter(|names| names.look_like_values()) {
        return Ok(classes(cells, names));
    }
    let numbers = cast(cells, &DataType::Float64)?;
    if numbers.null_count() == cells.null_count() {
        return Ok(numbers);
    }
    if let Some(names) = reading.names {
        return Ok(classes(cells, names));
    }
    // Some cell is no number to Arrow. It may still be a label, or say that there is none.
    let numbers = numbers.as_primitive::<Float64Type>();
    let number = |(row, cell): (usize, Option<&str>)| {
        let Some(cell) = cell.filter(|_| numbers.is_null(row)) else {
            return Ok(numbers.is_valid(row).then(|| numbers.value(row)));
        };
        match cell.trim().to_ascii_lowercase().as_str() {
            missing if MISSING.contains(&missing) => Ok(None),
            "true" if reading.is_label => Ok(Some(1.0)),
            "false" if reading.is_label => Ok(Some(0.0)),
            _ => Err(Convert::NotANumber { row }),
        }
    };
    let numbers = cells.iter().enumerate().map(number).collect::<Result<Float64Array, _>>()?;
    Ok(std::sync::Arc::new(numbers))
}

/// The classes in cells of text: names or, unless names look like them, numbers. What is neither is
/// a class that none is.
fn classes(cells: &StringArray, names: &ClassNames) -> ArrayRef {
    let class = |cell: Option<&str>| {
        let cell = cell?.trim();
        if let Some(label) = names.label(cell) {
            return Some(label as f64);
        }
        match cell.to_ascii_lowercase().as_str() {
            missing if MISSING.contains(&missing) => None,
            _ if names.look_like_values() => Some(NO_CLASS),
            "true" => Some(1.0),
            "false" => Some(0.0),
            number => Some(number.parse().unwrap_or(NO_CLASS)),
        }
    };
    std::sync::Arc::new(cells.iter().map(class).collect::<Float64Array>())
}
