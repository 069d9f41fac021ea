//! The largest of a row of probabilities.

use crate::kernel::bits::OUTSIDE;
use crate::kernel::row::{ROW_OUTSIDE, RowSummary};

/// Twin of `shaders/kernel/value/max_probability.wgsl`. Exact.
#[inline(always)]
pub fn max_probability(row: &RowSummary, _parameter: u32) -> u32 {
    if row.flags & ROW_OUTSIDE != 0 { OUTSIDE } else { row.max }
}
