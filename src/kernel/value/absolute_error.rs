//! The absolute difference, |prediction − truth|.

use crate::kernel::bits::{difference, magnitude};

/// Twin of `shaders/kernel/value/absolute_error.wgsl`. One rounding.
#[inline(always)]
pub fn absolute_error(prediction: u32, truth: u32, _parameter: u32) -> u32 {
    magnitude(difference(prediction, truth))
}
