//! Whether the predicted class is the true class: 1 or 0.

use super::definition::{Operands, ValueDef, ValueRange};
use crate::kernel::bits::{Bits, ONE};

pub(crate) const VALUE: ValueDef =
    ValueDef { range: ValueRange::NonNegative, ..ValueDef::of_sample(Operands::Both, "any class") };

/// Twin of `shaders/kernel/value/correct.wgsl`. Exact.
#[inline(always)]
pub fn correct(prediction: Bits, truth: Bits, _parameter: Bits) -> Bits {
    if prediction == truth { ONE } else { 0 }
}

/// The value in double precision. Exact.
#[inline(always)]
pub fn double(prediction: f64, truth: f64, _parameter: f64) -> f64 {
    if prediction == truth { 1.0 } else { 0.0 }
}
