//! The absolute percentage error as a fraction, |prediction − truth| / |truth|; 0 where both are 0.

use crate::kernel::bits::{OUTSIDE, magnitude};
use crate::kernel::float::{minus, quotient, scale, times};

/// Twin of `shaders/kernel/value/percentage_error.wgsl`. Two roundings: within 1.5 ulp of the exact
/// fraction. A truth of 0 is outside the domain unless the prediction is 0 too.
#[inline(always)]
pub fn percentage_error(prediction: u32, truth: u32, _parameter: u32) -> u32 {
    let factor = scale(truth);
    let t = times(truth, factor);
    let d = minus(times(prediction, factor), t);
    let share = quotient(magnitude(d), magnitude(t));
    let without_truth = if prediction == 0 { 0 } else { OUTSIDE };
    if truth == 0 { without_truth } else { share }
}
