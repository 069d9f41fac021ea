//! The log loss of a logit z: ln(1 + e^−z) for label 1, ln(1 + e^z) for label 0.

use crate::statistic::bits::ONE;
use crate::statistic::float::{SIGN, softplus};

/// Twin of `shaders/value/logit_loss.wgsl`. Within 2 ulp of the exact loss.
#[inline(always)]
pub fn logit_loss(prediction: u32, truth: u32, _parameter: u32) -> u32 {
    let sign = if truth == ONE { SIGN } else { 0 };
    softplus(prediction ^ sign)
}
