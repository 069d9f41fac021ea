//! The log loss of a row of logits: ln Σ e^z less the logit of the truth, or less what soft truths t
//! have of each, Σ t (ln Σ e^z − z).

use super::{ValueDef, ValueRange};
use crate::kernel::bits::{Bits, MIN_RESULT_EXPONENT, difference, field};
use crate::kernel::float::{ln1p, plus, times};
use crate::kernel::row::{ROW_SOFT, RowSummary, add_nonnegative, exp_sum_without_max};
use crate::kernel::row_needs::RowNeeds;

pub(crate) const VALUE: ValueDef = ValueDef {
    range: ValueRange::NonNegative,
    accepts_soft_truths: true,
    ..ValueDef::of_row(|_| RowNeeds { loss: Some(0), ..RowNeeds::LOGITS }, "any scores")
};

/// Twin of `shaders/kernel/value/softmax_loss.wgsl`. Within 4 ulp of the exact
/// loss, or 8 where hundreds of classes are so alike that their terms are rounded the same way; within
/// 2 more of that of soft truths, whose sums, sizes and products are rounded besides.
#[inline(always)]
pub fn softmax_loss(row: &RowSummary, _parameter: Bits) -> Bits {
    let gap = difference(row.max, row.truth_score);
    let least = ln1p(exp_sum_without_max(row));
    let hard = if gap == 0 { least } else { plus(gap, least) };
    let of_all =
        if field(least) < MIN_RESULT_EXPONENT { least } else { times(row.sum_of_squares, least) };
    if row.flags & ROW_SOFT != 0 { add_nonnegative(row.truth_score, of_all) } else { hard }
}
