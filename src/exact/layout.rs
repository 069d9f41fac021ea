//! The constants that define the layout of an exact sum. Every other layout is derived from them.
//!
//! The smallest product of two `f32` is 2^-149 · 2^-149 = 2^-298, so an integer that counts units
//! of 2^-298 holds any sum of `f32` values, or of products of two of them, without losing a bit.

use crate::kernel::bits::FIELD_LIMIT;

/// Exponent of the unit: an exact sum counts multiples of 2^`UNIT_EXPONENT`.
pub const UNIT_EXPONENT: i32 = -298;

/// Width of the two's complement integer, in bits.
pub const BITS: u32 = 576;

/// Width of the integer in 64-bit words.
pub const WORDS: usize = (BITS / 64) as usize;

/// Weights and moments' inputs are below 2^`LIMIT_EXPONENT`, so that 2^63 products
/// 2^64 · 2^128 stay below 2^255, far from the top of the integer (2^277).
pub const LIMIT_EXPONENT: i32 = 64;

/// Distance from an `f32`'s biased exponent field to the exponent of its last mantissa bit.
pub const EXPONENT_BIAS: i32 = 150;

const _: () = assert!(WORDS as u32 * 64 == BITS);
const _: () = assert!(LIMIT_EXPONENT == FIELD_LIMIT as i32 - 127);
const _: () = assert!(LIMIT_EXPONENT + 128 + 63 - UNIT_EXPONENT < BITS as i32 - 1);
