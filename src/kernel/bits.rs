//! Twin of `shaders/kernel/bits.wgsl`: an `f32` taken apart, and the rules of underflow.
//!
//! Per-sample values are passed as the bits of an `f32`, so that no device's treatment of
//! subnormals or NaN can change them between two roundings.

/// The bits of an `f32`.
pub type Bits = u32;

/// Bits of 1.0.
pub const ONE: u32 = 0x3f80_0000;
/// Marks a result that is not zero but counts as zero.
pub const UNDERFLOW: u32 = 1;
/// Marks a sample outside the domain of a value: a NaN.
pub const OUTSIDE: u32 = 0x7fc0_0000;
/// Exponent field of infinities and NaN.
pub const FIELD_MAX: u32 = 255;
/// Results with a smaller exponent field than this count as zero.
pub const MIN_RESULT_EXPONENT: u32 = 2;
/// Exponent field of 2^-62. The squares of smaller differences count as zero.
pub const FIELD_SQUARE: u32 = 65;
/// Inputs of moments have an exponent field in `FIELD_MOMENT..FIELD_LIMIT`: magnitudes from 2^-51,
/// so that the last bit of a product is at least 2^-149, to 2^64.
pub const FIELD_MOMENT: u32 = 76;
/// Exponent field of 2^64, the limit of weights and of inputs of moments.
pub const FIELD_LIMIT: u32 = 191;
/// Marks a masked sample in a column of weights: it is ignored, whatever it contains. In columns
/// without a mask it is a NaN like any other.
pub const MASKED: u32 = u32::MAX;

/// The exponent field.
#[inline(always)]
pub fn field(bits: u32) -> u32 {
    (bits >> 23) & 0xff
}

/// The bits without their sign.
#[inline(always)]
pub fn magnitude(bits: u32) -> u32 {
    bits & 0x7fff_ffff
}

/// Whether the bits are those of an infinity or NaN.
#[inline(always)]
pub fn nonfinite(bits: u32) -> bool {
    field(bits) == FIELD_MAX
}

/// Zeros and subnormals as +0, other numbers as they are.
#[inline(always)]
pub fn flushed(bits: u32) -> u32 {
    if field(bits) == 0 { 0 } else { bits }
}

/// A number, flushed; +0 for an infinity or NaN.
#[inline(always)]
pub fn finite_or_zero(bits: u32) -> u32 {
    if nonfinite(bits) { 0 } else { flushed(bits) }
}

/// A result, or +0 if it is too small to count.
#[inline(always)]
pub fn flush_result(bits: u32) -> u32 {
    if field(bits) < MIN_RESULT_EXPONENT { 0 } else { bits }
}

/// Whether the bits are those of a subnormal number.
#[inline(always)]
pub fn subnormal(bits: u32) -> bool {
    field(bits) == 0 && magnitude(bits) != 0
}

/// A key whose unsigned order is the order of the (flushed) numbers.
#[inline(always)]
pub fn ordered(bits: u32) -> u32 {
    if bits >> 31 == 1 { !bits } else { bits | 0x8000_0000 }
}

/// The bits of a number from its [`ordered`] key.
#[inline(always)]
pub fn unordered(key: u32) -> Bits {
    if key >> 31 == 1 { key ^ 0x8000_0000 } else { !key }
}

/// `prediction` − `truth`, rounded once; [`UNDERFLOW`] if it is too small but not zero.
#[inline(always)]
pub fn difference(prediction: u32, truth: u32) -> u32 {
    let d = (f32::from_bits(prediction) - f32::from_bits(truth)).to_bits();
    let small = if prediction == truth { 0 } else { UNDERFLOW };
    if field(d) < MIN_RESULT_EXPONENT { small } else { d }
}

/// The square of a number, rounded once; [`UNDERFLOW`] if it is too small but not zero.
#[inline(always)]
pub fn square(x: u32) -> u32 {
    let squared = (f32::from_bits(x) * f32::from_bits(x)).to_bits();
    let small = if magnitude(x) == 0 { 0 } else { UNDERFLOW };
    if field(x) < FIELD_SQUARE { small } else { squared }
}

/// Whether the bits are those of a weight: finite, not negative and below 2^64.
#[inline(always)]
pub fn valid_weight(bits: u32) -> bool {
    magnitude(bits) == 0 || (bits >> 31 == 0 && field(bits) < FIELD_LIMIT)
}

/// The mantissa, with its implicit bit unless the number is subnormal.
#[inline(always)]
pub fn mantissa(bits: u32) -> u32 {
    (bits & 0x007f_ffff) | if field(bits) == 0 { 0 } else { 0x0080_0000 }
}

/// 2^`exponent`, for exponents of normal `f64` numbers.
pub(crate) const fn two_to(exponent: i32) -> f64 {
    debug_assert!(-1022 <= exponent && exponent <= 1023);
    f64::from_bits(((1023 + exponent) as u64) << 52)
}
