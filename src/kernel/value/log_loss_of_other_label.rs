//! The log loss of a probability for the label that the sample does not have, which label smoothing
//! adds.

use super::definition::{MIN_PROBABILITY, MathModule, Operands, Parameters, ValueDef, ValueRange};
use super::log_loss;
use super::log_loss::{log_loss, log_loss_clips};
use crate::kernel::bits::{Bits, ONE};
use crate::kernel::fragment;

pub(crate) const VALUE: ValueDef = ValueDef {
    parameters: Parameters::Within(MIN_PROBABILITY, 0.5),
    range: ValueRange::NonNegative,
    modules: &[MathModule::Float],
    calls: &[fragment!("kernel/value/log_loss.wgsl")],
    clips: true,
    ..ValueDef::of_sample(Operands::Both, "predictions from 0 to 1")
};

/// Twin of `shaders/kernel/value/log_loss_of_other_label.wgsl`. Within 2 ulp of the exact loss.
#[inline(always)]
pub fn log_loss_of_other_label(prediction: Bits, truth: Bits, parameter: Bits) -> Bits {
    log_loss(prediction, ONE ^ truth, parameter)
}

/// Whether the probability of that label is less than `parameter`.
#[inline(always)]
pub fn log_loss_of_other_label_clips(prediction: Bits, truth: Bits, parameter: Bits) -> bool {
    log_loss_clips(prediction, ONE ^ truth, parameter)
}

/// The value in double precision. Within 2 ulp of the exact loss.
#[inline(always)]
pub fn double(prediction: f64, truth: f64, parameter: f64) -> f64 {
    log_loss::double(prediction, 1.0 - truth, parameter)
}

/// Whether the probability of that label is less than `parameter` in double precision.
#[inline(always)]
pub fn double_clips(prediction: f64, truth: f64, parameter: f64) -> bool {
    log_loss::double_clips(prediction, 1.0 - truth, parameter)
}
