//! Twin of `shaders/kernel/binning.wgsl`: the bins of a histogram of scores.
//!
//! Any division of the line into intervals is valid as long as both engines find a score's bin with
//! the same bits. The fewer samples of both labels share a bin, the narrower are the intervals that
//! bound a curve, so bins should be narrow where scores are dense. The line is therefore divided
//! twice: into bins of equal width, and by the leading bits of a distance, with the same number of
//! bins in each power of two. The index of a score's bin is the sum of its indices in both
//! divisions, so a bin ends wherever a bin of either division ends.
//!
//! * Probabilities: equal widths over [0, 1], and the distance from the nearer end, from 2^-33 to
//!   2^-1.
//! * Logits: equal widths over [−32, 32], and the distance from 0, from 2^-24 to 2^8.
//!
//! Scores beyond these limits fall into the outermost bins.

use super::bits::{ONE, field, magnitude, mantissa};
use super::float::{HALF, SIGN, minus, plus, times, whole};
use super::fragment::constants;

constants! {
    /// 32.
    LOGIT_LIMIT = 0x4200_0000;
    /// 2^-6: the reciprocal of the width of [−32, 32].
    LOGIT_PART = 0x3c80_0000;
    /// 2^-33.
    MIN_PROBABILITY_DISTANCE = 0x2f00_0000;
    /// 2^-24.
    MIN_LOGIT_DISTANCE = 0x3380_0000;
    /// One less than the difference between the bits of two distances of which one is 2^32 times
    /// the other.
    DISTANCE_RANGE = 0x0fff_ffff;
}

/// The integer part of a number that is not negative and below 2^24.
///
/// It is computed differently from its twin, because conversions do not vectorise. The result is
/// the same.
#[inline(always)]
fn whole_part(x: u32) -> u32 {
    let places = 150_u32.wrapping_sub(field(x));
    if places > 23 { 0 } else { mantissa(x) >> (places & 31) }
}

/// The bin of a distance among `side` bins that start at `min_distance`.
#[inline(always)]
pub fn distance_bin(distance: u32, min_distance: u32, side: u32) -> u32 {
    let above = distance.max(min_distance).min(min_distance + DISTANCE_RANGE) - min_distance;
    ((above >> 12) * side) >> 16
}

/// The bin of a score that is a probability.
#[inline(always)]
pub fn probability_bin(score: u32, even: u32, side: u32) -> u32 {
    let p = (score as i32).clamp(0, ONE as i32) as u32;
    let evenly = whole_part(times(p, whole(even))).min(even - 1);
    let upper = p >= HALF;
    let distance = if upper { minus(ONE, p) } else { p };
    let part = distance_bin(distance, MIN_PROBABILITY_DISTANCE, side);
    let mirrored = (2 * side).wrapping_sub(1).wrapping_sub(part);
    let by_distance = if upper { mirrored } else { part };
    evenly + if side == 0 { 0 } else { by_distance }
}

/// The bin of a score that is a logit.
#[inline(always)]
pub fn logit_bin(score: u32, even: u32, side: u32) -> u32 {
    let size = magnitude(score);
    let z = score & SIGN | size.min(LOGIT_LIMIT);
    let scaled = times(plus(z, LOGIT_LIMIT), times(whole(even), LOGIT_PART));
    let evenly = whole_part(scaled).min(even - 1);
    let part = distance_bin(size, MIN_LOGIT_DISTANCE, side);
    let mirrored = side.wrapping_sub(1).wrapping_sub(part);
    let by_distance = if score >> 31 == 1 { mirrored } else { side + part };
    evenly + if side == 0 { 0 } else { by_distance }
}
