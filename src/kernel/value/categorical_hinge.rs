//! The hinge loss of a row of scores: max(0, 1 + the largest score of another class − the truth's).

use super::definition::{ValueDef, ValueRange};
use crate::kernel::bits::{Bits, FIELD_MAX, MIN_RESULT_EXPONENT, ONE, field};
use crate::kernel::double::two_sum;
use crate::kernel::double_f64;
use crate::kernel::float::{SIGN, minus};
use crate::kernel::row::RowSummary;
use crate::kernel::row_f64::RowSummaryF64;
use crate::kernel::row_needs::RowNeeds;

pub(crate) const VALUE: ValueDef = ValueDef {
    range: ValueRange::NonNegative,
    ..ValueDef::of_row(|_| RowNeeds::ROWS, "any scores")
};

/// Twin of `shaders/kernel/value/categorical_hinge.wgsl`. Within 1 ulp of the exact loss.
#[inline(always)]
pub fn categorical_hinge(row: &RowSummary, _parameter: Bits) -> Bits {
    let other = if row.arg_max == row.truth { row.runner_up } else { row.max };
    let lead = two_sum(row.truth_score, other ^ SIGN);
    let low = if field(lead.low) < MIN_RESULT_EXPONENT { 0 } else { lead.low };
    let loss = minus(minus(ONE, lead.high), low);
    let bounded = if field(lead.high) == FIELD_MAX { lead.high ^ SIGN } else { loss };
    if bounded >> 31 == 1 { 0 } else { bounded }
}

/// The value in double precision. Within 2 ulp of the exact loss.
#[inline(always)]
pub fn double(row: &RowSummaryF64, _parameter: f64) -> f64 {
    let other = if row.arg_max == row.truth { row.runner_up } else { row.max };
    let lead = double_f64::two_sum(row.truth_score, -other);
    let loss = (1.0 - lead.high) - lead.low;
    let bounded = if lead.high.is_finite() { loss } else { -lead.high };
    if bounded < 0.0 { 0.0 } else { bounded }
}
