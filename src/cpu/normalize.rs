//! A normalized block of samples: finite, flushed numbers, weights that are valid or zero, classes
//! as integers. For a row of scores, the prediction is the class with the largest score.
//!
//! Inputs that are already normalized are used in place. A block with other inputs, such as NaN or
//! invalid labels, is copied sample by sample, with flags that describe each sample, so that
//! statistics can count faults.

use super::block_sum::{BitRange, MagnitudeRange};
use super::prefetch::Prefetcher;
use super::rows;
use crate::batch::Chunk;
use crate::kernel::bits::{
    FIELD_LIMIT, FIELD_MAX, MASKED, finite_or_zero, magnitude, nonfinite, subnormal, valid_weight,
};
use crate::kernel::row::ROW_SOFT;
use crate::kernel::row::RowSummary;
use crate::kernel::row_needs::RowNeeds;
use crate::kernel::value::ValueInputs;
use crate::statistic::{Operands, Weights};
use std::cell::Cell;

/// Samples per block. Its inputs, its values and the inputs of the next block take 14 KiB, well
/// within a first-level cache. Measured: as fast as other sizes from 256 to 2048, or faster.
pub(super) const BLOCK_SAMPLES: usize = 512;

/// Flags for the inputs of a sample.
mod flag {
    use crate::kernel::row;

    pub const PREDICTION_NONFINITE: u8 = row::ROW_NONFINITE as u8;
    pub const TRUTH_NONFINITE: u8 = 2;
    pub const PREDICTION_SUBNORMAL: u8 = row::ROW_SUBNORMAL as u8;
    pub const TRUTH_SUBNORMAL: u8 = 8;
}

/// A normalized block.
pub(super) struct Block<'a> {
    pub prediction: &'a [u32],
    pub truth: &'a [u32],
    /// The row summaries, if predictions are rows of scores.
    pub rows: &'a [RowSummary],
    /// Weights, 0 for invalid ones; none if every weight is 1.
    pub weight: Option<&'a [u32]>,
    /// The bits of the weights; none if all are zero.
    pub weight_bits: Option<BitRange>,
    /// The flags of each sample; none if no sample of the block has any.
    pub flags: Option<&'a [u8]>,
    prediction_range: Cell<Option<MagnitudeRange>>,
    truth_range: Cell<Option<MagnitudeRange>>,
}

impl<'a> Block<'a> {
    /// The inputs from which values are computed.
    #[inline(always)]
    pub fn inputs(&self) -> ValueInputs<'a> {
        ValueInputs { prediction: self.prediction, truth: self.truth, rows: self.rows }
    }

    /// The predictions and their magnitudes, which are found once.
    #[inline(always)]
    pub fn prediction_with_range(&self) -> (&'a [u32], MagnitudeRange) {
        (self.prediction, range_of(self.prediction, &self.prediction_range))
    }

    /// The truths and their magnitudes, which are found once.
    #[inline(always)]
    pub fn truth_with_range(&self) -> (&'a [u32], MagnitudeRange) {
        (self.truth, range_of(self.truth, &self.truth_range))
    }

    /// Whether a sample has positive weight.
    pub fn weighs(&self, index: usize) -> bool {
        self.weight.is_none_or(|weight| weight[index] != 0)
    }

    /// The flags of a sample's inputs that a statistic reads: (not finite, subnormal).
    pub fn input_flags(&self, index: usize, reads: Operands) -> (bool, bool) {
        let flags = self.flags.map_or(0, |flags| flags[index]);
        let (mut nonfinite, mut subnormal) = (0, 0);
        if reads.prediction() {
            nonfinite |= flag::PREDICTION_NONFINITE;
            subnormal |= flag::PREDICTION_SUBNORMAL;
        }
        if reads.truth() {
            nonfinite |= flag::TRUTH_NONFINITE;
            subnormal |= flag::TRUTH_SUBNORMAL;
        }
        (flags & nonfinite != 0, flags & subnormal != 0)
    }
}

/// The magnitudes of numbers, if they are not known yet. Not a `OnceCell`, which would not be
/// compiled for the widest instruction set.
#[inline(always)]
fn range_of(numbers: &[u32], known: &Cell<Option<MagnitudeRange>>) -> MagnitudeRange {
    if let Some(range) = known.get() {
        return range;
    }
    let range = MagnitudeRange::of(numbers);
    known.set(Some(range));
    range
}

/// Memory for the inputs of a block that need to be normalized.
pub(super) struct InputScratch {
    prediction: [u32; BLOCK_SAMPLES],
    truth: [u32; BLOCK_SAMPLES],
    weight: [u32; BLOCK_SAMPLES],
    flags: [u8; BLOCK_SAMPLES],
    rows: Vec<RowSummary>,
    scores: rows::RowScratch,
}

impl InputScratch {
    pub fn new() -> Self {
        Self {
            prediction: [0; BLOCK_SAMPLES],
            truth: [0; BLOCK_SAMPLES],
            weight: [0; BLOCK_SAMPLES],
            flags: [0; BLOCK_SAMPLES],
            rows: Vec::new(),
            scores: rows::RowScratch::default(),
        }
    }

    /// Normalizes a chunk of at most [`BLOCK_SAMPLES`] samples and counts its samples. Inputs that
    /// are already normalized are not copied.
    #[inline(always)]
    pub fn load<'a>(
        &'a mut self,
        row_needs: RowNeeds,
        part: &Chunk<'a>,
        weights: &mut Weights,
        ahead: &mut Prefetcher<'_>,
    ) -> Block<'a> {
        let schema = part.schema;
        let len = part.len();
        weights.samples += len as u64;
        let positive = part.weight.and_then(|raw| range_of_positive(raw, ahead));
        let weight_copied = part.weight.is_some() && positive.is_none();
        let mut has_flags = false;
        if let Some(raw) = part.weight
            && weight_copied
        {
            let (zero, invalid) = copy_weights(raw, &mut self.weight);
            let masked = if part.masked { count_masked(raw) } else { 0 };
            weights.zero_weight += u64::from(zero);
            weights.invalid_weight += u64::from(invalid - masked); // no valid weight is MASKED
            weights.masked += u64::from(masked);
            has_flags = masked > 0;
        }
        let classes_or_rows = schema.rows || schema.prediction_classes().is_some();
        let prediction_copied = classes_or_rows || !all_normal(part.prediction, ahead);
        let classes_or_rows = schema.truth_width() > 1 || schema.truth_classes().is_some();
        let truth_copied = classes_or_rows || !all_normal(part.truth, ahead);
        if schema.rows {
            self.rows.resize(len, RowSummary::default());
            rows::reduce(row_needs, part, &mut self.scores, &mut self.rows, ahead);
            has_flags |= self.copy_arg_max();
        } else if prediction_copied {
            has_flags |= copy(part.prediction, schema.prediction_classes(), &mut self.prediction);
        }
        if schema.has_vectors() {
            self.truth[..len].fill(0);
        } else if schema.soft {
            has_flags |= self.copy_soft_classes(schema.classes);
        } else if truth_copied {
            has_flags |= copy(part.truth, schema.truth_classes(), &mut self.truth);
        }
        if has_flags {
            return self.normalize_flagged(part, weights);
        }
        let Self { prediction, truth, weight, rows, .. } = self;
        let choose = |copied: bool, copy: &'a [u32; BLOCK_SAMPLES], raw: &'a [u32]| -> &'a [u32] {
            if copied { &copy[..len] } else { raw }
        };
        let weight = part.weight.map(|raw| choose(weight_copied, weight, raw));
        Block {
            prediction: choose(prediction_copied, prediction, part.prediction),
            truth: choose(truth_copied, truth, part.truth),
            rows: if schema.rows { rows } else { &[] },
            weight,
            weight_bits: positive.map_or_else(|| bits_of_weights(weight), MagnitudeRange::bits),
            flags: None,
            prediction_range: Cell::new(None),
            truth_range: Cell::new(None),
        }
    }

    /// Copies the class of the largest score of each row. Returns whether any row has flags.
    #[inline(always)]
    fn copy_arg_max(&mut self) -> bool {
        let mut flags = 0;
        for (out, row) in self.prediction.iter_mut().zip(&self.rows) {
            flags |= row.flags & !ROW_SOFT;
            *out = (row.arg_max as i32 as f32).to_bits();
        }
        flags != 0
    }

    /// Copies the class of each soft truth. Returns whether any is invalid.
    fn copy_soft_classes(&mut self, classes: u32) -> bool {
        let mut has_flags = false;
        for (out, row) in self.truth.iter_mut().zip(&self.rows) {
            has_flags |= row.truth >= classes;
            *out = if row.truth < classes { (row.truth as f32).to_bits() } else { 0 };
        }
        has_flags
    }

    /// Normalizes a chunk with subnormal or nonfinite numbers, invalid labels or masked samples:
    /// removes samples with invalid labels and masked samples, and flags the others.
    #[cold]
    #[inline(never)]
    fn normalize_flagged(&mut self, part: &Chunk<'_>, weights: &mut Weights) -> Block<'_> {
        let schema = part.schema;
        let Self { prediction, truth, weight, flags, rows, .. } = self;
        if !schema.rows {
            copy(part.prediction, schema.prediction_classes(), prediction);
        }
        let truth_classes = if schema.soft { Some(schema.classes) } else { schema.truth_classes() };
        if schema.truth_width() == 1 {
            copy(part.truth, truth_classes, truth);
        }
        if let Some(raw) = part.weight {
            copy_weights(raw, weight);
        }
        let mut kept = 0;
        for index in 0..part.len() {
            if part.is_masked(index) {
                continue;
            }
            let t = match () {
                () if schema.has_vectors() => 0,
                () if schema.soft => rows[index].truth,
                () => part.truth[index],
            };
            let p = if schema.rows { 0 } else { part.prediction[index] };
            let is_no_class =
                |word: u32, classes: Option<u32>| classes.is_some_and(|classes| word >= classes);
            if is_no_class(p, schema.prediction_classes()) || is_no_class(t, truth_classes) {
                let weighs = part.weight.is_none() || weight[index] != 0;
                weights.invalid_label.count(weighs);
                continue;
            }
            let mut sample_flags = 0;
            if schema.rows {
                sample_flags |= rows[index].flags as u8;
                rows[kept] = rows[index];
            } else if schema.prediction_classes().is_none() {
                sample_flags |= if nonfinite(p) { flag::PREDICTION_NONFINITE } else { 0 };
                sample_flags |= if subnormal(p) { flag::PREDICTION_SUBNORMAL } else { 0 };
            }
            if truth_classes.is_none() {
                sample_flags |= if nonfinite(t) { flag::TRUTH_NONFINITE } else { 0 };
                sample_flags |= if subnormal(t) { flag::TRUTH_SUBNORMAL } else { 0 };
            }
            prediction[kept] = prediction[index];
            truth[kept] = truth[index];
            weight[kept] = weight[index];
            flags[kept] = sample_flags;
            kept += 1;
        }
        let weight = part.weight.map(|_| &weight[..kept]);
        Block {
            prediction: &prediction[..kept],
            truth: &truth[..kept],
            rows: if schema.rows { &rows[..kept] } else { &[] },
            weight,
            weight_bits: bits_of_weights(weight),
            flags: Some(&flags[..kept]),
            prediction_range: Cell::new(None),
            truth_range: Cell::new(None),
        }
    }
}

/// Whether all numbers are normal: finite, not subnormal, not zero (a zero may be −0).
#[inline(always)]
fn all_normal(numbers: &[u32], ahead: &mut Prefetcher<'_>) -> bool {
    const MIN: u32 = 1 << 23;
    const RANGE: u32 = (FIELD_MAX << 23) - MIN;
    ahead.advance();
    let max = numbers.iter().fold(0, |max, &bits| max.max(magnitude(bits).wrapping_sub(MIN)));
    max < RANGE
}

/// The magnitudes of the weights; none unless all are valid and positive.
#[inline(always)]
fn range_of_positive(weights: &[u32], ahead: &mut Prefetcher<'_>) -> Option<MagnitudeRange> {
    // Negative numbers have the largest bits, and zero minus one wraps to the largest integer.
    let (mut below_min, mut below_max) = (u32::MAX, 0);
    ahead.advance();
    for &w in weights {
        below_min = below_min.min(w.wrapping_sub(1));
        below_max = below_max.max(w.wrapping_sub(1));
    }
    (below_max < (FIELD_LIMIT << 23) - 1).then(|| MagnitudeRange { below_min, max: below_max + 1 })
}

/// Copies weights, with 0 for invalid ones. Returns the number of zero and of invalid weights.
#[inline(always)]
fn copy_weights(weights: &[u32], out: &mut [u32; BLOCK_SAMPLES]) -> (u32, u32) {
    let (mut zero, mut invalid) = (0, 0);
    for (out, &w) in out.iter_mut().zip(weights) {
        zero += u32::from(magnitude(w) == 0);
        invalid += u32::from(!valid_weight(w));
        *out = if valid_weight(w) { magnitude(w) } else { 0 };
    }
    (zero, invalid)
}

/// Number of masked samples.
#[inline(always)]
fn count_masked(weights: &[u32]) -> u32 {
    weights.iter().map(|&w| u32::from(w == MASKED)).sum()
}

#[inline(always)]
fn bits_of_weights(weight: Option<&[u32]>) -> Option<BitRange> {
    match weight {
        None => Some(BitRange::ONE),
        Some(weight) => MagnitudeRange::of(weight).bits(),
    }
}

/// Copies flushed numbers, with 0 for those that are not finite. Returns whether any was changed.
#[inline(always)]
fn copy_numbers(numbers: &[u32], out: &mut [u32; BLOCK_SAMPLES]) -> bool {
    let mut has_flags = 0;
    for (out, &bits) in out.iter_mut().zip(numbers) {
        has_flags |= u32::from(nonfinite(bits) | subnormal(bits));
        *out = finite_or_zero(bits);
    }
    has_flags != 0
}

/// Copies and normalizes numbers or classes. Returns whether any was changed.
#[inline(always)]
fn copy(words: &[u32], classes: Option<u32>, out: &mut [u32; BLOCK_SAMPLES]) -> bool {
    match classes {
        None => copy_numbers(words, out),
        Some(classes) => copy_classes(words, classes, out),
    }
}

/// Copies classes as `f32` integers, with 0 for invalid classes. Returns whether any was invalid.
#[inline(always)]
fn copy_classes(words: &[u32], classes: u32, out: &mut [u32; BLOCK_SAMPLES]) -> bool {
    let mut has_flags = 0;
    for (out, &word) in out.iter_mut().zip(words) {
        has_flags |= u32::from(word >= classes);
        let class = if word < classes { word } else { 0 };
        *out = (class as i32 as f32).to_bits(); // as i32, which every instruction set converts
    }
    has_flags != 0
}
