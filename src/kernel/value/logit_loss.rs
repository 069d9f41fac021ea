//! The log loss of a logit z: ln(1 + e^−z) for label 1, ln(1 + e^z) for label 0.

use super::definition::{MathModule, Operands, ValueDef, ValueRange};
use crate::kernel::bits::{Bits, ONE};
use crate::kernel::float::{SIGN, softplus};
use crate::kernel::math_f64;

pub(crate) const VALUE: ValueDef = ValueDef {
    range: ValueRange::NonNegative,
    modules: &[MathModule::Float],
    ..ValueDef::of_sample(Operands::Both, "any score")
};

/// Twin of `shaders/kernel/value/logit_loss.wgsl`. Within 2 ulp of the exact loss.
#[inline(always)]
pub fn logit_loss(prediction: Bits, truth: Bits, _parameter: Bits) -> Bits {
    let sign = if truth == ONE { SIGN } else { 0 };
    softplus(prediction ^ sign)
}

/// The value in double precision. Within 2 ulp of the exact loss.
#[inline(always)]
pub fn double(prediction: f64, truth: f64, _parameter: f64) -> f64 {
    math_f64::softplus(if truth == 1.0 { -prediction } else { prediction })
}
