//! The Brier score of a row of logits: Σ (p − y)² over all classes, p being their probabilities.

use super::{ValueDef, ValueRange};
use crate::kernel::bits::{Bits, MIN_RESULT_EXPONENT, ONE, field, square};
use crate::kernel::float::{minus, plus, quotient, times};
use crate::kernel::row::{RowSummary, exp_nonpositive, exp_sum_without_max, runner_up_over_max};
use crate::kernel::row_needs::RowNeeds;

pub(crate) const VALUE: ValueDef = ValueDef {
    range: ValueRange::NonNegative,
    ..ValueDef::of_row(|_| RowNeeds { squares: true, ..RowNeeds::LOGITS }, "any scores")
};

/// Twin of `shaders/kernel/value/softmax_brier.wgsl`. Within 6 ulp of the exact
/// sum, or 18 where hundreds of classes are so alike that their terms are rounded the same way.
#[inline(always)]
pub fn softmax_brier(row: &RowSummary, _parameter: Bits) -> Bits {
    let whole = plus(ONE, exp_sum_without_max(row));
    // Where the arg max is right, the sum is (ratio / whole)² (sum² + squares).
    let part = square(quotient(runner_up_over_max(row), whole));
    let both = plus(times(row.sum, row.sum), row.sum_of_squares);
    let right = if field(part) < MIN_RESULT_EXPONENT { part } else { times(part, both) };
    // Where it is wrong: what the truth lacks of 1, the arg max, and the others.
    let likelihood = exp_nonpositive(minus(row.truth_score, row.max));
    let lacking = plus(ONE, minus(exp_sum_without_max(row), likelihood));
    let squares = times(square(runner_up_over_max(row)), row.sum_of_squares);
    let others = minus(squares, times(likelihood, likelihood));
    let total = plus(plus(times(lacking, lacking), ONE), others);
    let wrong = quotient(total, times(whole, whole));
    if row.arg_max == row.truth { right } else { wrong }
}
