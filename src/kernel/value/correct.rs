//! Whether the predicted class is the truth: 1 or 0.

use crate::kernel::bits::ONE;

/// Twin of `shaders/kernel/value/correct.wgsl`. Exact.
#[inline(always)]
pub fn correct(prediction: u32, truth: u32, _parameter: u32) -> u32 {
    if prediction == truth { ONE } else { 0 }
}
