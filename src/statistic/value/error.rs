//! The difference, prediction − truth.

use crate::statistic::bits::difference;

/// Twin of `shaders/value/error.wgsl`. One rounding.
#[inline(always)]
pub fn error(prediction: u32, truth: u32, _parameter: u32) -> u32 {
    difference(prediction, truth)
}
