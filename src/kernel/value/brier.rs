//! The Brier score of a probability, (p − y)²; a p outside [0, 1] is outside its domain.

use super::squared_error::squared_error;
use crate::kernel::bits::{ONE, OUTSIDE};

/// Twin of `shaders/kernel/value/brier.wgsl`. Two roundings: within 2 ulp of the exact square.
#[inline(always)]
pub fn brier(prediction: u32, truth: u32, parameter: u32) -> u32 {
    let squared = squared_error(prediction, truth, parameter);
    if prediction > ONE { OUTSIDE } else { squared }
}
