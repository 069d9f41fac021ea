//! Twin of `shaders/kernel/bits.wgsl`: an `f32` taken apart, and the rules of underflow.
//!
//! Per-sample values are handled as the bits of an `f32`, so that no device's treatment of
//! subnormals or NaN can touch them between two roundings.

/// The bits of an `f32`.
pub type Bits = u32;

/// Bits of 1.0.
pub const ONE: u32 = 0x3f80_0000;
/// Bits that stand for a result that is not zero but counts as zero.
pub const UNDERFLOW: u32 = 1;
/// Bits that stand for a sample outside the domain of a value.
pub const OUTSIDE: u32 = 0x7fc0_0000;
/// Exponent field of infinities and NaN.
pub const FIELD_MAX: u32 = 255;
/// Results with an exponent field below this one count as zero.
pub const MIN_RESULT_EXPONENT: u32 = 2;
/// A difference with an exponent field below this one, 2^-62, has no square: it counts as zero.
pub const FIELD_SQUARE: u32 = 65;
/// Moments' inputs have an exponent field in `FIELD_MOMENT..FIELD_LIMIT`: magnitudes from 2^-51,
/// so that the last bit of a product is no smaller than 2^-149, to 2^64.
pub const FIELD_MOMENT: u32 = 76;
/// Exponent field of 2^64, the limit of weights and of moments' inputs.
pub const FIELD_LIMIT: u32 = 191;
/// Stands in a column of weights for a sample that is masked: deleted, whatever it holds. In a column
/// that cannot have such, it is a NaN like any other.
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

/// A result, or +0 where it is too small to count.
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

/// `prediction` − `truth`, rounded once; `UNDERFLOW` where it is too small but not zero.
#[inline(always)]
pub fn difference(prediction: u32, truth: u32) -> u32 {
    let d = (f32::from_bits(prediction) - f32::from_bits(truth)).to_bits();
    let small = if prediction == truth { 0 } else { UNDERFLOW };
    if field(d) < MIN_RESULT_EXPONENT { small } else { d }
}

/// The square of the bits of a number, rounded once; `UNDERFLOW` where it is too small.
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

/// The mantissa, with its implicit bit; of a subnormal, with exponent field 1, without.
#[inline(always)]
pub fn mantissa(bits: u32) -> u32 {
    (bits & 0x007f_ffff) | if field(bits) == 0 { 0 } else { 0x0080_0000 }
}
