//! The exact sum of values and of weighted values.

use super::decompose::decompose_f64;
use super::layout::{BITS, LIMIT_EXPONENT, UNIT_EXPONENT, VALUE_LIMIT_EXPONENT, WORDS};
use super::words;
use crate::kernel::bits::two_to;
use num_bigint::BigInt;

/// An exact sum of `f32` and `f64` numbers, and of products of two of them.
///
/// A 1024-bit two's complement integer that counts units of 2^-512. Adding and merging are integer
/// additions. They are associative and commutative and do not round, so any order gives the same
/// bits.
///
/// # Guarantee
///
/// No bit is lost: numbers and products with bits below the unit are refused. These cannot be `f32`
/// numbers. `f64` numbers are multiples of the unit if they are 0 or at least 2^-460 in magnitude,
/// and products if both numbers are at least 2^-204. At least 2^63 additions fit, since values are
/// below 2^384 and weights below 2^64. [`to_f64`](Self::to_f64) rounds once, to nearest, ties to
/// even.
///
/// # Example
///
/// ```
/// use weighbridge::ExactSum;
///
/// let mut sum = ExactSum::ZERO;
/// for value in [1e30_f32, 1.0, -1e30] {
///     sum.add(value)?;
/// }
/// assert_eq!(sum.to_f64(), 1.0); // in f32 or f64 arithmetic: 0
///
/// sum.add_product(0.1, 0.1)?; // the exact product of the two f64, not its rounding
/// sum.add(-1.0)?;
/// sum.add(-(0.1 * 0.1))?;
/// assert_eq!(sum.to_f64(), 0.1_f64.mul_add(0.1, -(0.1 * 0.1))); // what rounding would lose
/// # Ok::<(), weighbridge::exact::OutOfRange>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct ExactSum {
    /// Two's complement, least significant word first.
    pub(super) words: [u64; WORDS],
}

/// A number that cannot be added to an [`ExactSum`]: NaN, an infinity, a number that is too large,
/// or one that has bits below the unit.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error(
    "{number:?} cannot be added to an exact sum: values must be below 2^384 and weights below 2^64 \
     in magnitude, and they and their products must be multiples of 2^-512"
)]
pub struct OutOfRange {
    /// The rejected number.
    pub number: f64,
}

impl ExactSum {
    /// The empty sum.
    pub const ZERO: Self = Self { words: [0; WORDS] };

    /// Adds `value`, an `f32` or an `f64`.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`] if `value` is NaN, 2^384 or more in magnitude, or not a multiple of 2^-512;
    /// the sum is then unchanged.
    pub fn add(&mut self, value: impl Into<f64>) -> Result<(), OutOfRange> {
        let value = in_range(value.into(), VALUE_LIMIT_EXPONENT)?;
        let (mantissa, exponent) = decompose_f64(value);
        self.add_scaled(mantissa.into(), exponent).ok_or(OutOfRange { number: value })
    }

    /// Adds `weight` × `value`, the exact product of two `f32` or `f64` numbers.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`] if either is NaN, `weight` is 2^64 or more or `value` 2^384 or more in
    /// magnitude, or the product is not a multiple of 2^-512; the sum is then unchanged.
    pub fn add_product(
        &mut self,
        weight: impl Into<f64>,
        value: impl Into<f64>,
    ) -> Result<(), OutOfRange> {
        let weight = in_range(weight.into(), LIMIT_EXPONENT)?;
        let value = in_range(value.into(), VALUE_LIMIT_EXPONENT)?;
        let ((a, exponent_a), (b, exponent_b)) = (decompose_f64(weight), decompose_f64(value));
        let product = i128::from(a) * i128::from(b);
        self.add_scaled(product, exponent_a + exponent_b).ok_or(OutOfRange { number: value })
    }

    /// Adds a number that is in range and a multiple of the unit.
    pub(crate) fn add_f64(&mut self, number: f64) {
        let (mantissa, exponent) = decompose_f64(number);
        let added = self.add_scaled(mantissa.into(), exponent);
        debug_assert!(added.is_some(), "{number:e} has bits below the unit");
    }

    /// Adds the product of two numbers that are in range; it is a multiple of the unit.
    pub(crate) fn add_product_f64(&mut self, weight: f64, value: f64) {
        let added = self.add_product(weight, value);
        debug_assert!(added.is_ok(), "{weight:e} × {value:e} is out of range");
    }

    /// Adds `integer` · 2^`exponent`; nothing if that is not a multiple of the unit.
    fn add_scaled(&mut self, integer: i128, exponent: i32) -> Option<()> {
        if integer == 0 {
            return Some(());
        }
        let position = exponent - UNIT_EXPONENT;
        let down = position.min(0).unsigned_abs();
        if integer.trailing_zeros() < down {
            return None;
        }
        self.add_shifted(integer >> down, position.max(0) as u32);
        Some(())
    }

    /// Adds the sum `other`.
    pub fn merge(&mut self, other: &Self) {
        words::add(&mut self.words, &other.words);
    }

    /// The sum, rounded once to the nearest `f64`, ties to even.
    ///
    /// A sum within the documented range is never infinite, and never subnormal.
    pub fn to_f64(&self) -> f64 {
        let magnitude = self.magnitude();
        let Some(top) = magnitude.iter().rposition(|&word| word != 0) else {
            return 0.0;
        };
        // The leading 64 bits, with every bit below them gathered in the last one: 64 bits are
        // more than 53 + 2, so rounding them to f64 rounds the whole integer.
        let zeros = magnitude[top].leading_zeros();
        let below = |index: usize| if index < top + 1 { magnitude[top - index] } else { 0 };
        let wide = (u128::from(below(0)) << 64 | u128::from(below(1))) << zeros;
        let rest = wide as u64 != 0 || magnitude[..top.saturating_sub(1)].iter().any(|&w| w != 0);
        let leading = (wide >> 64) as u64 | u64::from(rest);
        let exponent = 64 * top as i32 - zeros as i32 + UNIT_EXPONENT;
        let value = leading as f64 * two_to(exponent);
        if self.is_negative() { -value } else { value }
    }

    /// Whether the sum is exactly zero.
    pub fn is_zero(&self) -> bool {
        self.words == [0; WORDS]
    }

    /// Whether the sum is below zero.
    pub fn is_negative(&self) -> bool {
        (self.words[WORDS - 1] as i64) < 0
    }

    /// The integer count of units of 2^-512.
    pub(crate) fn to_integer(self) -> BigInt {
        words::to_signed(&self.words)
    }

    /// The sum of `count` ones.
    pub(crate) fn from_count(count: u64) -> Self {
        let mut sum = Self::ZERO;
        sum.add_shifted(count.into(), -UNIT_EXPONENT as u32);
        sum
    }

    /// Adds `integer` · 2^`position` units, modulo 2^1024.
    pub(crate) fn add_shifted(&mut self, integer: i128, position: u32) {
        assert!(position < BITS, "bit {position} lies outside an exact sum");
        let (start, shift) = ((position / 64) as usize, position % 64);
        let magnitude = integer.unsigned_abs();
        let low = magnitude << shift;
        let high = if shift == 0 { 0 } else { magnitude >> (128 - shift) };
        let addend = [low as u64, (low >> 64) as u64, high as u64];
        let mut carry = false;
        for (index, word) in self.words[start..].iter_mut().enumerate() {
            let part = addend.get(index).copied().unwrap_or_default();
            if index >= addend.len() && !carry {
                break;
            }
            (*word, carry) = if integer < 0 {
                word.borrowing_sub(part, carry)
            } else {
                word.carrying_add(part, carry)
            };
        }
    }

    /// The words of the absolute value.
    fn magnitude(&self) -> [u64; WORDS] {
        let mut words = self.words;
        if self.is_negative() {
            let mut carry = true;
            for word in &mut words {
                (*word, carry) = (!*word).overflowing_add(carry.into());
            }
        }
        words
    }
}

impl std::fmt::Debug for ExactSum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ExactSum({:e})", self.to_f64())
    }
}

impl std::iter::Sum for ExactSum {
    fn sum<I: Iterator<Item = Self>>(sums: I) -> Self {
        sums.fold(Self::ZERO, |mut total, sum| {
            total.merge(&sum);
            total
        })
    }
}

/// A number, if it is below 2^`limit_exponent` in magnitude.
fn in_range(number: f64, limit_exponent: i32) -> Result<f64, OutOfRange> {
    if number.abs() < two_to(limit_exponent) { Ok(number) } else { Err(OutOfRange { number }) }
}
