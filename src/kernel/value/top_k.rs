//! Whether the truth is one of the k classes of the largest scores: 1 or 0.

use crate::kernel::bits::ONE;
use crate::kernel::row::RowSummary;

/// Twin of `shaders/kernel/value/top_k.wgsl`. `parameter` is k, as a number.
#[inline(always)]
pub fn top_k(row: &RowSummary, parameter: u32) -> u32 {
    let rank = (row.rank as f32).to_bits();
    if rank < parameter { ONE } else { 0 }
}
