//! The log loss of a logit for the label that is not the sample's: what label smoothing adds.

use super::logit_loss::logit_loss;
use crate::kernel::bits::ONE;

/// Twin of `shaders/kernel/value/flipped_logit_loss.wgsl`. Within 2 ulp of the exact loss.
#[inline(always)]
pub fn flipped_logit_loss(prediction: u32, truth: u32, parameter: u32) -> u32 {
    logit_loss(prediction, ONE ^ truth, parameter)
}
