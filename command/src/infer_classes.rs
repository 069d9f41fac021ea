//! Class names taken from the labels, if nothing else specifies the classes.

use crate::classes::looks_like_value;
use crate::error::Failure;
use crate::input::{InputColumns, Selection, Source};
use crate::samples::is_missing;
use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, StringArray};
use arrow_cast::cast;
use arrow_schema::{ArrowError, DataType};
use std::collections::BTreeSet;
use weighbridge::error::Input;

/// Most names that are taken for classes: a column of more contains something else.
const MAX_NAMES: usize = 10_000;

/// The distinct labels of all files in alphabetical order, without a truth that is ignored. Reads
/// the files in full. Fails if a label may be a class number.
pub fn names(
    sources: &[Source],
    selections: &[Selection],
    ignored: Option<&str>,
) -> Result<Vec<String>, Failure> {
    let mut names = BTreeSet::new();
    for (source, selection) in sources.iter().zip(selections) {
        source.stream(&selection.columns, |arrays| {
            let labels = selection.inputs.iter().zip(selection.arrays(arrays));
            for (columns, arrays) in labels.filter(|(columns, _)| columns.input != Input::Weight) {
                // An ignored label that is predicted is a class all the same.
                let ignored = ignored.filter(|_| columns.input == Input::Truth);
                for array in arrays {
                    add_names(&mut names, source, columns, array, ignored)?;
                }
            }
            Ok(())
        })?;
    }
    if names.is_empty() {
        return Err(Failure::MissingClasses);
    }
    Ok(names.into_iter().collect())
}

fn add_names(
    names: &mut BTreeSet<String>,
    source: &Source,
    columns: &InputColumns,
    array: ArrayRef,
    ignored: Option<&str>,
) -> Result<(), Failure> {
    let unreadable = |error: ArrowError| {
        source.unreadable(&format!("the {} cannot be converted: {error}", columns.input))
    };
    let text = text(array).map_err(unreadable)?.ok_or(Failure::MissingClasses)?;
    for label in text.iter().flatten().map(str::trim) {
        if names.contains(label) || is_missing(label) || ignored == Some(label) {
            continue;
        }
        if looks_like_value(label) {
            return Err(Failure::MissingClasses);
        }
        names.insert(label.to_owned());
        if names.len() > MAX_NAMES {
            return Err(Failure::TooManyNames { file: source.name(), max: MAX_NAMES });
        }
    }
    Ok(())
}

/// A column of text of any encoding; `None` if it is not text.
fn text(array: ArrayRef) -> Result<Option<StringArray>, ArrowError> {
    let array = match array.data_type() {
        DataType::Dictionary(_, values) => cast(&array, values)?,
        _ => array,
    };
    if !array.data_type().is_string() {
        return Ok(None);
    }
    Ok(Some(cast(&array, &DataType::Utf8)?.as_string().clone()))
}
