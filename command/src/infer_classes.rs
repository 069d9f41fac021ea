//! Names of classes that labels themselves tell, where nothing else does.

use crate::classes::looks_like_value;
use crate::error::Failure;
use crate::input::{Selection, Source};
use crate::samples::is_missing;
use arrow_array::cast::AsArray;
use arrow_cast::cast;
use arrow_schema::DataType;
use std::collections::BTreeSet;
use weighbridge::error::Input;

/// Names that are taken for classes; more are taken for a column of something else.
const MAX_NAMES: usize = 10_000;

/// The labels in columns of text, sorted as text, but for a truth that is ignored: all files are
/// read for them. Fails if a label may be the number of a class.
pub fn names(
    sources: &[Source],
    selections: &[Selection],
    ignored: Option<&str>,
) -> Result<Vec<String>, Failure> {
    let mut names = BTreeSet::new();
    for (source, selection) in sources.iter().zip(selections) {
        source.stream(selection, |arrays| {
            let labels = selection.parts.iter().zip(arrays);
            let labels = labels.filter(|(part, _)| part.input != Input::Weight);
            // A label that is ignored, but predicted, is a class.
            let labels = labels.flat_map(|(part, arrays)| {
                let ignored = ignored.filter(|_| part.input == Input::Truth);
                arrays.into_iter().map(move |array| (ignored, array))
            });
            for (ignored, array) in labels {
                let array = match array.data_type() {
                    DataType::Dictionary(_, values) => cast(&array, values),
                    _ => Ok(array),
                };
                let text = array.and_then(|array| match array.data_type().is_string() {
                    true => cast(&array, &DataType::Utf8).map(Some),
                    false => Ok(None),
                });
                let text = text.map_err(|error| source.unreadable(&error.to_string()))?;
                let text = text.ok_or(Failure::MissingClasses)?;
                for label in text.as_string::<i32>().iter().flatten().map(str::trim) {
                    if names.contains(label) || is_missing(label) || ignored == Some(label) {
                        continue;
                    }
                    if looks_like_value(label) {
                        return Err(Failure::MissingClasses);
                    }
                    names.insert(label.to_owned());
                    if names.len() > MAX_NAMES {
                        return Err(Failure::TooManyNames { file: source.name(), most: MAX_NAMES });
                    }
                }
            }
            Ok(())
        })?;
    }
    match names.is_empty() {
        true => Err(Failure::MissingClasses),
        false => Ok(names.into_iter().collect()),
    }
}
