//! Finds the first row that a batch on the host cannot have.

use super::class_weighting::{ClassWeighting, combined};
use super::column::{first, one_hot_class, row_bits};
use super::{Column, Element, HostBatch, TruthEncoding, with_column};
use crate::error::{Error, Input, SoftTruthError};
use crate::exact::is_weight;
use crate::kernel::bits::magnitude;
use crate::kernel::soft_labels::is_distribution;
use crate::statistic::Schema;

impl HostBatch<'_> {
    /// Fails, naming the first row, if a weight is invalid, or if a sample of positive weight has
    /// an invalid label or a number that does not fit an `f32`. Masked samples may hold anything.
    pub(crate) fn check_values(
        &self,
        schema: Schema,
        class_weighting: &ClassWeighting,
    ) -> Result<(), Error> {
        let classes = schema.classes;
        let weighs = |row: usize| self.weighs(row, classes, class_weighting);
        let rows = [
            self.weight.and_then(|weight| {
                let matters = |row: usize| !self.is_masked(row, classes, class_weighting);
                with_column!(weight, slice => first(slice, |x| !is_weight(x.real()), matters))
            }),
            self.first_bad(
                self.prediction,
                schema.prediction_classes(),
                schema.prediction_width(),
                weighs,
            ),
            match self.truth_encoding {
                TruthEncoding::OneHot | TruthEncoding::Soft => {
                    self.first_malformed(classes, weighs)
                }
                TruthEncoding::Single => {
                    self.first_bad(self.truth, schema.truth_classes(), schema.truth_width(), weighs)
                }
            },
            self.first_overflowing_weight(classes, class_weighting),
        ];
        let Some(row) = rows.into_iter().flatten().min() else { return Ok(()) };
        let [weight, class_weight] = self.factors(row, classes, class_weighting);
        if rows[0] == Some(row) {
            return Err(Error::InvalidWeight { row, weight });
        }
        if rows[3] == Some(row) {
            let class = self.class(row, classes);
            return Err(Error::InvalidProduct { row, weight, class, class_weight });
        }
        match self.truth_encoding {
            TruthEncoding::OneHot if rows[1] != Some(row) => {
                return Err(Error::InvalidOneHot { row });
            }
            TruthEncoding::Soft if rows[1] != Some(row) => {
                return Err(SoftTruthError::NoDistribution { row }.into());
            }
            _ => {}
        }
        let (input, column, classes, width) = if rows[1] == Some(row) {
            let (classes, width) = (schema.prediction_classes(), schema.prediction_width());
            (Input::Prediction, self.prediction, classes, width)
        } else {
            (Input::Truth, self.truth, schema.truth_classes(), schema.truth_width())
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

    /// Whether the sample takes part in weighted values: it is not masked, and its weight, as it
    /// will be used, is not 0.
    fn weighs(&self, row: usize, classes: u32, class_weighting: &ClassWeighting) -> bool {
        let weight = combined(self.factors(row, classes, class_weighting));
        magnitude(weight) != 0 && !self.is_masked(row, classes, class_weighting)
    }

    /// The first row that weighs something with a number that does not fit an `f32`, or that is no
    /// class. Rows have `width` elements.
    fn first_bad(
        &self,
        column: Column<'_>,
        classes: Option<u32>,
        width: usize,
        weighs: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let weighs = |element| weighs(element / width);
        let element = match (classes, column) {
            (Some(classes), _) => {
                with_column!(column, slice => first(slice, |x| x.class() >= classes, weighs))
            }
            (None, Column::F64(slice)) => first(slice, too_large, weighs),
            (None, _) => None, // no other type reaches beyond the range of f32
        };
        element.map(|element| element / width)
    }

    /// The first truth that weighs something and is a malformed row: neither one-hot nor, where it may
    /// be that, a distribution.
    fn first_malformed(&self, classes: u32, weighs: impl Fn(usize) -> bool) -> Option<usize> {
        let soft = self.truth_encoding == TruthEncoding::Soft;
        with_column!(self.truth, slice => {
            let mut rows = slice.chunks(classes as usize).enumerate();
            rows.position(|(index, row)| {
                let well_formed =
                    if soft { is_distribution(row_bits(row)) } else { one_hot_class(row) != u32::MAX };
                !well_formed && weighs(index)
            })
        })
    }
}

/// The first number of a column that does not fit an `f32`; 0 if all do.
fn first_too_large(column: Column<'_>) -> f64 {
    let Column::F64(slice) = column else { return 0.0 };
    slice.iter().copied().find(|&x| too_large(x)).unwrap_or_default()
}

/// Whether a finite number becomes infinite as an `f32`.
fn too_large(x: f64) -> bool {
    x.is_finite() && (x as f32).is_infinite()
}
