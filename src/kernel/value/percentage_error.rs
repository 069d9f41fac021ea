//! The absolute percentage error as a fraction, |prediction − truth| / |truth|; 0 where both are 0.

use super::definition::{MathModule, Operands, ValueDef, ValueRange};
use crate::kernel::bits::two_to;
use crate::kernel::bits::{Bits, OUTSIDE, magnitude};
use crate::kernel::float::{minus, quotient, scale, times};

pub(crate) const VALUE: ValueDef = ValueDef {
    range: ValueRange::NonNegative,
    modules: &[MathModule::Float],
    ..ValueDef::of_sample(
        Operands::Both,
        "truths other than 0, or predictions of 0 where they are 0",
    )
};

/// Twin of `shaders/kernel/value/percentage_error.wgsl`. Two roundings: within 1.5 ulp of the
/// exact fraction. A truth of 0 is outside the domain unless the prediction is 0 too.
#[inline(always)]
pub fn percentage_error(prediction: Bits, truth: Bits, _parameter: Bits) -> Bits {
    let factor = scale(truth);
    let t = times(truth, factor);
    let d = minus(times(prediction, factor), t);
    let share = quotient(magnitude(d), magnitude(t));
    let without_truth = if prediction == 0 { 0 } else { OUTSIDE };
    if truth == 0 { without_truth } else { share }
}

/// The value in double precision. Within 1.5 ulp of the exact fraction.
#[inline(always)]
pub fn double(prediction: f64, truth: f64, _parameter: f64) -> f64 {
    let scale = if truth.abs() > two_to(960) { two_to(-4) } else { 1.0 };
    let (p, t) = (prediction * scale, truth * scale);
    let share = (p - t).abs() / t.abs();
    let without_truth = if prediction == 0.0 { 0.0 } else { f64::NAN };
    if truth == 0.0 { without_truth } else { share }
}
