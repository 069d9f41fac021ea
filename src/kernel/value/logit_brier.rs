//! The Brier score of a logit z: the square of the probability of the wrong label.

use super::definition::{MathModule, Operands, ValueDef, ValueRange};
use crate::kernel::bits::{Bits, ONE, square};
use crate::kernel::float::{SIGN, sigmoid};
use crate::kernel::math_f64;

pub(crate) const VALUE: ValueDef = ValueDef {
    range: ValueRange::NonNegative,
    modules: &[MathModule::Float],
    ..ValueDef::of_sample(Operands::Both, "any score")
};

/// Twin of `shaders/kernel/value/logit_brier.wgsl`. No cancellation. The square has twice the
/// relative error of the sigmoid, plus one rounding: within 6.2 ulp of the exact score.
#[inline(always)]
pub fn logit_brier(prediction: Bits, truth: Bits, _parameter: Bits) -> Bits {
    let sign = if truth == ONE { SIGN } else { 0 };
    let wrong = sigmoid(prediction ^ sign);
    square(wrong)
}

/// The value in double precision. Within 4 ulp of the exact score.
#[inline(always)]
pub fn double(prediction: f64, truth: f64, _parameter: f64) -> f64 {
    let wrong = math_f64::sigmoid(if truth == 1.0 { -prediction } else { prediction });
    wrong * wrong
}
