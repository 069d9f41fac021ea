//! The log loss of a logit z: ln(1 + e^−z) for label 1, ln(1 + e^z) for label 0.

use crate::kernel::bits::ONE;
use crate::kernel::float::{SIGN, softplus};

/// Twin of `shaders/kernel/value/logit_loss.wgsl`. Within 2 ulp of the exact loss.
#[inline(always)]
pub fn logit_loss(prediction: u32, truth: u32, _parameter: u32) -> u32 {
    let sign = if truth == ONE { SIGN } else { 0 };
    softplus(prediction ^ sign)
}
