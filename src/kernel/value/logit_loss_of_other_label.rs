//! The log loss of a logit for the label that is not the sample's: what label smoothing adds.

use super::logit_loss::logit_loss;
use crate::kernel::bits::ONE;

/// Twin of `shaders/kernel/value/logit_loss_of_other_label.wgsl`. Within 2 ulp of the exact loss.
#[inline(always)]
pub fn logit_loss_of_other_label(prediction: u32, truth: u32, parameter: u32) -> u32 {
    logit_loss(prediction, ONE ^ truth, parameter)
}
