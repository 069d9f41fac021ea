//! The Brier score of a probability, (p − y)². The domain is 0 ≤ p ≤ 1.

use super::definition::{Operands, ValueDef, ValueRange};
use super::squared_error::squared_error;
use crate::kernel::bits::{Bits, ONE, OUTSIDE};
use crate::kernel::fragment;

pub(crate) const VALUE: ValueDef = ValueDef {
    range: ValueRange::NonNegative,
    calls: &[fragment!("kernel/value/squared_error.wgsl")],
    ..ValueDef::of_sample(Operands::Both, "predictions from 0 to 1")
};

/// Twin of `shaders/kernel/value/brier.wgsl`. Two roundings: within 2 ulp of the exact square.
#[inline(always)]
pub fn brier(prediction: Bits, truth: Bits, parameter: Bits) -> Bits {
    let squared = squared_error(prediction, truth, parameter);
    if prediction > ONE { OUTSIDE } else { squared }
}

/// The value in double precision. Within 2 ulp of the exact square.
#[inline(always)]
pub fn double(prediction: f64, truth: f64, _parameter: f64) -> f64 {
    let d = prediction - truth;
    if (0.0..=1.0).contains(&prediction) { d * d } else { f64::NAN }
}
