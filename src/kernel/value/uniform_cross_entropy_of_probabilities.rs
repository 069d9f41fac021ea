//! The mean over all classes of what their log loss in a row of probabilities would be.

use crate::kernel::bits::OUTSIDE;
use crate::kernel::row::{ROW_OUTSIDE, RowSummary};

/// Twin of `shaders/kernel/value/uniform_cross_entropy_of_probabilities.wgsl`. Within 3 ulp of the exact mean of a row that
/// sums to 1.
///
/// Its least probability is that of the row's reduction.
#[inline(always)]
pub fn uniform_cross_entropy_of_probabilities(row: &RowSummary, _parameter: u32) -> u32 {
    if row.flags & ROW_OUTSIDE != 0 { OUTSIDE } else { row.mean }
}
