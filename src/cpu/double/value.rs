//! Per-sample values of a block in double precision, and their admission to a total.

use super::block::DoubleBlock;
use super::magnitudes::Magnitudes;
use crate::exact::layout::{VALUE_LIMIT_EXPONENT, VALUE_UNIT_EXPONENT};
use crate::exact::two_to;
use crate::kernel::row::ROW_UNNORMALIZED;
use crate::statistic::{Faults, ValueSpec};

/// Smaller values have bits below the unit of values, and count as zero.
const MIN_EXPONENT: i32 = VALUE_UNIT_EXPONENT + 52;

/// Fills `out` with a value; 0 for samples that are left out.
#[inline(always)]
pub(in crate::cpu) fn evaluate(
    value: ValueSpec,
    block: &DoubleBlock<'_>,
    out: &mut [f64],
    faults: &mut Faults,
) -> Magnitudes {
    let ValueSpec { function, parameter } = value;
    function.fill_double(&block.inputs(), parameter.double, out);
    if function.may_clip() {
        faults.clipped += u64::from(count_clipped(value, block, out));
    }
    let magnitudes = Magnitudes::of(out);
    if block.flags.is_none() && magnitudes.within(MIN_EXPONENT, VALUE_LIMIT_EXPONENT) {
        return magnitudes;
    }
    repair(value, block, out, faults);
    Magnitudes::of(out)
}

/// Number of samples in the domain of a value whose inputs it clips.
#[inline(always)]
fn count_clipped(value: ValueSpec, block: &DoubleBlock<'_>, values: &[f64]) -> u32 {
    let ValueSpec { function, parameter } = value;
    let reads = function.reads();
    let counts = |index, value: f64| !value.is_nan() & !block.is_nonfinite(index, reads);
    function.count_double_clipped(&block.inputs(), parameter.double, values, counts)
}

/// Counts the samples whose value is invalid or too small, and sets it to 0.
#[cold]
#[inline(never)]
fn repair(value: ValueSpec, block: &DoubleBlock<'_>, out: &mut [f64], faults: &mut Faults) {
    for (index, number) in out.iter_mut().enumerate() {
        *number = kept(*number, index, value, block, faults).unwrap_or(0.0);
    }
}

/// The value of a sample, 0 if it is too small; none, with the fault counted, if the sample is left
/// out.
pub(in crate::cpu) fn kept(
    number: f64,
    index: usize,
    value: ValueSpec,
    block: &DoubleBlock<'_>,
    faults: &mut Faults,
) -> Option<f64> {
    let weighs = block.weighs(index);
    let magnitude = number.abs();
    let tiny = magnitude < two_to(MIN_EXPONENT) && number != 0.0;
    if block.is_nonfinite(index, value.function.reads()) {
        faults.nonfinite.count(weighs);
        return None;
    }
    if number.is_nan() {
        faults.outside.count(weighs);
        return None;
    }
    if magnitude >= two_to(VALUE_LIMIT_EXPONENT) {
        faults.overflow.count(weighs);
        return None;
    }
    faults.underflow += u64::from(tiny);
    let row = block.rows.get(index).filter(|_| value.function.is_of_probabilities());
    if row.is_some_and(|row| row.flags & ROW_UNNORMALIZED != 0) {
        faults.unnormalized += 1;
    }
    Some(if tiny { 0.0 } else { number })
}
