//! The squared difference, (prediction − truth)².

use crate::statistic::bits::{difference, square};

/// Twin of `shaders/value/squared_error.wgsl`. Two roundings: within 2 ulp of the exact square.
#[inline(always)]
pub fn squared_error(prediction: u32, truth: u32, _parameter: u32) -> u32 {
    let d = difference(prediction, truth);
    square(d)
}
