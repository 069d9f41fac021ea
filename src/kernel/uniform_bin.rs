//! Twin of `shaders/kernel/uniform_bin.wgsl`: the bin of a probability among bins of equal width.

use super::bits::{field, mantissa};

/// The bin of a probability among `bins` bins of equal width over [0, 1]:
/// min(⌊p·bins⌋, bins − 1), without rounding. The last bin contains 1.
#[inline(always)]
pub fn uniform_bin(probability: u32, bins: u32) -> u32 {
    // p is mantissa / 2^shift, and at most 1.
    let product = mantissa(probability) * bins;
    let shift = 150 - field(probability);
    let index = if shift > 31 { 0 } else { product >> (shift & 31) };
    index.min(bins - 1)
}
