//! The check of the values of a batch on the host.

use super::class_weighting::SampleWeights;
use super::column::{first, one_hot_class, row_bits};
use super::{Column, Element, TruthEncoding, with_column};
use crate::error::{Error, Input, UpdateError};
use crate::kernel::row_f64;
use crate::kernel::soft_labels::is_distribution;
use crate::statistic::Schema;

/// Fails, naming the first row, if a weight is invalid, or if a sample of positive weight has an
/// invalid label, or a number that is NaN, infinite or does not fit an `f32`. Masked samples may
/// hold anything.
pub(super) fn check_values(samples: &SampleWeights<'_>, schema: Schema) -> Result<(), Error> {
    let batch = &samples.batch;
    let (prediction, truth) = (batch.inputs.prediction, batch.truth());
    let (double, weighs) = (samples.double, |row: usize| samples.is_positive(row));
    let (prediction_classes, prediction_width) =
        (schema.prediction_classes(), schema.prediction_width());
    let rows = [
        samples.first_invalid(),
        first_bad(prediction, prediction_classes, prediction_width, double, weighs),
        match batch.truth_encoding {
            TruthEncoding::OneHot | TruthEncoding::Soft => first_malformed(samples),
            TruthEncoding::Labels if !batch.inputs.has_truth() => None,
            TruthEncoding::Labels => {
                first_bad(truth, schema.truth_classes(), schema.truth_width(), double, weighs)
            }
        },
        samples.first_overflowing(),
    ];
    let Some(row) = rows.into_iter().flatten().min() else { return check_size(samples) };
    let [weight, class_weight] = samples.factors(row);
    if rows[0] == Some(row) {
        return Err(UpdateError::InvalidWeight { row, weight }.into());
    }
    if rows[3] == Some(row) {
        let class = samples.class(row);
        return Err(UpdateError::WeightProductTooLarge { row, weight, class, class_weight }.into());
    }
    match batch.truth_encoding {
        TruthEncoding::OneHot if rows[1] != Some(row) => {
            return Err(UpdateError::InvalidOneHot { row }.into());
        }
        TruthEncoding::Soft if rows[1] != Some(row) => {
            return Err(UpdateError::InvalidDistribution { row }.into());
        }
        _ => {}
    }
    let (input, column, classes, width) = if rows[1] == Some(row) {
        (Input::Prediction, prediction, prediction_classes, prediction_width)
    } else {
        (Input::Truth, truth, schema.truth_classes(), schema.truth_width())
    };
    Err(match classes {
        None => match first_unfit(column.slice(row * width..(row + 1) * width), double) {
            Some(value) if value.is_finite() => {
                Error::Update(UpdateError::TooLarge { input, row, value })
            }
            Some(value) => Error::Update(UpdateError::NotFinite { input, row, value }),
            None => Error::internal(format!("the finite {input} in row {row} was refused")),
        },
        Some(classes) => {
            let label = with_column!(column, slice => slice[row].to_string());
            Error::Update(UpdateError::InvalidLabel { input, row, label, classes })
        }
    })
}

/// The first row of positive weight with a number that is not finite in the precision of the batch,
/// or with a label that is not a class. Rows have `width` elements.
fn first_bad(
    column: Column<'_>,
    classes: Option<u32>,
    width: usize,
    double: bool,
    weighs: impl Fn(usize) -> bool,
) -> Option<usize> {
    let weighs = |element| weighs(element / width);
    let element = match (classes, column) {
        (Some(classes), _) => {
            with_column!(column, slice => first(slice, |x| x.class() >= classes, weighs))
        }
        (None, Column::F32(slice)) => first(slice, |x| !x.is_finite(), weighs),
        (None, Column::F64(slice)) => first(slice, |x| is_unfit(x, double), weighs),
        (None, _) => None, // every number of another type is finite as an f32
    };
    element.map(|element| element / width)
}

/// The first truth of positive weight that is a malformed row: not one-hot or, if truths are soft,
/// not a distribution.
fn first_malformed(samples: &SampleWeights<'_>) -> Option<usize> {
    let soft = samples.batch.truth_encoding == TruthEncoding::Soft;
    with_column!(samples.batch.truth(), slice => {
        let mut rows = slice.chunks(samples.classes as usize).enumerate();
        rows.position(|(index, row)| {
            let well_formed =
                match (soft, samples.double) {
                    (true, true) => {
                        let row: Vec<_> = row.iter().map(|x| x.real()).collect();
                        row_f64::is_distribution(&row)
                    }
                    (true, false) => is_distribution(row_bits(row)),
                    (false, _) => one_hot_class(row) != u32::MAX,
                };
            !well_formed && samples.is_positive(index)
        })
    })
}

/// The first number of a column that is not finite in the precision of the batch.
fn first_unfit(column: Column<'_>, double: bool) -> Option<f64> {
    with_column!(column, slice => slice.iter().map(|x| x.real()).find(|&x| is_unfit(x, double)))
}

/// Whether a number is not finite in the precision of the batch.
fn is_unfit(x: f64, double: bool) -> bool {
    if double { !x.is_finite() } else { !(x as f32).is_finite() }
}

/// Fails if weights in double precision would lose digits, but would not if they were multiplied by
/// a power of two.
fn check_size(samples: &SampleWeights<'_>) -> Result<(), Error> {
    match samples.first_too_small().filter(|_| samples.double) {
        None => Ok(()),
        Some((row, exponent)) => {
            let [weight, _] = samples.factors(row);
            Err(UpdateError::WeightTooSmall { row, weight, exponent }.into())
        }
    }
}
