//! The logarithm of the hyperbolic cosine of the difference, ln(cosh(prediction − truth)).

use super::definition::{MathModule, Operands, ValueDef, ValueRange};
use crate::kernel::bits::{Bits, difference};
use crate::kernel::float::ln_cosh;
use crate::kernel::math_f64;

pub(crate) const VALUE: ValueDef = ValueDef {
    range: ValueRange::NonNegative,
    modules: &[MathModule::Float],
    ..ValueDef::of_sample(Operands::Both, "any number")
};

/// Twin of `shaders/kernel/value/log_cosh.wgsl`.
///
/// The rounding of the difference counts at most twice, beside the rounding of the function: within
/// 4 ulp of the exact value.
#[inline(always)]
pub fn log_cosh(prediction: Bits, truth: Bits, _parameter: Bits) -> Bits {
    let d = difference(prediction, truth);
    ln_cosh(d)
}

/// The value in double precision. Within 4 ulp of the exact value.
#[inline(always)]
pub fn double(prediction: f64, truth: f64, _parameter: f64) -> f64 {
    math_f64::ln_cosh(prediction - truth)
}
