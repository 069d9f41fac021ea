//! Twin of `shaders/kernel/uniform_bin.wgsl`: which of several equal bins over [0, 1] a probability
//! falls into.

use super::bits::{field, mantissa};

/// The bin of a probability, of `bins` equal ones over [0, 1]: min(⌊p·bins⌋, bins − 1), without
/// rounding. The last bin holds 1.
#[inline(always)]
pub fn uniform_bin(probability: u32, bins: u32) -> u32 {
    // p is mantissa / 2^shift, and at most 1.
    let product = mantissa(probability) * bins;
    let shift = 150 - field(probability);
    let index = if shift > 31 { 0 } else { product >> (shift & 31) };
    index.min(bins - 1)
}
