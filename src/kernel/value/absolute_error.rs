//! The absolute difference, |prediction − truth|.

use super::definition::{Operands, ValueDef, ValueRange};
use crate::kernel::bits::{Bits, difference, magnitude};

pub(crate) const VALUE: ValueDef = ValueDef {
    range: ValueRange::NonNegative,
    ..ValueDef::of_sample(Operands::Both, "any number")
};

/// Twin of `shaders/kernel/value/absolute_error.wgsl`. One rounding.
#[inline(always)]
pub fn absolute_error(prediction: Bits, truth: Bits, _parameter: Bits) -> Bits {
    magnitude(difference(prediction, truth))
}

/// The value in double precision. One rounding.
#[inline(always)]
pub fn double(prediction: f64, truth: f64, _parameter: f64) -> f64 {
    (prediction - truth).abs()
}
