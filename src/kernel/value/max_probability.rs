//! The largest probability of a row of probabilities.

use super::definition::{ValueDef, ValueRange};
use crate::kernel::bits::{Bits, OUTSIDE};
use crate::kernel::row::{ROW_OUTSIDE, RowSummary};
use crate::kernel::row_f64::RowSummaryF64;
use crate::kernel::row_needs::RowNeeds;

pub(crate) const VALUE: ValueDef = ValueDef {
    range: ValueRange::Probability,
    accepts_soft_truths: true,
    ..ValueDef::of_row(|_| RowNeeds::PROBABILITIES, "predictions from 0 to 1")
};

/// Twin of `shaders/kernel/value/max_probability.wgsl`. Exact.
#[inline(always)]
pub fn max_probability(row: &RowSummary, _parameter: Bits) -> Bits {
    if row.flags & ROW_OUTSIDE != 0 { OUTSIDE } else { row.max }
}

/// The value in double precision. Exact.
#[inline(always)]
pub fn double(row: &RowSummaryF64, _parameter: f64) -> f64 {
    if row.flags & ROW_OUTSIDE != 0 { f64::NAN } else { row.max }
}
