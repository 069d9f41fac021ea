//! The symmetric percentage error as a fraction, 2 |prediction − truth| / (|prediction| + |truth|);
//! 0 where both are 0.

use super::definition::{MathModule, Operands, ValueDef, ValueRange};
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
