//! The squared hinge loss of a score: the square of the hinge loss.

use super::hinge::hinge;
use crate::kernel::bits::square;

/// Twin of `shaders/kernel/value/squared_hinge.wgsl`. Two roundings: within 2 ulp of the exact square.
#[inline(always)]
pub fn squared_hinge(prediction: u32, truth: u32, parameter: u32) -> u32 {
    let margin = hinge(prediction, truth, parameter);
    square(margin)
}
