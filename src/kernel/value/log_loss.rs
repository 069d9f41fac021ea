//! The log loss of a probability p of label 1: −ln p for label 1, −ln(1 − p) for label 0. The
//! domain is 0 ≤ p ≤ 1.

use super::definition::{MIN_PROBABILITY, MathModule, Operands, Parameters, ValueDef, ValueRange};
use crate::kernel::bits::{Bits, ONE, OUTSIDE, magnitude};
use crate::kernel::float::{SIGN, ln_or_ln1p, minus};
use crate::kernel::math_f64;

pub(crate) const VALUE: ValueDef = ValueDef {
    parameters: Parameters::Within(MIN_PROBABILITY, 0.5),
    range: ValueRange::NonNegative,
    modules: &[MathModule::Float],
    clips: true,
    ..ValueDef::of_sample(Operands::Both, "predictions from 0 to 1")
};

/// Twin of `shaders/kernel/value/log_loss.wgsl`.
///
/// `parameter` is the least probability that counts: smaller ones are clipped to it. Within 2 ulp
/// of the exact loss.
#[inline(always)]
pub fn log_loss(prediction: Bits, truth: Bits, parameter: Bits) -> Bits {
    let of_label = if truth == ONE { prediction } else { SIGN | prediction };
    let clips = log_loss_clips(prediction, truth, parameter);
    let counted = if clips { parameter } else { of_label };
    let loss = ln_or_ln1p(counted, truth != ONE && !clips);
    if prediction > ONE { OUTSIDE } else { magnitude(loss) }
}

/// Whether the probability of the label is less than `parameter`.
#[inline(always)]
pub fn log_loss_clips(prediction: Bits, truth: Bits, parameter: Bits) -> bool {
    let rest = minus(ONE, prediction);
    let likelihood = if truth == ONE { prediction } else { rest };
    likelihood < parameter
}

/// The value in double precision. Within 2 ulp of the exact loss.
#[inline(always)]
pub fn double(prediction: f64, truth: f64, parameter: f64) -> f64 {
    let clips = double_clips(prediction, truth, parameter);
    // The logarithm of 1 − p is that of its rounding, with the error of the rounding.
    let loss = if truth == 1.0 || clips {
        -math_f64::ln(if clips { parameter } else { prediction })
    } else {
        -math_f64::ln1p(-prediction)
    };
    if (0.0..=1.0).contains(&prediction) { loss.abs() } else { f64::NAN }
}

/// Whether the probability of the label is less than `parameter` in double precision.
#[inline(always)]
pub fn double_clips(prediction: f64, truth: f64, parameter: f64) -> bool {
    let likelihood = if truth == 1.0 { prediction } else { 1.0 - prediction };
    likelihood < parameter
}
