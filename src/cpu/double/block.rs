//! A normalized block of samples in double precision: finite numbers, weights that are valid or
//! zero, classes as numbers.
//!
//! Columns of `f64` without faults are used in place. Other columns are converted, and a block with
//! faults is copied sample by sample, with flags.

use super::magnitudes::Magnitudes;
use crate::batch::DoubleChunk;
use crate::cpu::normalize::BLOCK_SAMPLES;
use crate::cpu::prefetch::Prefetcher;
use crate::exact::layout::LIMIT_EXPONENT;
use crate::exact::{MIN_EXACT_WEIGHT_EXPONENT, is_double_weight};
use crate::kernel::row::{NO_CLASS, ROW_NONFINITE, ROW_SOFT, ROW_TRUTH_NONFINITE};
use crate::kernel::row_f64::{self, RowSummaryF64};
use crate::kernel::row_needs::RowNeeds;
use crate::kernel::value::DoubleInputs;
use crate::statistic::{Operands, Weights};
use std::cell::Cell;

/// Parts of a column between which the loop over it prefetches.
const PARTS: usize = 4;

/// Loops and parts of loops that prefetch while a block is normalized: one for the weights, and the
/// parts of two columns.
pub(in crate::cpu) const INPUT_STEPS: usize = 1 + 2 * PARTS;

/// A normalized block.
pub(in crate::cpu) struct DoubleBlock<'a> {
    pub prediction: &'a [f64],
    pub truth: &'a [f64],
    /// The row summaries, if predictions are rows.
    pub rows: &'a [RowSummaryF64],
    /// Weights, 0 for invalid ones; none if every weight is 1.
    pub weight: Option<&'a [f64]>,
    /// The magnitudes of the weights.
    pub weights: Magnitudes,
    /// The flags of each sample; none if no sample has any.
    pub flags: Option<&'a [u8]>,
    of_predictions: Cell<Option<Magnitudes>>,
    of_truths: Cell<Option<Magnitudes>>,
}

impl<'a> DoubleBlock<'a> {
    /// The inputs from which values are computed.
    #[inline(always)]
    pub fn inputs(&self) -> DoubleInputs<'a> {
        DoubleInputs { prediction: self.prediction, truth: self.truth, rows: self.rows }
    }

    /// The predictions and their magnitudes, which are found once.
    #[inline(always)]
    pub fn prediction_with_magnitudes(&self) -> (&'a [f64], Magnitudes) {
        (self.prediction, magnitudes_of(self.prediction, &self.of_predictions))
    }

    /// The truths and their magnitudes, which are found once.
    #[inline(always)]
    pub fn truth_with_magnitudes(&self) -> (&'a [f64], Magnitudes) {
        (self.truth, magnitudes_of(self.truth, &self.of_truths))
    }

    /// Whether a sample has positive weight.
    pub fn weighs(&self, index: usize) -> bool {
        self.weight.is_none_or(|weight| weight[index] != 0.0)
    }

    /// The weight of a sample.
    pub fn weight_of(&self, index: usize) -> f64 {
        self.weight.map_or(1.0, |weight| weight[index])
    }

    /// Whether an input that a statistic reads is not finite.
    pub fn is_nonfinite(&self, index: usize, reads: Operands) -> bool {
        let flags = self.flags.map_or(0, |flags| flags[index]);
        let prediction = if reads.prediction() { ROW_NONFINITE as u8 } else { 0 };
        let truth = if reads.truth() { ROW_TRUTH_NONFINITE as u8 } else { 0 };
        flags & (prediction | truth) != 0
    }
}

/// The magnitudes of numbers, if they are not known yet. Not a `OnceCell`, which would not be
/// compiled for the widest instruction set.
#[inline(always)]
fn magnitudes_of(numbers: &[f64], known: &Cell<Option<Magnitudes>>) -> Magnitudes {
    if let Some(magnitudes) = known.get() {
        return magnitudes;
    }
    let magnitudes = Magnitudes::of(numbers);
    known.set(Some(magnitudes));
    magnitudes
}

/// Memory for the inputs of a block.
#[derive(Default)]
pub(in crate::cpu) struct InputScratch {
    prediction: Vec<f64>,
    truth: Vec<f64>,
    weight: Vec<f64>,
    arg_max: Vec<f64>,
    classes: Vec<f64>,
    rows: Vec<RowSummaryF64>,
    kept: Kept,
}

/// The samples of a block with faults that count.
#[derive(Default)]
struct Kept {
    prediction: Vec<f64>,
    truth: Vec<f64>,
    weight: Vec<f64>,
    rows: Vec<RowSummaryF64>,
    flags: Vec<u8>,
}

impl InputScratch {
    /// Normalizes a chunk of a block's samples, and counts them.
    #[inline(always)]
    pub fn load<'a>(
        &'a mut self,
        row_needs: RowNeeds,
        part: &DoubleChunk<'a>,
        weights: &mut Weights,
        ahead: &mut Prefetcher<'_>,
    ) -> DoubleBlock<'a> {
        let schema = part.schema;
        let Self { prediction, truth, weight, arg_max, classes, rows, kept } = self;
        weights.samples += part.len() as u64;
        let (scores, truths) = (part.prediction(prediction), part.truth(truth));
        let (mut prediction, mut truth) = (scores, truths);
        if schema.rows {
            row_f64::reduce_all(row_needs, schema, scores, truths, rows);
            arg_max.clear();
            arg_max.extend(rows.iter().map(|row| f64::from(row.arg_max)));
            prediction = arg_max;
        }
        if schema.has_vectors() {
            classes.clear();
            classes.resize(part.len(), 0.0);
            truth = classes;
        } else if schema.soft {
            classes.clear();
            classes.extend(rows.iter().map(|row| f64::from(row.truth)));
            truth = classes;
        }
        let weight = part.weight(|index| truth[index] as u32, weight);
        ahead.advance();
        let weight_magnitudes = weight.map_or(Magnitudes::ONE, Magnitudes::of_weights);
        let truth_classes = if schema.soft { Some(schema.classes) } else { schema.truth_classes() };
        let is_regular = are_regular(prediction, schema.prediction_classes(), ahead)
            & are_regular(truth, truth_classes, ahead)
            & weight_magnitudes.within(MIN_EXACT_WEIGHT_EXPONENT, LIMIT_EXPONENT)
            & rows.iter().all(|row| row.flags & !ROW_SOFT == 0 || !schema.rows);
        let rows: &[_] = if schema.rows { rows } else { &[] };
        let whole = DoubleBlock {
            prediction,
            truth,
            rows,
            weight,
            weights: weight_magnitudes,
            flags: None,
            of_predictions: Cell::new(None),
            of_truths: Cell::new(None),
        };
        if is_regular && !part.may_mask() {
            if let Some(weight) = weight {
                weights.zero_weight += zeros(weight);
            }
            return whole;
        }
        kept.select(&whole, [schema.prediction_classes(), truth_classes], part, weights)
    }
}

impl Kept {
    /// Removes masked samples and samples with invalid labels, and flags the others.
    #[cold]
    #[inline(never)]
    fn select<'a>(
        &'a mut self,
        block: &DoubleBlock<'_>,
        [prediction_classes, truth_classes]: [Option<u32>; 2],
        part: &DoubleChunk<'_>,
        weights: &mut Weights,
    ) -> DoubleBlock<'a> {
        let Self { prediction, truth, weight, rows, flags } = self;
        prediction.clear();
        truth.clear();
        weight.clear();
        rows.clear();
        flags.clear();
        let masks = part.may_mask();
        for index in 0..part.len() {
            if masks && part.is_masked(index) {
                weights.masked += 1;
                continue;
            }
            let mut w = block.weight_of(index);
            if !is_double_weight(w) {
                weights.invalid_weight += 1;
                w = 0.0;
            } else if block.weight.is_some() {
                w = part.rounded_weight(w);
                weights.zero_weight += u64::from(w == 0.0);
            }
            let [p, t] = [block.prediction[index], block.truth[index]];
            let is_class = |x: f64, classes: Option<u32>| classes.is_none_or(|k| x < k.into());
            if !is_class(p, prediction_classes) || !is_class(t, truth_classes) {
                weights.invalid_label.count(w != 0.0);
                continue;
            }
            let mut flag = 0;
            if let Some(row) = block.rows.get(index) {
                flag |= row.flags as u8;
                rows.push(*row);
            }
            flag |= if p.is_finite() { 0 } else { ROW_NONFINITE as u8 };
            flag |= if t.is_finite() { 0 } else { ROW_TRUTH_NONFINITE as u8 };
            prediction.push(if p.is_finite() { p } else { 0.0 });
            truth.push(if t.is_finite() { t } else { 0.0 });
            weight.push(w);
            flags.push(flag);
        }
        let weight = block.weight.map(|_| &weight[..]);
        DoubleBlock {
            prediction,
            truth,
            rows,
            weight,
            weights: weight.map_or(Magnitudes::ONE, Magnitudes::of),
            flags: Some(flags),
            of_predictions: Cell::new(None),
            of_truths: Cell::new(None),
        }
    }
}

/// Whether all numbers are finite, or classes.
#[inline(always)]
fn are_regular(numbers: &[f64], classes: Option<u32>, ahead: &mut Prefetcher<'_>) -> bool {
    let limit = classes.map_or(f64::INFINITY, f64::from);
    let mut regular = 1_u64;
    for part in numbers.chunks(BLOCK_SAMPLES / PARTS) {
        ahead.advance();
        for x in part {
            regular &= u64::from(x.abs() < limit);
        }
    }
    regular == 1
}

#[inline(always)]
fn zeros(weights: &[f64]) -> u64 {
    let mut zeros = 0;
    for &w in weights {
        zeros += u64::from(w == 0.0);
    }
    zeros
}

const _: () = assert!(NO_CLASS == u32::MAX);
