//! The difference, prediction − truth.

use super::definition::{Operands, ValueDef};
use crate::kernel::bits::{Bits, difference};

pub(crate) const VALUE: ValueDef = ValueDef::of_sample(Operands::Both, "any number");

/// Twin of `shaders/kernel/value/error.wgsl`. One rounding.
#[inline(always)]
pub fn error(prediction: Bits, truth: Bits, _parameter: Bits) -> Bits {
    difference(prediction, truth)
}

/// The value in double precision. One rounding.
#[inline(always)]
pub fn double(prediction: f64, truth: f64, _parameter: f64) -> f64 {
    prediction - truth
}
