//! The squared hinge loss of a score: the square of the hinge loss.

use super::definition::{Operands, ValueDef, ValueRange};
use super::hinge;
use super::hinge::hinge;
use crate::kernel::bits::{Bits, square};
use crate::kernel::fragment;

pub(crate) const VALUE: ValueDef = ValueDef {
    range: ValueRange::NonNegative,
    calls: &[fragment!("kernel/value/hinge.wgsl")],
    ..ValueDef::of_sample(Operands::Both, "any score")
};

/// Twin of `shaders/kernel/value/squared_hinge.wgsl`. Two roundings: within 2 ulp of the exact
/// square.
#[inline(always)]
pub fn squared_hinge(prediction: Bits, truth: Bits, parameter: Bits) -> Bits {
    let margin = hinge(prediction, truth, parameter);
    square(margin)
}

/// The value in double precision. Within 2 ulp of the exact square.
#[inline(always)]
pub fn double(prediction: f64, truth: f64, parameter: f64) -> f64 {
    let margin = hinge::double(prediction, truth, parameter);
    margin * margin
}
