//! Whether the truth is one of the k classes of the largest scores: 1 or 0.

use crate::statistic::bits::ONE;
use crate::statistic::row::Row;

/// Twin of `shaders/value/top_k.wgsl`. `parameter` is k, as a number.
#[inline(always)]
pub fn top_k(row: &Row, parameter: u32) -> u32 {
    let rank = (row.rank as f32).to_bits();
    if rank < parameter { ONE } else { 0 }
}
