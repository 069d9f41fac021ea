//! Twin of `shaders/kernel/uniform_bin.wgsl`: the bin of a probability among bins of equal width.

use super::bits::{field, mantissa};

/// The bin of a probability among `bins` bins of equal width over [0, 1], at most 256. The last bin
/// contains 1.
///
/// Bin i begins at i / bins, rounded to the nearest `f32` as scores are: 0.7 belongs to the eighth
/// of ten bins, although `f32` has no number closer to 0.7 than one that is smaller. So a
/// probability belongs to the next bin if that begins less than half an ulp above it; no fraction
/// lies exactly half an ulp above a number.
#[inline(always)]
pub fn uniform_bin(probability: u32, bins: u32) -> u32 {
    // p is mantissa / 2^shift, and at most 1.
    let product = mantissa(probability) * bins;
    let shift = 150 - field(probability);
    let unit = 1 << (shift & 31);
    let index = if shift > 31 { 0 } else { product >> (shift & 31) };
    // The distance from the next bin. An ulp of p is `bins` of its units.
    let missing = unit - (product & (unit - 1));
    let reaches = shift <= 31 && missing <= (bins - 1) / 2;
    let reached = if reaches { index + 1 } else { index };
    reached.min(bins - 1)
}
