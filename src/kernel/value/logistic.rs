//! The probability of label 1 that a logit z stands for, 1 / (1 + e^−z).

use crate::kernel::float::sigmoid;

/// Twin of `shaders/kernel/value/logistic.wgsl`. Within 2 ulp of the exact probability.
#[inline(always)]
pub fn logistic(prediction: u32, _truth: u32, _parameter: u32) -> u32 {
    sigmoid(prediction)
}
