//! The log loss of a probability for the label that is not the sample's: what label smoothing adds.

use super::log_loss::{log_loss, log_loss_clips};
use crate::kernel::bits::ONE;

/// Twin of `shaders/kernel/value/log_loss_of_other_label.wgsl`. Within 2 ulp of the exact loss.
#[inline(always)]
pub fn log_loss_of_other_label(prediction: u32, truth: u32, parameter: u32) -> u32 {
    log_loss(prediction, ONE ^ truth, parameter)
}

/// Whether the probability of that label is less than `parameter`.
#[inline(always)]
pub fn log_loss_of_other_label_clips(prediction: u32, truth: u32, parameter: u32) -> bool {
    log_loss_clips(prediction, ONE ^ truth, parameter)
}
