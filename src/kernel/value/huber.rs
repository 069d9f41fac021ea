//! The Huber loss: ½d² for |d| ≤ δ, then δ(|d| − δ/2), with d = prediction − truth.

use super::definition::{Operands, Parameters, ValueDef, ValueRange};
use crate::kernel::bits::{Bits, difference, magnitude, square, two_to};

pub(crate) const VALUE: ValueDef = ValueDef {
    parameters: Parameters::Within(two_to(-60) as f32, two_to(60) as f32),
    range: ValueRange::NonNegative,
    ..ValueDef::of_sample(Operands::Both, "any number")
};

/// Twin of `shaders/kernel/value/huber.wgsl`. `parameter` is δ, from 2^-60 to 2^60.
///
/// Three roundings and no cancellation (|d| > δ where δ/2 is subtracted): within 4 ulp of the exact
/// loss.
#[inline(always)]
pub fn huber(prediction: Bits, truth: Bits, parameter: Bits) -> Bits {
    let d = magnitude(difference(prediction, truth));
    let squared = square(d);
    let quadratic = (f32::from_bits(squared) * 0.5).to_bits();
    let half = (f32::from_bits(parameter) * 0.5).to_bits();
    let excess = (f32::from_bits(d) - f32::from_bits(half)).to_bits();
    let linear = (f32::from_bits(parameter) * f32::from_bits(excess)).to_bits();
    let inner = if squared <= 1 { squared } else { quadratic };
    if d <= parameter { inner } else { linear }
}

/// The value in double precision. Within 3 ulp of the exact loss.
#[inline(always)]
pub fn double(prediction: f64, truth: f64, parameter: f64) -> f64 {
    let d = (prediction - truth).abs();
    let inner = 0.5 * d * d;
    let linear = parameter * (d - 0.5 * parameter);
    if d <= parameter { inner } else { linear }
}
