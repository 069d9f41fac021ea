//! The squared hinge loss of a score: the square of the hinge loss.

use crate::statistic::bits::square;
use crate::statistic::value::hinge::hinge;

/// Twin of `shaders/value/squared_hinge.wgsl`. Two roundings: within 2 ulp of the exact square.
#[inline(always)]
pub fn squared_hinge(prediction: u32, truth: u32, parameter: u32) -> u32 {
    let margin = hinge(prediction, truth, parameter);
    square(margin)
}
