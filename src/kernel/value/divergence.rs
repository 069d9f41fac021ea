//! The Kullback-Leibler divergence of a row of predicted probabilities from the true ones,
//! Σ t ln(t / p).

use crate::kernel::bits::OUTSIDE;
use crate::kernel::row::{ROW_CLIPPED, ROW_OUTSIDE, RowSummary};

/// Twin of `shaders/kernel/value/divergence.wgsl`. Within 4 ulp of Σ (t ln(t/p) − t + p) + |Σ (t − p)|, the
/// latter of which is 0 where both rows sum to the same.
/// `parameter` is the least prediction that counts: the rows were reduced with it.
#[inline(always)]
pub fn divergence(row: &RowSummary, _parameter: u32) -> u32 {
    if row.flags & ROW_OUTSIDE != 0 { OUTSIDE } else { row.mean }
}

/// Whether a prediction is less than the least that counts, and the truth there is not 0.
#[inline(always)]
pub fn divergence_clips(row: &RowSummary, _parameter: u32) -> bool {
    row.flags & ROW_CLIPPED != 0
}
