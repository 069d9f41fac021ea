//! The Brier score of a probability, (p − y)²; a p outside [0, 1] is outside its domain.

use crate::statistic::bits::{ONE, OUTSIDE, difference, square};

/// Twin of `shaders/value/brier.wgsl`. Two roundings: within 2 ulp of the exact square.
#[inline(always)]
pub fn brier(prediction: u32, truth: u32, _parameter: u32) -> u32 {
    let d = difference(prediction, truth);
    let squared = square(d);
    if prediction > ONE { OUTSIDE } else { squared }
}
