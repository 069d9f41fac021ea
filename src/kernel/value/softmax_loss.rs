//! The log loss of a row of logits: ln Σ e^z − z of the true class, or Σ t (ln Σ e^z − z) over all
//! classes for soft truths t.

use super::definition::{ValueDef, ValueRange};
use crate::kernel::bits::{Bits, MIN_RESULT_EXPONENT, difference, field};
use crate::kernel::constant::Constant;
use crate::kernel::float::{ln1p, plus, times};
use crate::kernel::math_f64;
use crate::kernel::row::{ROW_SOFT, RowSummary, add_nonnegative, exp_sum_without_max};
use crate::kernel::row_f64::RowSummaryF64;
use crate::kernel::row_needs::RowNeeds;

pub(crate) const VALUE: ValueDef = ValueDef {
    range: ValueRange::NonNegative,
    accepts_soft_truths: true,
    ..ValueDef::of_row(
        |_| RowNeeds { loss: Some(Constant::ZERO), ..RowNeeds::LOGITS },
        "any scores",
    )
};

/// Twin of `shaders/kernel/value/softmax_loss.wgsl`.
///
/// Within 4 ulp of the exact loss, or 8 if hundreds of classes are so similar that all their terms
/// are rounded in the same direction. With soft truths 2 ulp more, since their sums, gaps and
/// products are rounded too.
#[inline(always)]
pub fn softmax_loss(row: &RowSummary, _parameter: Bits) -> Bits {
    let gap = difference(row.max, row.truth_score);
    let log_sum = ln1p(exp_sum_without_max(row));
    let hard = if gap == 0 { log_sum } else { plus(gap, log_sum) };
    let of_all = if field(log_sum) < MIN_RESULT_EXPONENT {
        log_sum
    } else {
        times(row.sum_of_squares, log_sum)
    };
    if row.flags & ROW_SOFT != 0 { add_nonnegative(row.truth_score, of_all) } else { hard }
}

/// The value in double precision. Within 4 ulp of the exact loss.
#[inline(always)]
pub fn double(row: &RowSummaryF64, _parameter: f64) -> f64 {
    let log_sum = math_f64::ln1p(row.exp_sum_without_max());
    if row.flags & ROW_SOFT != 0 {
        row.truth_score + row.sum_of_squares * log_sum
    } else {
        (row.max - row.truth_score) + log_sum
    }
}
