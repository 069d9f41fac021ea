//! The log loss of a row of probabilities against uniform truths: the mean of every class's log
//! loss.

use super::definition::{MIN_PROBABILITY, Parameters, ValueDef, ValueRange};
use crate::kernel::bits::{Bits, OUTSIDE};
use crate::kernel::row::{ROW_OUTSIDE, RowSummary};
use crate::kernel::row_f64::RowSummaryF64;
use crate::kernel::row_needs::RowNeeds;

pub(crate) const VALUE: ValueDef = ValueDef {
    parameters: Parameters::Within(MIN_PROBABILITY, 0.5),
    range: ValueRange::NonNegative,
    accepts_soft_truths: true,
    ..ValueDef::of_row(
        |min_probability| RowNeeds { mean: Some(min_probability), ..RowNeeds::PROBABILITIES },
        "predictions from 0 to 1",
    )
};

/// Twin of `shaders/kernel/value/uniform_cross_entropy_of_probabilities.wgsl`.
///
/// Within 3 ulp of the exact mean if the row sums to 1. The least probability that counts is the
/// one that the row was reduced with.
#[inline(always)]
pub fn uniform_cross_entropy_of_probabilities(row: &RowSummary, _parameter: Bits) -> Bits {
    if row.flags & ROW_OUTSIDE != 0 { OUTSIDE } else { row.mean }
}

/// The value in double precision. Within 3 ulp of the exact mean.
#[inline(always)]
pub fn double(row: &RowSummaryF64, _parameter: f64) -> f64 {
    if row.flags & ROW_OUTSIDE != 0 { f64::NAN } else { row.mean }
}
