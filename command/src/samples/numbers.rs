//! A column of numbers of a type that the library accepts.

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

/// Spellings of a missing value, case-insensitive.
const MISSING: [&str; 5] = ["", "na", "n/a", "null", "none"];

/// Whether a cell is a missing value.
pub fn is_missing(cell: &str) -> bool {
    MISSING.contains(&cell.to_ascii_lowercase().as_str())
}

/// Stands for a label that is not a class.
const NO_CLASS: f64 = f64::NAN;

/// Numbers tested together: enough for vector instructions.
const CHUNK: usize = 1024;

/// A column of numbers, some of which may be missing, with one or more in each row.
pub struct Numbers {
    pub(super) values: Values,
    /// Marks missing numbers.
    nulls: Option<NullBuffer>,
    /// Numbers in each row.
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

/// How text is parsed.
#[derive(Clone, Copy)]
pub struct ParseOptions<'a> {
    /// Whether `false` and `true` are labels 0 and 1.
    pub is_label: bool,
    /// Names of classes.
    pub names: Option<&'a ClassNames>,
}

/// Why an array cannot be converted to numbers.
pub enum ConvertError {
    /// Arrow cannot convert the type.
    Cast(ArrowError),
    /// The text of a cell is not a number.
    NotANumber { row: usize },
}

impl From<ArrowError> for ConvertError {
    fn from(error: ArrowError) -> Self {
        Self::Cast(error)
    }
}

impl Numbers {
    /// The numbers of an array.
    pub fn new(
        array: &ArrayRef,
        input: Input,
        options: ParseOptions<'_>,
    ) -> Result<Self, ConvertError> {
        if let Some(rows) = array.as_fixed_size_list_opt() {
            let width = rows.value_length() as usize;
            return Ok(Self { width, ..Self::new(&elements(rows)?, input, options)? });
        }
        let array = match array.data_type() {
            DataType::Dictionary(_, values) => &cast(array, values)?,
            _ => array,
        };
        let array = match (array.data_type(), options.names) {
            (data_type, Some(names)) if data_type.is_string() || names.look_like_values() => {
                &parse(cast(array, &DataType::Utf8)?.as_string(), options)?
            }
            (DataType::Utf8, None) => &parse(array.as_string(), options)?,
            _ => array,
        };
        // Missing numbers and weights need a floating point type, in which the integers are exact,
        // if possible. It must not change the precision of the batch.
        let is_float = input == Input::Weight || array.null_count() > 0;
        let data_type = match array.data_type() {
            DataType::Float16 | DataType::Float32 => DataType::Float32,
            DataType::Int8 | DataType::Int16 | DataType::UInt16 => DataType::Float32,
            DataType::Boolean | DataType::UInt8 if is_float => DataType::Float32,
            DataType::Boolean | DataType::UInt8 => DataType::UInt8,
            _ if is_float => DataType::Float64,
            DataType::Int32 => DataType::Int32,
            DataType::UInt32 => DataType::UInt32,
            DataType::Int64 => DataType::Int64,
            DataType::UInt64 => DataType::UInt64,
            _ => DataType::Float64,
        };
        let array = cast(array, &data_type)?;
        let values = match data_type {
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

    /// The number of numbers, in all rows.
    pub fn len(&self) -> usize {
        with_values!(self, values => values.len())
    }

    /// The numbers as the library accepts them.
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

    /// The indices of missing numbers.
    pub fn missing(&self) -> impl Iterator<Item = usize> {
        let elements = 0..self.nulls.as_ref().map_or(0, NullBuffer::len);
        elements.filter(|&element| self.is_missing(element))
    }

    /// Whether a number is missing.
    pub fn is_missing(&self, element: usize) -> bool {
        self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(element))
    }

    /// The indices of numbers that are NaN, infinite or missing.
    pub fn not_finite(&self) -> Box<dyn Iterator<Item = usize> + '_> {
        match &self.values {
            Values::F32(values) => Box::new(matching(values, |x| !x.is_finite())),
            Values::F64(values) => Box::new(matching(values, |x| !x.is_finite())),
            _ => Box::new(std::iter::empty()),
        }
    }

    /// Whether a number is finite, but infinite as an `f32`.
    pub fn is_too_large(&self, element: usize) -> bool {
        let Values::F64(values) = &self.values else { return false };
        values[element].is_finite() && (values[element] as f32).is_infinite()
    }

    /// The number in a row, if it is whole.
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

    /// A number as a weight; `None` for types that weights do not have.
    pub fn weight(&self, element: usize) -> Option<f64> {
        match &self.values {
            Values::F32(values) => Some(values[element].into()),
            Values::F64(values) => Some(values[element]),
            _ => None,
        }
    }
}

/// The indices of the numbers that match.
fn matching<T: Copy>(values: &[T], matches: impl Fn(T) -> bool) -> impl Iterator<Item = usize> {
    let starts = (0..values.len()).step_by(CHUNK);
    let found = starts.zip(values.chunks(CHUNK)).filter_map(move |(start, chunk)| {
        let any = chunk.iter().fold(false, |any, &x| any | matches(x));
        let row = |(row, &x): (usize, &T)| matches(x).then_some(start + row);
        any.then(|| chunk.iter().enumerate().filter_map(row).collect::<Vec<_>>())
    });
    found.flatten()
}

/// The values of an array of this type, with `filler` for missing ones.
fn filled<T: ArrowPrimitiveType>(array: &ArrayRef, filler: T::Native) -> ScalarBuffer<T::Native> {
    let array = array.as_primitive::<T>();
    if array.null_count() == 0 {
        return array.values().clone();
    }
    array.iter().map(|value| value.unwrap_or(filler)).collect::<Vec<_>>().into()
}

/// The elements of rows. All elements of a missing row are missing.
fn elements(rows: &FixedSizeListArray) -> Result<ArrayRef, ConvertError> {
    let Some(nulls) = rows.nulls() else { return Ok(rows.values().clone()) };
    let nulls = nulls.expand(rows.value_length() as usize);
    let nulls = NullBuffer::union(Some(&nulls), rows.values().nulls());
    let data = rows.values().to_data().into_builder().nulls(nulls).build()?;
    Ok(make_array(data))
}

/// The numbers in text cells.
fn parse(cells: &StringArray, options: ParseOptions<'_>) -> Result<ArrayRef, ConvertError> {
    if let Some(names) = options.names.filter(|names| names.look_like_values()) {
        return Ok(classes(cells, names));
    }
    let numbers = cast(cells, &DataType::Float64)?;
    if numbers.null_count() == cells.null_count() {
        return Ok(numbers);
    }
    if let Some(names) = options.names {
        return Ok(classes(cells, names));
    }
    // Arrow cannot parse every cell. It may be a missing value, or a boolean label.
    let numbers = numbers.as_primitive::<Float64Type>();
    let number = |(row, cell): (usize, Option<&str>)| {
        let Some(cell) = cell.filter(|_| numbers.is_null(row)) else {
            return Ok(numbers.is_valid(row).then(|| numbers.value(row)));
        };
        match cell.trim().to_ascii_lowercase().as_str() {
            missing if MISSING.contains(&missing) => Ok(None),
            "true" if options.is_label => Ok(Some(1.0)),
            "false" if options.is_label => Ok(Some(0.0)),
            _ => Err(ConvertError::NotANumber { row }),
        }
    };
    let numbers = cells.iter().enumerate().map(number).collect::<Result<Float64Array, _>>()?;
    Ok(std::sync::Arc::new(numbers))
}

/// The classes in text cells: names or, unless names look like numbers, numbers. Other cells become
/// [`NO_CLASS`].
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
