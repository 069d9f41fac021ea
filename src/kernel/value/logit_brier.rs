//! The Brier score of a logit z: the square of the probability of the wrong label.

use crate::kernel::bits::{ONE, square};
use crate::kernel::float::{SIGN, sigmoid};

/// Twin of `shaders/kernel/value/logit_brier.wgsl`. No cancellation; the square has twice
/// the relative error of the sigmoid, and one rounding: within 6.2 ulp of the exact one.
#[inline(always)]
pub fn logit_brier(prediction: u32, truth: u32, _parameter: u32) -> u32 {
    let sign = if truth == ONE { SIGN } else { 0 };
    let wrong = sigmoid(prediction ^ sign);
    square(wrong)
}
