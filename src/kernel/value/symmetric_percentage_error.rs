//! The symmetric percentage error as a fraction, 2 |prediction − truth| / (|prediction| + |truth|);
//! 0 where both are 0.

use super::definition::{MathModule, Operands, ValueDef, ValueRange};
use crate::kernel::bits::two_to;
use crate::kernel::bits::{Bits, magnitude};
use crate::kernel::float::{TWO, minus, plus, quotient, scale, times};

pub(crate) const VALUE: ValueDef = ValueDef {
    range: ValueRange::NonNegative,
    modules: &[MathModule::Float],
    ..ValueDef::of_sample(Operands::Both, "any number")
};

/// Twin of `shaders/kernel/value/symmetric_percentage_error.wgsl`.
///
/// Three roundings: within 2.5 ulp of the exact fraction.
#[inline(always)]
pub fn symmetric_percentage_error(prediction: Bits, truth: Bits, _parameter: Bits) -> Bits {
    let largest = magnitude(prediction).max(magnitude(truth));
    let factor = scale(largest);
    let p = times(prediction, factor);
    let t = times(truth, factor);
    let sum = plus(magnitude(p), magnitude(t));
    let half = quotient(magnitude(minus(p, t)), sum);
    if largest == 0 { 0 } else { times(TWO, half) }
}

/// The value in double precision. Within 2.5 ulp of the exact fraction.
#[inline(always)]
pub fn double(prediction: f64, truth: f64, _parameter: f64) -> f64 {
    let largest = prediction.abs().max(truth.abs());
    let scale = if largest > two_to(960) { two_to(-4) } else { 1.0 };
    let (p, t) = (prediction * scale, truth * scale);
    let half = (p - t).abs() / (p.abs() + t.abs());
    if largest == 0.0 { 0.0 } else { 2.0 * half }
}
