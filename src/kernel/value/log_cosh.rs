//! The logarithm of the hyperbolic cosine of the difference, ln(cosh(prediction − truth)).

use crate::kernel::bits::difference;
use crate::kernel::float::ln_cosh;

/// Twin of `shaders/kernel/value/log_cosh.wgsl`. The rounding of the difference, which weighs twice at
/// most, and that of the function: within 4 ulp of the exact value.
#[inline(always)]
pub fn log_cosh(prediction: u32, truth: u32, _parameter: u32) -> u32 {
    let d = difference(prediction, truth);
    ln_cosh(d)
}
