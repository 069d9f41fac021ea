//! The prediction itself: a value that was computed elsewhere.

use super::definition::{Operands, ValueDef};
use crate::kernel::bits::Bits;

pub(crate) const VALUE: ValueDef = ValueDef::of_sample(Operands::Prediction, "any number");

/// Twin of `shaders/kernel/value/identity.wgsl`. Exact.
#[inline(always)]
pub fn identity(prediction: Bits, _truth: Bits, _parameter: Bits) -> Bits {
    prediction
}

/// The value in double precision. Exact.
#[inline(always)]
pub fn double(prediction: f64, _truth: f64, _parameter: f64) -> f64 {
    prediction
}
