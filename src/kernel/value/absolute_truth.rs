//! The magnitude of the truth, |truth|.

use super::definition::{Operands, ValueDef, ValueRange};
use crate::kernel::bits::{Bits, magnitude};

pub(crate) const VALUE: ValueDef = ValueDef {
    range: ValueRange::NonNegative,
    ..ValueDef::of_sample(Operands::Truth, "any number")
};

/// Twin of `shaders/kernel/value/absolute_truth.wgsl`. Exact.
#[inline(always)]
pub fn absolute_truth(_prediction: Bits, truth: Bits, _parameter: Bits) -> Bits {
    magnitude(truth)
}

/// The value in double precision. Exact.
#[inline(always)]
pub fn double(_prediction: f64, truth: f64, _parameter: f64) -> f64 {
    truth.abs()
}
