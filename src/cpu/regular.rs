//! A block of samples in regular form: finite, flushed numbers, weights that are valid or zero,
//! labels as 0.0 and 1.0.
//!
//! Inputs that are regular already are taken as they are. A block with anything unusual in it is
//! copied sample by sample, with a note of what was unusual, so that statistics can count it.

use super::block::SAMPLES;
use super::prefetch::Prefetcher;
use super::window::{Extent, Span};
use crate::batch::Piece;
use crate::statistic::bits::{
    FIELD_LIMIT, FIELD_MAX, ONE, field, flushed, magnitude, nonfinite, subnormal,
};
use crate::statistic::{Reads, Task, Weights};

/// What is unusual about a sample's inputs.
mod unusual {
    pub const PREDICTION_NONFINITE: u8 = 1;
    pub const TRUTH_NONFINITE: u8 = 2;
    pub const PREDICTION_SUBNORMAL: u8 = 4;
    pub const TRUTH_SUBNORMAL: u8 = 8;
}

/// A block in regular form.
#[derive(Clone, Copy)]
pub(super) struct Block<'a> {
    pub prediction: &'a [u32],
    pub truth: &'a [u32],
    /// Weights, 0 for invalid ones; none if every weight is 1.
    pub weight: Option<&'a [u32]>,
    /// The span of the weights; none if all are zero.
    pub weight_span: Option<Span>,
    /// For each sample, what is unusual about it; none if nothing is in the whole block.
    pub unusual: Option<&'a [u8]>,
}

impl Block<'_> {
    /// Whether a sample takes part in weighted values.
    pub fn weighs(&self, index: usize) -> bool {
        self.weight.is_none_or(|weight| weight[index] != 0)
    }

    /// Notes on a sample's inputs that a statistic looks at: (not finite, subnormal).
    pub fn notes(&self, index: usize, reads: Reads) -> (bool, bool) {
        let notes = self.unusual.map_or(0, |unusual| unusual[index]);
        let (mut nonfinite, mut subnormal) = (0, 0);
        if reads.prediction() {
            nonfinite |= unusual::PREDICTION_NONFINITE;
            subnormal |= unusual::PREDICTION_SUBNORMAL;
        }
        if reads.truth() {
            nonfinite |= unusual::TRUTH_NONFINITE;
            subnormal |= unusual::TRUTH_SUBNORMAL;
        }
        (notes & nonfinite != 0, notes & subnormal != 0)
    }
}

/// Memory for the inputs of a block that are not in regular form as they are.
pub(super) struct Copies {
    prediction: [u32; SAMPLES],
    truth: [u32; SAMPLES],
    weight: [u32; SAMPLES],
    unusual: [u8; SAMPLES],
}

impl Copies {
    pub fn new() -> Self {
        Self {
            prediction: [0; SAMPLES],
            truth: [0; SAMPLES],
            weight: [0; SAMPLES],
            unusual: [0; SAMPLES],
        }
    }

    /// Brings a part of at most [`SAMPLES`] samples into regular form, and counts its samples.
    /// Inputs that are regular already are not copied.
    #[inline(always)]
    pub fn load<'a>(
        &'a mut self,
        task: Task,
        part: &Piece<'a>,
        weights: &mut Weights,
        ahead: &mut Prefetcher<'_>,
    ) -> Block<'a> {
        let len = part.len();
        weights.samples += len as u64;
        let positive = part.weight.and_then(|raw| extent_of_positive(raw, ahead));
        let weight_copied = part.weight.is_some() && positive.is_none();
        if let Some(raw) = part.weight
            && weight_copied
        {
            let (zero, invalid) = copy_weights(raw, &mut self.weight);
            weights.zero_weight += u64::from(zero);
            weights.invalid_weight += u64::from(invalid);
        }
        let (mut prediction_copied, mut odd) = (false, false);
        if !all_plain(part.prediction, ahead) {
            odd = copy_regular(part.prediction, &mut self.prediction);
            prediction_copied = true;
        }
        let mut truth_copied = false;
        match task {
            Task::Regression if all_plain(part.truth, ahead) => {}
            Task::Regression => {
                odd |= copy_regular(part.truth, &mut self.truth);
                truth_copied = true;
            }
            Task::Binary => {
                odd |= copy_labels(part.truth, &mut self.truth);
                truth_copied = true;
            }
        }
        if odd {
            return self.load_unusual(task, part, weights);
        }
        let Self { prediction, truth, weight, .. } = self;
        let choose = |copied: bool, copy: &'a [u32; SAMPLES], given: &'a [u32]| -> &'a [u32] {
            if copied { &copy[..len] } else { given }
        };
        let weight = part.weight.map(|raw| choose(weight_copied, weight, raw));
        Block {
            prediction: choose(prediction_copied, prediction, part.prediction),
            truth: choose(truth_copied, truth, part.truth),
            weight,
            weight_span: positive.map_or_else(|| span_of_weights(weight), Extent::span),
            unusual: None,
        }
    }

    /// The same for a part with subnormal or nonfinite numbers or invalid labels: leaves out the
    /// last, and notes the others.
    #[cold]
    #[inline(never)]
    fn load_unusual(&mut self, task: Task, part: &Piece<'_>, weights: &mut Weights) -> Block<'_> {
        let Self { prediction, truth, weight, unusual } = self;
        copy_regular(part.prediction, prediction);
        match task {
            Task::Regression => copy_regular(part.truth, truth),
            Task::Binary => copy_labels(part.truth, truth),
        };
        if let Some(raw) = part.weight {
            copy_weights(raw, weight);
        }
        let mut kept = 0;
        for (index, (&p, &t)) in part.prediction.iter().zip(part.truth).enumerate() {
            let mut notes = 0;
            let mut note = |applies: bool, note: u8| notes |= if applies { note } else { 0 };
            note(nonfinite(p), unusual::PREDICTION_NONFINITE);
            note(subnormal(p), unusual::PREDICTION_SUBNORMAL);
            match task {
                Task::Binary if t > 1 => {
                    let weighs = part.weight.is_none() || weight[index] != 0;
                    weights.invalid_label.count(weighs);
                    continue;
                }
                Task::Binary => {}
                Task::Regression => {
                    note(nonfinite(t), unusual::TRUTH_NONFINITE);
                    note(subnormal(t), unusual::TRUTH_SUBNORMAL);
                }
            }
            prediction[kept] = prediction[index];
            truth[kept] = truth[index];
            weight[kept] = weight[index];
            unusual[kept] = notes;
            kept += 1;
        }
        let weight = part.weight.map(|_| &weight[..kept]);
        Block {
            prediction: &prediction[..kept],
            truth: &truth[..kept],
            weight,
            weight_span: span_of_weights(weight),
            unusual: Some(&unusual[..kept]),
        }
    }
}

/// Whether all numbers are normal: finite, not subnormal, not zero (one of the zeros is −0).
#[inline(always)]
fn all_plain(numbers: &[u32], ahead: &mut Prefetcher<'_>) -> bool {
    const LEAST: u32 = 1 << 23;
    const RANGE: u32 = (FIELD_MAX << 23) - LEAST;
    ahead.advance();
    let most = numbers.iter().fold(0, |most, &bits| most.max(magnitude(bits).wrapping_sub(LEAST)));
    most < RANGE
}

/// The extent of weights that are all valid, and none of them zero.
#[inline(always)]
fn extent_of_positive(weights: &[u32], ahead: &mut Prefetcher<'_>) -> Option<Extent> {
    // Negative numbers have the largest bits, and zero less one wraps to the largest of all.
    let (mut least, mut greatest) = (u32::MAX, 0);
    ahead.advance();
    for &w in weights {
        least = least.min(w.wrapping_sub(1));
        greatest = greatest.max(w.wrapping_sub(1));
    }
    (greatest < (FIELD_LIMIT << 23) - 1)
        .then(|| Extent { below_least: least, greatest: greatest + 1 })
}

/// Copies weights, 0 for invalid ones. Returns how many are zero, and how many invalid.
#[inline(always)]
fn copy_weights(weights: &[u32], out: &mut [u32; SAMPLES]) -> (u32, u32) {
    let (mut zero, mut invalid) = (0, 0);
    for (out, &w) in out.iter_mut().zip(weights) {
        zero += u32::from(magnitude(w) == 0);
        invalid += u32::from(!valid_weight(w));
        *out = if valid_weight(w) { magnitude(w) } else { 0 };
    }
    (zero, invalid)
}

#[inline(always)]
fn span_of_weights(weight: Option<&[u32]>) -> Option<Span> {
    match weight {
        None => Some(Span::ONE),
        Some(weight) => Extent::of(weight).span(),
    }
}

/// Copies flushed numbers, 0 for those that are not finite. True if any was changed.
#[inline(always)]
fn copy_regular(numbers: &[u32], out: &mut [u32; SAMPLES]) -> bool {
    let mut odd = 0;
    for (out, &bits) in out.iter_mut().zip(numbers) {
        odd |= u32::from(nonfinite(bits) | subnormal(bits));
        *out = if nonfinite(bits) { 0 } else { flushed(bits) };
    }
    odd != 0
}

/// Copies labels as the bits of 0.0 and 1.0. True if any was neither.
#[inline(always)]
fn copy_labels(labels: &[u32], out: &mut [u32; SAMPLES]) -> bool {
    let mut odd = 0;
    for (out, &label) in out.iter_mut().zip(labels) {
        odd |= u32::from(label > 1);
        *out = if label == 1 { ONE } else { 0 };
    }
    odd != 0
}

#[inline(always)]
fn valid_weight(bits: u32) -> bool {
    magnitude(bits) == 0 || (bits >> 31 == 0 && field(bits) < FIELD_LIMIT)
}
