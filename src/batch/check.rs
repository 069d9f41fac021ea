//! Finds the first row that a batch on the host cannot have.

use super::column::hot;
use super::{Batch, Column, Element, with_column};
use crate::error::{Error, Input};
use crate::exact::{layout::LIMIT_EXPONENT, two_to};
use crate::statistic::Form;

/// Rows looked at before it is asked whether one of them was bad: long enough to vectorise.
const CHUNK: usize = 1024;

impl Batch<'_> {
    /// Fails, naming the first row, if a weight is invalid, or if a sample of positive weight has
    /// an invalid label or a number that does not fit an `f32`.
    pub(crate) fn check_values(&self, form: Form) -> Result<(), Error> {
        let rows = [
            self.weight.and_then(|weight| {
                with_column!(weight, slice => first(slice, |x| !valid_weight(x.real()), |_| true))
            }),
            self.first_bad(self.prediction, form.prediction_classes(), form.prediction_width()),
            if self.one_hot {
                self.first_without_class(form.classes)
            } else {
                self.first_bad(self.truth, form.truth_classes(), 1)
            },
        ];
        let Some(row) = rows.into_iter().flatten().min() else { return Ok(()) };
        let real = |column: Column<'_>| with_column!(column, slice => slice[row].real());
        if rows[0] == Some(row)
            && let Some(weight) = self.weight
        {
            return Err(Error::InvalidWeight { row, weight: real(weight) });
        }
        if rows[1] != Some(row) && self.one_hot {
            return Err(Error::InvalidOneHot { row });
        }
        let (input, column, classes, width) = if rows[1] == Some(row) {
            let (classes, width) = (form.prediction_classes(), form.prediction_width());
            (Input::Prediction, self.prediction, classes, width)
        } else {
            (Input::Truth, self.truth, form.truth_classes(), 1)
        };
        Err(match classes {
            None => {
                let value = first_too_large(column.slice(row * width..(row + 1) * width));
                Error::TooLarge { input, row, value }
            }
            Some(classes) => {
                let label = with_column!(column, slice => slice[row].to_string());
                Error::InvalidLabel { input, row, label, classes }
            }
        })
    }

    /// Whether the sample takes part in weighted values: its weight, as it will be used, is not 0.
    fn weighs(&self, row: usize) -> bool {
        let weighs = |weight: f64| weight as f32 != 0.0;
        self.weight.is_none_or(|weight| with_column!(weight, slice => weighs(slice[row].real())))
    }

    /// The first row of positive weight with a number that does not fit an `f32`, or that is no
    /// class. Rows have `width` elements.
    fn first_bad(&self, column: Column<'_>, classes: Option<u32>, width: usize) -> Option<usize> {
        let weighs = |element| self.weighs(element / width);
        let element = match (classes, column) {
            (Some(classes), _) => {
                with_column!(column, slice => first(slice, |x| x.class() >= classes, weighs))
            }
            (None, Column::F64(slice)) => first(slice, too_large, weighs),
            (None, _) => None, // no other type reaches beyond the range of f32
        };
        element.map(|element| element / width)
    }

    /// The first truth of positive weight that is a malformed one-hot row.
    fn first_without_class(&self, classes: u32) -> Option<usize> {
        with_column!(self.truth, slice => {
            let mut rows = slice.chunks(classes as usize).enumerate();
            let malformed = |(index, row)| hot(row) == u32::MAX && self.weighs(index);
            rows.position(malformed)
        })
    }
}

/// The first number of a column that does not fit an `f32`; 0 if all do.
fn first_too_large(column: Column<'_>) -> f64 {
    let Column::F64(slice) = column else { return 0.0 };
    slice.iter().copied().find(|&x| too_large(x)).unwrap_or_default()
}

/// The first element that is bad and whose row matters.
fn first<T: Copy>(
    slice: &[T],
    bad: impl Fn(T) -> bool,
    matters: impl Fn(usize) -> bool,
) -> Option<usize> {
    let starts = (0..slice.len()).step_by(CHUNK);
    starts.zip(slice.chunks(CHUNK)).find_map(|(start, chunk)| {
        let suspicious = chunk.iter().fold(false, |any, &x| any | bad(x));
        let rows = start..start + if suspicious { chunk.len() } else { 0 };
        rows.into_iter().find(|&row| bad(slice[row]) && matters(row))
    })
}

fn valid_weight(weight: f64) -> bool {
    // The limit is checked as the weight will be used: an f64 just below 2^64 rounds up to it. The
    // sign is that of the number given: -1e-60 is negative, though it rounds to 0.
    weight >= 0.0 && f64::from(weight as f32) < two_to(LIMIT_EXPONENT)
}

/// Whether a finite number becomes infinite as an `f32`.
fn too_large(x: f64) -> bool {
    x.is_finite() && (x as f32).is_infinite()
}
