//! The log loss of a row of logits against uniform truths: the mean of every class's log loss.

use super::definition::{ValueDef, ValueRange};
use crate::kernel::bits::Bits;
use crate::kernel::constant::Constant;
use crate::kernel::float::{ln1p, plus};
use crate::kernel::math_f64;
use crate::kernel::row::{RowSummary, exp_sum_without_max};
use crate::kernel::row_f64::RowSummaryF64;
use crate::kernel::row_needs::RowNeeds;

pub(crate) const VALUE: ValueDef = ValueDef {
    range: ValueRange::NonNegative,
    accepts_soft_truths: true,
    ..ValueDef::of_row(
        |_| RowNeeds { mean: Some(Constant::ZERO), ..RowNeeds::LOGITS },
        "any scores",
    )
};

/// Twin of `shaders/kernel/value/uniform_cross_entropy.wgsl`. Within 4 ulp of the exact mean.
#[inline(always)]
pub fn uniform_cross_entropy(row: &RowSummary, _parameter: Bits) -> Bits {
    plus(row.mean, ln1p(exp_sum_without_max(row)))
}

/// The value in double precision. Within 4 ulp of the exact mean.
#[inline(always)]
pub fn double(row: &RowSummaryF64, _parameter: f64) -> f64 {
    row.mean + math_f64::ln1p(row.exp_sum_without_max())
}
