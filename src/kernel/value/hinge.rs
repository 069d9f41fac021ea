//! The hinge loss of a score: max(0, 1 − s) where the truth is 1, max(0, 1 + s) where it is 0.

use super::definition::{Operands, ValueDef, ValueRange};
use crate::kernel::bits::{Bits, ONE};

pub(crate) const VALUE: ValueDef =
    ValueDef { range: ValueRange::NonNegative, ..ValueDef::of_sample(Operands::Both, "any score") };

/// Twin of `shaders/kernel/value/hinge.wgsl`. One rounding.
#[inline(always)]
pub fn hinge(prediction: Bits, truth: Bits, _parameter: Bits) -> Bits {
    let flip = if truth == ONE { 0x8000_0000 } else { 0 };
    let margin = (1.0 + f32::from_bits(prediction ^ flip)).to_bits();
    if margin >> 31 == 1 { 0 } else { margin }
}

/// The value in double precision. One rounding.
#[inline(always)]
pub fn double(prediction: f64, truth: f64, _parameter: f64) -> f64 {
    let margin = 1.0 + if truth == 1.0 { -prediction } else { prediction };
    if margin < 0.0 { 0.0 } else { margin }
}
