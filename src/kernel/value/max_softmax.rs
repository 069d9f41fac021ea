//! The largest probability of a row of logits.

use super::definition::{ValueDef, ValueRange};
use crate::kernel::bits::{Bits, ONE};
use crate::kernel::float::{plus, quotient};
use crate::kernel::row::{RowSummary, exp_sum_without_max};
use crate::kernel::row_f64::RowSummaryF64;
use crate::kernel::row_needs::RowNeeds;

pub(crate) const VALUE: ValueDef = ValueDef {
    range: ValueRange::Probability,
    accepts_soft_truths: true,
    ..ValueDef::of_row(|_| RowNeeds::LOGITS, "any scores")
};

/// Twin of `shaders/kernel/value/max_softmax.wgsl`. Within 3 ulp of the exact probability, or
/// 8 if hundreds of classes are so similar that all their terms are rounded in the same direction.
#[inline(always)]
pub fn max_softmax(row: &RowSummary, _parameter: Bits) -> Bits {
    quotient(ONE, plus(ONE, exp_sum_without_max(row)))
}

/// The value in double precision. Within 3 ulp of the exact probability.
#[inline(always)]
pub fn double(row: &RowSummaryF64, _parameter: f64) -> f64 {
    1.0 / (1.0 + row.exp_sum_without_max())
}
