//! Twin of `shaders/statistic/calibration.wgsl`: which bin a probability falls into.

use crate::kernel::bits::{field, mantissa};

/// Most bins of a calibration: a mantissa of 24 bits times their number fits 32 bits.
pub const MAX_BINS: u32 = 256;

/// The bin of a probability, of `bins` equal ones over [0, 1]: min(⌊p·bins⌋, bins − 1), without
/// rounding. The last bin holds 1.
#[inline(always)]
pub fn bin(probability: u32, bins: u32) -> u32 {
    // p is mantissa / 2^shift, and at most 1.
    let product = mantissa(probability) * bins;
    let shift = 150 - field(probability);
    let index = if shift > 31 { 0 } else { product >> (shift & 31) };
    index.min(bins - 1)
}
