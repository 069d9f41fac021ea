//! Twin of `shaders/kernel/binning.wgsl`: which bin of a histogram of scores a score falls into.
//!
//! Any division of the line into intervals will do that both engines find by the same bits; how
//! narrow a certified interval is depends on how few samples of both labels share one. So bins are
//! narrow where scores crowd. The line is divided twice: evenly, and by the leading bits of a
//! distance, which has as many bins in each power of two. The index of a bin is the sum of both
//! indices: the bins are those that the ends of both make.
//!
//! * Probabilities: evenly over [0, 1], and by the distance from the nearer end, from 2^-33 to
//!   2^-1.
//! * Logits: evenly over [−32, 32], and by the distance from 0, from 2^-24 to 2^8.
//!
//! What lies beyond falls into the outermost bins.

use super::bits::{ONE, field, magnitude, mantissa};
use super::float::{HALF, SIGN, constants, minus, plus, times, whole};

constants! {
    /// 32.
    LOGIT_LIMIT = 0x4200_0000;
    /// 2^-6, of the 64 from −32 to 32.
    LOGIT_PART = 0x3c80_0000;
    /// 2^-33.
    MIN_PROBABILITY_DISTANCE = 0x2f00_0000;
    /// 2^-24.
    MIN_LOGIT_DISTANCE = 0x3380_0000;
    /// As many bits lie between distances that are 2^32 times apart, less one.
    DISTANCE_RANGE = 0x0fff_ffff;
}

/// The whole part of a number that is not negative and below 2^24.
///
/// It differs from its twin in how it comes to the result: conversions do not vectorise.
#[inline(always)]
fn whole_part(x: u32) -> u32 {
    let places = 150_u32.wrapping_sub(field(x));
    if places > 23 { 0 } else { mantissa(x) >> (places & 31) }
}

/// Which of `side` parts of equal numbers of bits a distance falls into, from one that is `least`.
#[inline(always)]
pub fn distance_bin(distance: u32, least: u32, side: u32) -> u32 {
    let above = distance.max(least).min(least + DISTANCE_RANGE) - least;
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
