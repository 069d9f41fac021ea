//! The score itself, as a probability. The domain is 0 to 1.

use super::definition::{Operands, ValueDef, ValueRange};
use crate::kernel::bits::{Bits, ONE, OUTSIDE};

pub(crate) const VALUE: ValueDef = ValueDef {
    range: ValueRange::Probability,
    ..ValueDef::of_sample(Operands::Prediction, "predictions from 0 to 1")
};

/// Twin of `shaders/kernel/value/probability.wgsl`. Exact.
#[inline(always)]
pub fn probability(prediction: Bits, _truth: Bits, _parameter: Bits) -> Bits {
    if prediction > ONE { OUTSIDE } else { prediction }
}

/// The value in double precision. Exact.
#[inline(always)]
pub fn double(prediction: f64, _truth: f64, _parameter: f64) -> f64 {
    if (0.0..=1.0).contains(&prediction) { prediction } else { f64::NAN }
}
