//! The difference, prediction − truth.

use crate::kernel::bits::difference;

/// Twin of `shaders/kernel/value/error.wgsl`. One rounding.
#[inline(always)]
pub fn error(prediction: u32, truth: u32, _parameter: u32) -> u32 {
    difference(prediction, truth)
}
