//! The exact sum of values and of weighted values.

use super::decompose::{decompose_f64, place};
use super::layout::{BITS, EXPONENT_BIAS, UNIT_EXPONENT, WORDS};
use super::words;
use crate::kernel::bits::{FIELD_LIMIT, field, nonfinite, two_to};
use num_bigint::BigInt;

/// Position in the sum of the last bit of the smallest `f32`.
const MIN_POSITION: u32 = (1 - EXPONENT_BIAS - UNIT_EXPONENT) as u32;

/// An exact sum of `f32` values and of products of two `f32` values.
///
/// A 576-bit two's complement integer that counts units of 2^-298, the last bit of the smallest
/// product of two `f32`. Adding and merging are integer additions. They are associative and
/// commutative and do not round, so any order gives the same bits.
///
/// # Guarantee
///
/// No bit is lost. At least 2^63 additions fit, since values are below 2^128 and weights below
/// 2^64. [`to_f64`](Self::to_f64) rounds once, to nearest, ties to even.
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
/// sum.add_product(0.1, 0.1)?; // the exact product of the two f32, not its rounding
/// assert_eq!(sum.to_f64(), 1.0 + f64::from(0.1_f32) * f64::from(0.1_f32));
/// # Ok::<(), weighbridge::exact::OutOfRange>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct ExactSum {
    /// Two's complement, least significant word first.
    pub(super) words: [u64; WORDS],
}

/// A number that cannot be added to an [`ExactSum`]: NaN, an infinity, or a weight of 2^64 or more
/// in magnitude.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error(
    "{number} cannot be added to an exact sum: \
     values must be finite, and weights below 2^64 in magnitude"
)]
pub struct OutOfRange {
    /// The rejected number.
    pub number: f32,
}

impl ExactSum {
    /// The empty sum.
    pub const ZERO: Self = Self { words: [0; WORDS] };

    /// Adds `value`, subnormals included.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`] if `value` is NaN or infinite; the sum is then unchanged.
    pub fn add(&mut self, value: f32) -> Result<(), OutOfRange> {
        let (mantissa, place) = decompose(value)?;
        self.add_shifted(mantissa.into(), place + MIN_POSITION);
        Ok(())
    }

    /// Adds `weight` × `value`, the exact product of two 24-bit mantissas.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`] if either is NaN or infinite, or `weight` is 2^64 or more in magnitude; the
    /// sum is then unchanged.
    pub fn add_product(&mut self, weight: f32, value: f32) -> Result<(), OutOfRange> {
        if field(weight.to_bits()) >= FIELD_LIMIT {
            return Err(OutOfRange { number: weight });
        }
        let (a, place_a) = decompose(weight)?;
        let (b, place_b) = decompose(value)?;
        self.add_shifted((a * b).into(), place_a + place_b);
        Ok(())
    }

    /// Adds a number that is an `f32`, or the product of two: zero, or normal as an `f64` and a
    /// multiple of the unit.
    pub(crate) fn add_f64(&mut self, number: f64) {
        let (mantissa, exponent) = decompose_f64(number);
        if mantissa == 0 {
            return;
        }
        let position = exponent - UNIT_EXPONENT;
        // The bits below the unit are zero.
        let down = position.min(0).unsigned_abs();
        self.add_shifted((mantissa >> down).into(), position.max(0) as u32);
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

    /// The integer count of units of 2^-298.
    pub(crate) fn to_integer(self) -> BigInt {
        words::to_signed(&self.words)
    }

    /// The sum of `count` ones.
    pub(crate) fn from_count(count: u64) -> Self {
        let mut sum = Self::ZERO;
        sum.add_shifted(count.into(), -UNIT_EXPONENT as u32);
        sum
    }

    /// Adds `integer` · 2^`position` units, modulo 2^576.
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

/// The signed mantissa of a finite number, and the [`place`] of its last bit.
fn decompose(number: f32) -> Result<(i64, u32), OutOfRange> {
    let bits = number.to_bits();
    if nonfinite(bits) {
        return Err(OutOfRange { number });
    }
    let (mantissa, place) = place(bits);
    let mantissa = i64::from(mantissa);
    Ok((if number.is_sign_negative() { -mantissa } else { mantissa }, place))
}
