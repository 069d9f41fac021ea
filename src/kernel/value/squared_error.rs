//! The squared difference, (prediction − truth)².

use super::definition::{Operands, ValueDef, ValueRange};
use crate::kernel::bits::{Bits, FIELD_SQUARE, UNDERFLOW, field};

pub(crate) const VALUE: ValueDef = ValueDef {
    range: ValueRange::NonNegative,
    ..ValueDef::of_sample(Operands::Both, "any number")
};

/// Twin of `shaders/kernel/value/squared_error.wgsl`. Two roundings: within 2 ulp of the exact
/// square.
#[inline(always)]
pub fn squared_error(prediction: Bits, truth: Bits, _parameter: Bits) -> Bits {
    let d = f32::from_bits(prediction) - f32::from_bits(truth);
    let squared = (d * d).to_bits();
    let small = if prediction == truth { 0 } else { UNDERFLOW };
    if field(d.to_bits()) < FIELD_SQUARE { small } else { squared }
}

/// The value in double precision. Within 2 ulp of the exact square.
#[inline(always)]
pub fn double(prediction: f64, truth: f64, _parameter: f64) -> f64 {
    let d = prediction - truth;
    d * d
}
