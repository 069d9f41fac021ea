//! The largest probability of a row of logits.

use crate::kernel::bits::ONE;
use crate::kernel::float::{plus, quotient};
use crate::kernel::row::{RowSummary, exp_sum_without_max};

/// Twin of `shaders/kernel/value/max_softmax.wgsl`. Within 3 ulp of the exact
/// probability, or 8 where hundreds of classes are so alike that their terms are rounded the same
/// way.
#[inline(always)]
pub fn max_softmax(row: &RowSummary, _parameter: u32) -> u32 {
    quotient(ONE, plus(ONE, exp_sum_without_max(row)))
}
