//! Per-sample values of a block, and their admission to a total.

use super::block_sum::MagnitudeRange;
use super::normalize::Block;
use super::prefetch::Prefetcher;
use crate::kernel::bits::{
    FIELD_MAX, MIN_RESULT_EXPONENT, OUTSIDE, field, flushed, magnitude, ordered,
};
use crate::kernel::row::ROW_UNNORMALIZED;
use crate::statistic::{Faults, ValueSpec};

/// Fills `out` with the bits of a value; 0 for samples that are left out.
#[inline(always)]
pub(super) fn evaluate(
    value: ValueSpec,
    block: &Block<'_>,
    out: &mut [u32],
    faults: &mut Faults,
    ahead: &mut Prefetcher<'_>,
) -> MagnitudeRange {
    let (range, regular) = raw(value, block, out, faults, ahead);
    if regular {
        return range;
    }
    repair_values(value, block, out, faults);
    MagnitudeRange::of(out)
}

/// Fills `out` with keys in the order of the values; 0 for samples that are left out.
#[inline(always)]
pub(super) fn keys(
    value: ValueSpec,
    block: &Block<'_>,
    out: &mut [u32],
    faults: &mut Faults,
    ahead: &mut Prefetcher<'_>,
) {
    let (_, regular) = raw(value, block, out, faults, ahead);
    if regular {
        out.iter_mut().for_each(|bits| *bits = ordered(flushed(*bits)));
    } else {
        repair_keys(value, block, out, faults);
    }
}

/// Fills `out` with the bits of a value, unmodified, and counts those that clip. Returns their
/// range, and whether all can be added as they are.
#[inline(always)]
fn raw(
    value: ValueSpec,
    block: &Block<'_>,
    out: &mut [u32],
    faults: &mut Faults,
    ahead: &mut Prefetcher<'_>,
) -> (MagnitudeRange, bool) {
    ahead.advance();
    fill(value, block, out);
    if value.function.may_clip() {
        faults.clipped += u64::from(clipped(value, block, out));
    }
    let range = MagnitudeRange::of(out);
    (range, block.flags.is_none() && range.within(MIN_RESULT_EXPONENT, FIELD_MAX - 1))
}

/// Fills `out` with the bits of a value, unmodified.
#[inline(always)]
pub(super) fn fill(value: ValueSpec, block: &Block<'_>, out: &mut [u32]) {
    value.function.fill(&block.inputs(), value.parameter.bits(), out);
}

/// Number of samples in the domain of a value whose inputs it clips.
#[inline(always)]
fn clipped(value: ValueSpec, block: &Block<'_>, bits: &[u32]) -> u32 {
    let ValueSpec { function, parameter } = value;
    let (inputs, parameter) = (block.inputs(), parameter.bits());
    if block.flags.is_none() {
        return function.count_clipped(&inputs, parameter, bits, |_, bits| bits != OUTSIDE);
    }
    let reads = function.reads();
    let is_finite = |index| !block.input_flags(index, reads).0;
    function
        .count_clipped(&inputs, parameter, bits, |index, bits| is_finite(index) & (bits != OUTSIDE))
}

/// Counts the samples whose value is invalid or too small, and sets it to 0.
#[cold]
#[inline(never)]
fn repair_values(value: ValueSpec, block: &Block<'_>, out: &mut [u32], faults: &mut Faults) {
    for (index, bits) in out.iter_mut().enumerate() {
        *bits = kept(*bits, index, value, block, faults).unwrap_or(0);
    }
}

/// Counts the same samples, and converts the other values to keys; 0 for samples that are left
/// out.
#[cold]
#[inline(never)]
fn repair_keys(value: ValueSpec, block: &Block<'_>, out: &mut [u32], faults: &mut Faults) {
    for (index, bits) in out.iter_mut().enumerate() {
        let kept = kept(*bits, index, value, block, faults);
        *bits = kept.map_or(0, |bits| ordered(flushed(bits)));
    }
}

/// The value of a sample after flushing; none, with the fault counted, if the sample is left out.
pub(super) fn kept(
    bits: u32,
    index: usize,
    value: ValueSpec,
    block: &Block<'_>,
    faults: &mut Faults,
) -> Option<u32> {
    let (nonfinite, subnormal) = block.input_flags(index, value.function.reads());
    let weighs = block.weighs(index);
    let tiny = field(bits) < MIN_RESULT_EXPONENT && magnitude(bits) != 0;
    if nonfinite {
        faults.nonfinite.count(weighs);
    } else if bits == OUTSIDE {
        faults.outside.count(weighs);
    } else if field(bits) == FIELD_MAX {
        faults.overflow.count(weighs);
    } else if tiny || subnormal {
        faults.underflow += 1;
    }
    let left_out = nonfinite || field(bits) == FIELD_MAX;
    let row = block.rows.get(index).filter(|_| !left_out && value.function.is_of_probabilities());
    if row.is_some_and(|row| row.flags & ROW_UNNORMALIZED != 0) {
        faults.unnormalized += 1;
    }
    (!left_out).then_some(if tiny { 0 } else { bits })
}
