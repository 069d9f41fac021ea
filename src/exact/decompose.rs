//! Floating-point numbers as integers and exponents.

use super::layout::{EXPONENT_BIAS, WEIGHT_UNIT_EXPONENT};
use crate::kernel::bits::{field, mantissa, nonfinite};

/// The place of the last bit of the smallest `f32`.
pub(crate) const MIN_PLACE: u32 = (1 - EXPONENT_BIAS - WEIGHT_UNIT_EXPONENT) as u32;

/// The mantissa of a finite `f32`, given as its bits, and the number of places by which its last
/// bit lies above the unit of weights.
#[inline(always)]
pub(crate) fn place(bits: u32) -> (u32, u32) {
    debug_assert!(!nonfinite(bits), "{bits:#x} is not finite");
    (mantissa(bits), field(bits).max(1) - 1 + MIN_PLACE)
}

/// The mantissa of a weight in double precision, and the number of places by which its last bit
/// lies above the unit of weights, of which the weight is a multiple.
#[inline(always)]
pub(crate) fn place_double(weight: f64) -> (u64, u32) {
    let bits = weight.to_bits();
    let field = (bits >> 52) as i32;
    let mantissa = bits & ((1 << 52) - 1) | u64::from(field != 0) << 52;
    let position = field.max(1) - 1075 - WEIGHT_UNIT_EXPONENT;
    // The bits below the unit are zero.
    let down = position.min(0).unsigned_abs().min(63);
    (mantissa >> down, position.max(0) as u32)
}

/// The signed mantissa of a finite `f64` and the exponent of its last bit.
pub(crate) fn decompose_f64(number: f64) -> (i64, i32) {
    assert!(number.is_finite(), "{number} is not finite");
    let bits = number.to_bits();
    let field = (bits >> 52 & 0x7ff) as i32;
    let implicit = if field == 0 { 0 } else { 1 << 52 };
    let mantissa = (bits & ((1 << 52) - 1) | implicit) as i64;
    let signed = if number.is_sign_negative() { -mantissa } else { mantissa };
    (signed, field.max(1) - 1075)
}
