//! The constants that define the layout of an exact sum. Every other layout is derived from them.
//!
//! An integer that counts units of 2^-512 holds any sum of products of a weight and a value,
//! without losing a bit, if weights are multiples of 2^-190 below 2^64, and values are multiples of
//! 2^-322 below 2^384. All `f32` numbers are. So are `f64` weights from 2^-138 and `f64` values
//! from 2^-270: smaller ones have bits that the sum cannot hold.

use crate::kernel::bits::FIELD_LIMIT;

/// Exponent of the unit: an exact sum counts multiples of 2^`UNIT_EXPONENT`.
pub const UNIT_EXPONENT: i32 = -512;

/// Width of the two's complement integer, in bits.
pub const BITS: u32 = 1024;

/// Width of the integer in 64-bit words.
pub const WORDS: usize = (BITS / 64) as usize;

/// Weights and, in single precision, moments' inputs are below 2^`LIMIT_EXPONENT`.
pub const LIMIT_EXPONENT: i32 = 64;

/// Weights are multiples of 2^`WEIGHT_UNIT_EXPONENT`.
pub const WEIGHT_UNIT_EXPONENT: i32 = -190;

/// Values are below 2^`VALUE_LIMIT_EXPONENT`, so that 2^63 products stay below 2^511, the top of
/// the integer.
pub const VALUE_LIMIT_EXPONENT: i32 = 384;

/// Values are multiples of 2^`VALUE_UNIT_EXPONENT`.
pub const VALUE_UNIT_EXPONENT: i32 = UNIT_EXPONENT - WEIGHT_UNIT_EXPONENT;

/// The last bit of the smallest product of two `f32`, 2^-149 · 2^-149.
pub const SINGLE_UNIT_EXPONENT: i32 = -298;

/// Distance from an `f32`'s biased exponent field to the exponent of its last mantissa bit.
pub const EXPONENT_BIAS: i32 = 150;

const _: () = assert!(WORDS as u32 * 64 == BITS);
const _: () = assert!(LIMIT_EXPONENT == FIELD_LIMIT as i32 - 127);
const _: () = assert!(LIMIT_EXPONENT + VALUE_LIMIT_EXPONENT + 63 - UNIT_EXPONENT < BITS as i32);
const _: () = assert!(SINGLE_UNIT_EXPONENT == 2 * (1 - EXPONENT_BIAS));
