//! The squared difference, (prediction − truth)².

use crate::kernel::bits::{FIELD_SQUARE, UNDERFLOW, field};

/// Twin of `shaders/kernel/value/squared_error.wgsl`. Two roundings: within 2 ulp of the exact square.
#[inline(always)]
pub fn squared_error(prediction: u32, truth: u32, _parameter: u32) -> u32 {
    let d = f32::from_bits(prediction) - f32::from_bits(truth);
    let squared = (d * d).to_bits();
    let small = if prediction == truth { 0 } else { UNDERFLOW };
    if field(d.to_bits()) < FIELD_SQUARE { small } else { squared }
}
