//! Floating-point numbers as integers and exponents.

use crate::kernel::bits::{field, mantissa, nonfinite};

/// The mantissa of a finite `f32`, given as its bits, and the number of places by which its last
/// bit lies above the last bit of the smallest `f32`.
#[inline(always)]
pub(crate) fn place(bits: u32) -> (u32, u32) {
    debug_assert!(!nonfinite(bits), "{bits:#x} is not finite");
    (mantissa(bits), field(bits).max(1) - 1)
}

/// The signed mantissa of a finite `f64` and the exponent of its last bit.
pub(super) fn decompose_f64(number: f64) -> (i64, i32) {
    assert!(number.is_finite(), "{number} is not finite");
    let bits = number.to_bits();
    let field = (bits >> 52 & 0x7ff) as i32;
    let implicit = if field == 0 { 0 } else { 1 << 52 };
    let mantissa = (bits & ((1 << 52) - 1) | implicit) as i64;
    let signed = if number.is_sign_negative() { -mantissa } else { mantissa };
    (signed, field.max(1) - 1075)
}
