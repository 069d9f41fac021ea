//! The probability of label 1 for a logit z, 1 / (1 + e^−z).

use super::definition::{MathModule, Operands, ValueDef, ValueRange};
use crate::kernel::bits::Bits;
use crate::kernel::float::sigmoid;
use crate::kernel::math_f64;

pub(crate) const VALUE: ValueDef = ValueDef {
    range: ValueRange::Probability,
    modules: &[MathModule::Float],
    ..ValueDef::of_sample(Operands::Prediction, "any score")
};

/// Twin of `shaders/kernel/value/logistic.wgsl`. Within 2 ulp of the exact probability.
#[inline(always)]
pub fn logistic(prediction: Bits, _truth: Bits, _parameter: Bits) -> Bits {
    sigmoid(prediction)
}

/// The value in double precision. Within 2 ulp of the exact probability.
#[inline(always)]
pub fn double(prediction: f64, _truth: f64, _parameter: f64) -> f64 {
    math_f64::sigmoid(prediction)
}
