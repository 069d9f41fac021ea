//! The symmetric percentage error as a fraction, 2 |prediction − truth| / (|prediction| + |truth|);
//! 0 where both are 0.

use crate::kernel::bits::magnitude;
use crate::kernel::float::{TWO, minus, plus, quotient, scale, times};

/// Twin of `shaders/kernel/value/symmetric_percentage_error.wgsl`. Three roundings: within 2.5 ulp of the
/// exact fraction.
#[inline(always)]
pub fn symmetric_percentage_error(prediction: u32, truth: u32, _parameter: u32) -> u32 {
    let largest = magnitude(prediction).max(magnitude(truth));
    let factor = scale(largest);
    let p = times(prediction, factor);
    let t = times(truth, factor);
    let sum = plus(magnitude(p), magnitude(t));
    let half = quotient(magnitude(minus(p, t)), sum);
    if largest == 0 { 0 } else { times(TWO, half) }
}
