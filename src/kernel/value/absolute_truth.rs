//! The magnitude of the truth, |truth|.

use crate::kernel::bits::magnitude;

/// Twin of `shaders/kernel/value/absolute_truth.wgsl`. Exact.
#[inline(always)]
pub fn absolute_truth(_prediction: u32, truth: u32, _parameter: u32) -> u32 {
    magnitude(truth)
}
