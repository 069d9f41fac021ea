//! A run of samples as the engines read it: 32-bit words, borrowed from the user's slices if these
//! have that type, else converted.

use super::class_weighting::SampleWeights;
use super::column::one_hot_class;
use super::{Column, Element, TruthEncoding, with_column};
use crate::exact::ExactSum;
use crate::kernel::bits::MASKED;
use crate::kernel::soft_labels::soft_class;
use crate::statistic::{Schema, Task};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::slice::Chunks;

/// Elements converted at a time when a column is not in the engines' form; at least those of one
/// sample.
const CONVERTED_ELEMENTS: usize = 1 << 18;

/// Samples in the engines' form: one element per sample in each slice, or a row of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chunk<'a> {
    /// The schema of the slices.
    pub schema: Schema,
    /// Bits of `f32`, in rows if there are several for each sample, or classes.
    pub prediction: &'a [u32],
    /// Bits of `f32`, in rows if predictions are vectors or truths are soft, or classes.
    pub truth: &'a [u32],
    /// Bits of `f32`; none if every weight is 1 and no sample is masked.
    pub weight: Option<&'a [u32]>,
    /// Whether a weight of [`MASKED`] deletes its sample; if not, it is a NaN.
    pub masked: bool,
}

impl<'a> Chunk<'a> {
    /// Number of samples.
    pub fn len(&self) -> usize {
        // This is called often, and divisions are slow.
        let elements = self.truth.len();
        let width = self.schema.truth_width();
        if width > 1 { elements / width } else { elements }
    }

    /// The rows of predictions and of truths.
    pub fn vectors(&self) -> (Chunks<'_, u32>, Chunks<'_, u32>) {
        let schema = self.schema;
        let truth = self.truth.chunks(schema.truth_width());
        (self.prediction.chunks(schema.prediction_width()), truth)
    }

    /// The bytes of the columns, in the order in which an engine reads them.
    pub fn bytes(&self) -> [&'a [u8]; 3] {
        let columns = [self.weight.unwrap_or_default(), self.prediction, self.truth];
        columns.map(bytemuck::cast_slice)
    }

    /// The samples of `range`.
    pub fn slice(&self, range: Range<usize>) -> Self {
        let elements = |width: usize| range.start * width..range.end * width;
        Self {
            schema: self.schema,
            prediction: &self.prediction[elements(self.schema.prediction_width())],
            truth: &self.truth[elements(self.schema.truth_width())],
            weight: self.weight.map(|weight| &weight[range.clone()]),
            ..*self
        }
    }

    /// Whether a sample is masked.
    pub fn is_masked(&self, index: usize) -> bool {
        self.masked && self.weight.is_some_and(|weight| weight[index] == MASKED)
    }
}

/// Reused memory for converted columns.
#[derive(Debug, Default)]
pub(super) struct ConversionScratch {
    prediction: Vec<u32>,
    truth: Vec<u32>,
    weight: Vec<u32>,
    /// Classes of soft truths.
    labels: Vec<u32>,
}

/// The precision of the samples, and how much was lost by narrowing regression inputs to `f32`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PrecisionLoss {
    /// Largest |x − f32(x)| of a prediction.
    pub prediction: f64,
    /// Largest |x − f32(x)| of a truth.
    pub truth: f64,
    /// Sum of |prediction − truth| over the samples of batches of types that narrowing may round.
    pub absolute_error: ExactSum,
    /// Number of samples in that sum.
    pub samples: u64,
    /// Number of weights, not zero, that lost digits or became zero because they lie below the
    /// normal numbers of `f32`, or below those of which `f64` sums hold all digits.
    pub lossy_weights: u64,
    /// Number of samples in double precision, without masked ones.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub double_samples: u64,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl PrecisionLoss {
    /// Adds the loss of other samples.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.prediction = self.prediction.max(other.prediction);
        self.truth = self.truth.max(other.truth);
        self.absolute_error.merge(&other.absolute_error);
        self.samples = self.samples.saturating_add(other.samples);
        self.lossy_weights = self.lossy_weights.saturating_add(other.lossy_weights);
        self.double_samples = self.double_samples.saturating_add(other.double_samples);
    }
}

impl ConversionScratch {
    /// The samples from `start` in the engines' form: all of them if nothing needs conversion.
    ///
    /// The largest roundings of narrowing go to `precision_loss`.
    pub fn chunk<'b>(
        &'b mut self,
        samples: SampleWeights<'b>,
        schema: Schema,
        start: usize,
        precision_loss: &mut PrecisionLoss,
    ) -> Chunk<'b> {
        let SampleWeights { batch, class_weighting, .. } = samples;
        let is_native = |column, classes: Option<u32>| match classes {
            None => matches!(column, Column::F32(_)),
            Some(_) => matches!(column, Column::U32(_)),
        };
        let (prediction_classes, truth_classes) =
            (schema.prediction_classes(), schema.truth_classes());
        let borrowed = is_native(batch.inputs.prediction, prediction_classes)
            && is_native(batch.truth(), truth_classes)
            && !batch.truth_encoding.are_rows()
            && samples.are_native();
        let [prediction_width, truth_width] =
            [schema.prediction_width(), batch.truth_width(schema)];
        let at_a_time = (CONVERTED_ELEMENTS / prediction_width.max(truth_width)).max(1);
        let len = batch.samples(schema) - start;
        let range = start..start + if borrowed { len } else { len.min(at_a_time) };

        let (mut lost_prediction, mut lost_truth) = (0.0, 0.0);
        let elements =
            |column: Column<'b>, width: usize| column.slice(range.start * width..range.end * width);
        let prediction = elements(batch.inputs.prediction, prediction_width);
        let truth = elements(batch.truth(), truth_width);
        let mask = batch.mask();
        let counts = |row: usize| mask.is_none_or(|mask| mask[start + row]);
        let prediction = match prediction_classes {
            None => {
                let counts = |element| counts(element / prediction_width);
                let (buffer, lost) = (&mut self.prediction, &mut lost_prediction);
                match batch.inputs.has_truth() {
                    true => reals(prediction, narrowed, counts, buffer, lost),
                    false => reals(prediction, narrowed_value, counts, buffer, lost),
                }
            }
            Some(_) => classes(prediction, &mut self.prediction),
        };
        let truth = match truth_classes {
            None if !batch.inputs.has_truth() => prediction,
            None => {
                let counts = |element| counts(element / truth_width);
                reals(truth, narrowed, counts, &mut self.truth, &mut lost_truth)
            }
            Some(_) if batch.truth_encoding == TruthEncoding::OneHot => {
                one_hot_classes(truth, truth_width, &mut self.truth)
            }
            Some(_) => classes(truth, &mut self.truth),
        };
        let labels = if schema.soft && class_weighting.depends_on_class() {
            let rows = truth.chunks(truth_width);
            self.labels.clear();
            self.labels.extend(rows.map(|row| soft_class(row.iter().copied())));
            &self.labels
        } else {
            truth
        };
        let lossy = &mut precision_loss.lossy_weights;
        let chunk = Chunk {
            schema,
            prediction,
            truth,
            weight: samples.column(labels, range, &mut self.weight, lossy),
            masked: samples.may_mask(),
        };
        if schema.task == Task::Regression {
            precision_loss.prediction = precision_loss.prediction.max(lost_prediction);
            precision_loss.truth = precision_loss.truth.max(lost_truth);
        }
        chunk
    }
}

/// The nearest `f32`.
fn narrowed(x: f64) -> f32 {
    x as f32
}

/// The nearest `f32`, but the smallest `f32` for a nonzero number that would become zero, so that
/// engines count it as an underflow. A value without a truth has no error with which its loss could
/// be compared.
fn narrowed_value(x: f64) -> f32 {
    match x as f32 {
        0.0 if x != 0.0 => f32::from_bits(1),
        narrowed => narrowed,
    }
}

/// Bits of `f32`; `lost` becomes the largest rounding of an element that counts.
fn reals<'a>(
    column: Column<'a>,
    narrow: impl Fn(f64) -> f32,
    counts: impl Fn(usize) -> bool,
    buffer: &'a mut Vec<u32>,
    lost: &mut f64,
) -> &'a [u32] {
    if let Column::F32(slice) = column {
        return bytemuck::cast_slice(slice);
    }
    buffer.clear();
    with_column!(column, slice => buffer.extend(slice.iter().enumerate().map(|(element, x)| {
        let (real, narrowed) = (x.real(), narrow(x.real()));
        let rounding = (real - f64::from(narrowed)).abs();
        if rounding > *lost && rounding.is_finite() && counts(element) {
            *lost = rounding;
        }
        narrowed.to_bits()
    })));
    buffer
}

/// Classes; a number that is not whole becomes `u32::MAX`, which is never a class.
fn classes<'a>(column: Column<'a>, buffer: &'a mut Vec<u32>) -> &'a [u32] {
    if let Column::U32(slice) = column {
        return slice;
    }
    buffer.clear();
    with_column!(column, slice => buffer.extend(slice.iter().map(|x| x.class())));
    buffer
}

/// Classes of one-hot rows; a malformed one becomes `u32::MAX`, which is never a class.
fn one_hot_classes<'a>(column: Column<'a>, width: usize, buffer: &'a mut Vec<u32>) -> &'a [u32] {
    buffer.clear();
    with_column!(column, slice => buffer.extend(slice.chunks(width).map(one_hot_class)));
    buffer
}
