//! The score itself, as a probability; a score outside [0, 1] is outside its domain.

use crate::kernel::bits::{ONE, OUTSIDE};

/// Twin of `shaders/kernel/value/probability.wgsl`. Exact.
#[inline(always)]
pub fn probability(prediction: u32, _truth: u32, _parameter: u32) -> u32 {
    if prediction > ONE { OUTSIDE } else { prediction }
}
