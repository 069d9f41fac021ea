//! A run of samples in double precision: views of the user's columns. The CPU engine converts them
//! block by block, in the cache of the thread that reads them.

use super::class_weighting::SampleWeights;
use super::column::one_hot_class;
use super::{ClassWeighting, Column, Element, HostBatch, Inputs, TruthEncoding, with_column};
use crate::exact::{MIN_EXACT_WEIGHT, is_double_weight, rounded_weight};
use crate::statistic::Schema;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

/// For samples that are weighed already.
static UNWEIGHTED: ClassWeighting = ClassWeighting::none();

/// Samples of one output in double precision.
#[derive(Clone, Copy)]
pub(crate) struct DoubleChunk<'a> {
    /// The schema of the samples.
    pub schema: Schema,
    samples: SampleWeights<'a>,
    losses: &'a Losses,
    /// The first sample.
    start: usize,
    len: usize,
}

/// What the conversion to `f64` has lost so far. Threads add to it.
#[derive(Debug, Default)]
pub(crate) struct Losses {
    /// Number of weights that lost digits or became zero.
    weights: AtomicU64,
    /// The bits of the largest |x − f64(x)| of a prediction, and of a truth.
    prediction: AtomicU64,
    truth: AtomicU64,
}

impl Losses {
    /// Number of weights that lost digits or became zero.
    pub fn weights(&self) -> u64 {
        self.weights.load(Ordering::Relaxed)
    }

    /// The largest |x − f64(x)| of a prediction, and of a truth.
    pub fn roundings(&self) -> [f64; 2] {
        [&self.prediction, &self.truth].map(|bits| f64::from_bits(bits.load(Ordering::Relaxed)))
    }
}

impl<'a> DoubleChunk<'a> {
    /// All samples of a batch with one output.
    pub(super) fn new(schema: Schema, samples: SampleWeights<'a>, losses: &'a Losses) -> Self {
        Self { schema, samples, losses, start: 0, len: samples.batch.samples(schema) }
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The samples of `range`.
    pub fn slice(&self, range: Range<usize>) -> Self {
        Self { start: self.start + range.start, len: range.len(), ..*self }
    }

    /// The bytes of the columns, in the order in which an engine reads them.
    pub fn bytes(&self) -> [&'a [u8]; 3] {
        let Self { schema, samples, .. } = self;
        let truth_width = match samples.batch.truth_encoding {
            TruthEncoding::OneHot => samples.classes as usize,
            _ => schema.truth_width(),
        };
        let bytes = |column: Column<'a>, width| {
            let column = column.slice(self.elements(width));
            with_column!(column, slice => bytemuck::cast_slice(slice))
        };
        [
            samples.batch.inputs.weight.map_or(&[][..], |column| bytes(column, 1)),
            bytes(samples.batch.inputs.prediction, schema.prediction_width()),
            bytes(samples.batch.truth(), truth_width),
        ]
    }

    /// Samples of a binary problem that is made of these: their scores, labels, weights and mask.
    pub fn binary_samples<'b>(
        &self,
        schema: Schema,
        scores: &'b [f64],
        labels: &'b [u32],
        weight: Option<&'b [f64]>,
        mask: &'b [bool],
    ) -> DoubleChunk<'b>
    where
        'a: 'b,
    {
        let inputs = Inputs {
            prediction: Column::F64(scores),
            truth: Some(Column::U32(labels)),
            weight: weight.map(Column::F64),
            mask: Some(Column::Bool(mask)),
            lengths: None,
        };
        let truth_encoding = TruthEncoding::Labels;
        let batch = HostBatch { inputs, truth_encoding, ..self.samples.batch };
        let samples =
            SampleWeights { batch, classes: 2, class_weighting: &UNWEIGHTED, double: true };
        DoubleChunk::new(schema, samples, self.losses)
    }

    /// Whether samples may be masked.
    pub fn may_mask(&self) -> bool {
        self.samples.may_mask()
    }

    /// Whether a sample is masked.
    pub fn is_masked(&self, index: usize) -> bool {
        self.samples.is_masked(self.start + index)
    }

    /// The predictions as `f64`, borrowed if that is their type. What is not a class becomes a
    /// number of 2^20 or more.
    #[inline(always)]
    pub fn prediction<'b>(&self, buffer: &'b mut Vec<f64>) -> &'b [f64]
    where
        'a: 'b,
    {
        let column = self.samples.batch.inputs.prediction;
        match self.schema.prediction_classes() {
            Some(_) => classes(column.slice(self.elements(1)), buffer),
            None => {
                let elements = self.elements(self.schema.prediction_width());
                reals(column.slice(elements), &self.losses.prediction, buffer)
            }
        }
    }

    /// The truths in the same form.
    #[inline(always)]
    pub fn truth<'b>(&self, buffer: &'b mut Vec<f64>) -> &'b [f64]
    where
        'a: 'b,
    {
        let column = self.samples.batch.truth();
        match self.schema.truth_classes() {
            Some(_) if self.samples.batch.truth_encoding == TruthEncoding::OneHot => {
                let width = self.samples.classes as usize;
                buffer.clear();
                with_column!(column.slice(self.elements(width)), slice => {
                    buffer.extend(slice.chunks(width).map(|row| f64::from(one_hot_class(row))));
                });
                buffer
            }
            Some(_) => classes(column.slice(self.elements(1)), buffer),
            None => {
                let elements = self.elements(self.schema.truth_width());
                reals(column.slice(elements), &self.losses.truth, buffer)
            }
        }
    }

    /// The weights, multiplied by the weights of their classes, borrowed if they are `f64` and
    /// classes have no weights; none if every weight is 1.
    #[inline(always)]
    pub fn weight<'b>(
        &self,
        class_of: impl Fn(usize) -> u32,
        buffer: &'b mut Vec<f64>,
    ) -> Option<&'b [f64]>
    where
        'a: 'b,
    {
        let SampleWeights { batch, class_weighting, .. } = self.samples;
        let column = batch.inputs.weight.map(|column| column.slice(self.elements(1)));
        if !class_weighting.has_class_weights()
            && let Column::F64(slice) = column?
        {
            return Some(slice);
        }
        buffer.clear();
        match column {
            Some(column) => {
                with_column!(column, slice => buffer.extend(slice.iter().map(|x| x.real())));
            }
            None => buffer.resize(self.len, 1.0),
        }
        if class_weighting.has_class_weights() {
            for (index, weight) in buffer.iter_mut().enumerate() {
                // An invalid weight stays invalid.
                if is_double_weight(*weight) {
                    *weight *= class_weighting.of_class(class_of(index));
                }
            }
        }
        Some(buffer)
    }

    /// A valid weight, rounded to a multiple of the unit of weights if it is too small for all of
    /// its bits.
    #[inline(always)]
    pub fn rounded_weight(&self, weight: f64) -> f64 {
        if weight >= MIN_EXACT_WEIGHT || weight == 0.0 {
            return weight;
        }
        let rounded = rounded_weight(weight);
        if rounded != weight {
            self.losses.weights.fetch_add(1, Ordering::Relaxed);
        }
        rounded
    }

    fn elements(&self, width: usize) -> Range<usize> {
        self.start * width..(self.start + self.len) * width
    }
}

/// Numbers as `f64`. `lost` becomes the bits of the largest rounding, if that is larger.
#[inline(always)]
fn reals<'a>(column: Column<'a>, lost: &AtomicU64, buffer: &'a mut Vec<f64>) -> &'a [f64] {
    let largest = |roundings: &mut dyn Iterator<Item = i128>| {
        let largest = roundings.map(i128::abs).max().unwrap_or_default();
        lost.fetch_max((largest as f64).to_bits(), Ordering::Relaxed);
    };
    match column {
        Column::F64(slice) => return slice,
        Column::I64(slice) => {
            largest(&mut slice.iter().map(|&x| i128::from(x) - (x as f64) as i128));
        }
        Column::U64(slice) => {
            largest(&mut slice.iter().map(|&x| i128::from(x) - (x as f64) as i128));
        }
        _ => {}
    }
    buffer.clear();
    with_column!(column, slice => buffer.extend(slice.iter().map(|x| x.real())));
    buffer
}

/// Classes as `f64`; a number above every class for anything else.
#[inline(always)]
fn classes<'a>(column: Column<'_>, buffer: &'a mut Vec<f64>) -> &'a [f64] {
    const NO_CLASS: f64 = u32::MAX as f64;
    buffer.clear();
    // Each conversion is one that vectorises.
    match column {
        Column::U8(slice) => buffer.extend(slice.iter().map(|&x| f64::from(x))),
        Column::Bool(slice) => buffer.extend(slice.iter().map(|&x| f64::from(u8::from(x)))),
        Column::U32(slice) => buffer.extend(slice.iter().map(|&x| f64::from(x))),
        Column::I32(slice) => buffer.extend(slice.iter().map(|&x| f64::from(x as u32))),
        Column::I64(slice) => {
            buffer.extend(slice.iter().map(|&x| f64::from((x as u64).min(u32::MAX.into()) as u32)));
        }
        Column::U64(slice) => {
            buffer.extend(slice.iter().map(|&x| f64::from(x.min(u32::MAX.into()) as u32)));
        }
        Column::F32(_) | Column::F64(_) => with_column!(column, slice => {
            buffer.extend(slice.iter().map(|x| {
                let x = x.real();
                if x.trunc() == x && x >= 0.0 { x } else { NO_CLASS }
            }));
        }),
    }
    buffer
}
