//! The log loss of a logit for the label that the sample does not have, which label smoothing adds.

use super::definition::{MathModule, Operands, ValueDef, ValueRange};
use super::logit_loss;
use super::logit_loss::logit_loss;
use crate::kernel::bits::{Bits, ONE};
use crate::kernel::fragment;

pub(crate) const VALUE: ValueDef = ValueDef {
    range: ValueRange::NonNegative,
    modules: &[MathModule::Float],
    calls: &[fragment!("kernel/value/logit_loss.wgsl")],
    ..ValueDef::of_sample(Operands::Both, "any score")
};

/// Twin of `shaders/kernel/value/logit_loss_of_other_label.wgsl`. Within 2 ulp of the exact loss.
#[inline(always)]
pub fn logit_loss_of_other_label(prediction: Bits, truth: Bits, parameter: Bits) -> Bits {
    logit_loss(prediction, ONE ^ truth, parameter)
}

/// The value in double precision. Within 2 ulp of the exact loss.
#[inline(always)]
pub fn double(prediction: f64, truth: f64, parameter: f64) -> f64 {
    logit_loss::double(prediction, 1.0 - truth, parameter)
}
