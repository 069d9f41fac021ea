//! Exact sums of weights.
//!
//! They are narrower than an [`ExactSum`], because curves need one for each score.

use super::layout::{LIMIT_EXPONENT, UNIT_EXPONENT, WEIGHT_UNIT_EXPONENT};
use super::sum::ExactSum;
use super::words;
use crate::kernel::bits::two_to;
use num_bigint::BigInt;

/// 64-bit words of a sum: 2^63 weights below 2^64 stay below 2^127, which is 2^317 units.
pub(super) const WORDS: usize = 5;

/// Fraction bits of a fixed-point [share](WeightSum::share_of).
pub(crate) const SHARE_BITS: u32 = 62;

/// A sum of weights, which are not negative.
///
/// It counts units of any power of two below which no weight has bits. [`place`](super::place)
/// gives the position of a weight.
pub(crate) trait WeightSum: Copy + Send + Sync {
    /// The empty sum.
    const ZERO: Self;

    /// Its width in bits.
    const BITS: u32;

    /// The mantissa of a weight, of at most 53 bits, shifted up by `position` bits.
    fn placed(mantissa: u64, position: u32) -> Self;

    /// The sum of both.
    fn plus(self, other: Self) -> Self;

    /// The difference from `other`, which is not larger.
    fn minus(self, other: Self) -> Self;

    /// Whether it is zero.
    fn is_zero(self) -> bool;

    /// Number of bits.
    fn bits(self) -> u32;

    /// The 64 bits from `position` on.
    fn bits_from(self, position: u32) -> u64;

    /// Whether a bit below `position` is set.
    fn has_bits_below(self, position: u32) -> bool;

    /// Its words, least significant first.
    fn words(self) -> [u64; WORDS];

    /// The integer count of units.
    fn to_integer(self) -> BigInt {
        words::to_unsigned(&self.words())
    }

    /// This sum as a share of `whole`, which is not smaller and not zero, in units of 2^-62.
    ///
    /// Both are cut off below the 64th leading bit of `whole`, and the quotient is rounded down.
    /// The error is at most 3 · 2^-63: each cut changes the share by less than 2^-63, in opposite
    /// directions, and rounding by less than 2^-62. The share does not depend on the unit, because
    /// bits are counted from the leading bit of `whole`.
    #[inline(always)]
    fn share_of(self, whole: Self) -> u64 {
        let cut = whole.bits().saturating_sub(64);
        let [part, whole] = [self, whole].map(|sum| sum.bits_from(cut));
        if part == whole {
            return 1 << SHARE_BITS;
        }
        ((u128::from(part) << SHARE_BITS) / u128::from(whole)) as u64
    }

    /// The number of units, rounded once to the nearest `f64`, ties to even.
    #[inline(always)]
    fn to_f64(self) -> f64 {
        let cut = self.bits().saturating_sub(64);
        // 64 bits are more than 53 + 2, so the last of them can stand for all bits below.
        let leading = self.bits_from(cut) | u64::from(self.has_bits_below(cut));
        leading as f64 * two_to(cut as i32)
    }
}

/// Implements sums of weights that lie near each other: plain integers.
macro_rules! integers {
    ($($integer:ident: $words:expr;)*) => {$(
impl WeightSum for $integer {
    const ZERO: Self = 0;
    const BITS: u32 = Self::BITS;

    #[inline(always)]
    fn placed(mantissa: u64, position: u32) -> Self {
        Self::from(mantissa) << position
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self + other
    }

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        self - other
    }

    #[inline(always)]
    fn is_zero(self) -> bool {
        self == 0
    }

    #[inline(always)]
    fn bits(self) -> u32 {
        Self::BITS - self.leading_zeros()
    }

    #[inline(always)]
    fn bits_from(self, position: u32) -> u64 {
        (self >> position) as u64
    }

    #[inline(always)]
    fn has_bits_below(self, position: u32) -> bool {
        self & ((1 << position) - 1) != 0
    }

    #[inline(always)]
    fn words(self) -> [u64; WORDS] {
        $words(self)
    }
}
    )*};
}

integers! {
    u64: |sum| [sum, 0, 0, 0, 0];
    u128: |sum| [sum as u64, (sum >> 64) as u64, 0, 0, 0];
}

/// A sum of any weights, in the unit of weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct AnyWeightSum {
    /// Least significant word first.
    words: [u64; WORDS],
}

impl WeightSum for AnyWeightSum {
    const ZERO: Self = Self { words: [0; WORDS] };
    const BITS: u32 = 64 * WORDS as u32;

    #[inline(always)]
    fn placed(mantissa: u64, position: u32) -> Self {
        let (start, shift) = ((position / 64) as usize, position % 64);
        let wide = u128::from(mantissa) << shift;
        let mut words = [0; WORDS];
        words[start] = wide as u64;
        if let Some(next) = words.get_mut(start + 1) {
            *next = (wide >> 64) as u64;
        }
        Self { words }
    }

    #[inline(always)]
    fn plus(mut self, other: Self) -> Self {
        words::add(&mut self.words, &other.words);
        self
    }

    #[inline(always)]
    fn minus(mut self, other: Self) -> Self {
        let mut borrow = false;
        for (word, subtrahend) in self.words.iter_mut().zip(other.words) {
            (*word, borrow) = word.borrowing_sub(subtrahend, borrow);
        }
        self
    }

    #[inline(always)]
    fn is_zero(self) -> bool {
        self.words == [0; WORDS]
    }

    #[inline(always)]
    fn bits(self) -> u32 {
        let top = self.words.iter().rposition(|&word| word != 0);
        top.map_or(0, |top| 64 * (top as u32 + 1) - self.words[top].leading_zeros())
    }

    #[inline(always)]
    fn bits_from(self, position: u32) -> u64 {
        let (index, shift) = ((position / 64) as usize, position % 64);
        let low = self.words[index] >> shift;
        match self.words.get(index + 1) {
            Some(high) if shift > 0 => low | high << (64 - shift),
            _ => low,
        }
    }

    #[inline(always)]
    fn has_bits_below(self, position: u32) -> bool {
        let (index, shift) = ((position / 64) as usize, position % 64);
        self.words[..index].iter().any(|&word| word != 0)
            || self.words[index] & ((1 << shift) - 1) != 0
    }

    #[inline(always)]
    fn words(self) -> [u64; WORDS] {
        self.words
    }
}

impl AnyWeightSum {
    /// A sum of weights, given as an [`ExactSum`].
    pub fn of(sum: &ExactSum) -> Self {
        const LOWER_BITS: u32 = (WEIGHT_UNIT_EXPONENT - UNIT_EXPONENT) as u32;
        let (start, shift) = ((LOWER_BITS / 64) as usize, LOWER_BITS % 64);
        let mut words = [0; WORDS];
        for (index, word) in words.iter_mut().enumerate() {
            let next = |index: usize| u128::from(sum.words.get(index).copied().unwrap_or_default());
            let pair = next(start + index + 1) << 64 | next(start + index);
            *word = (pair >> shift) as u64;
        }
        Self { words }
    }
}

const _: () = assert!(LIMIT_EXPONENT + 63 - WEIGHT_UNIT_EXPONENT < 64 * WORDS as i32);

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::exact::ProductSum;
    use crate::exact::decompose::place;

    /// Weights of many sizes, the smallest and the largest among them.
    pub(in crate::exact) fn weights() -> Vec<f32> {
        let mut state = 1_u64;
        let mut random = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) as u32
        };
        let largest = f32::from_bits((190 << 23) | 0x7f_ffff);
        let any = (0..200).map(|_| f32::from_bits(random() % largest.to_bits()));
        any.chain([f32::from_bits(1), f32::MIN_POSITIVE, 1.0, largest, 0.0]).collect()
    }

    pub(in crate::exact) fn sum(weights: &[f32]) -> (AnyWeightSum, ExactSum) {
        let (mut sum, mut exact) = (AnyWeightSum::ZERO, ExactSum::ZERO);
        for weight in weights {
            let (mantissa, position) = place(weight.to_bits());
            sum = sum.plus(AnyWeightSum::placed(mantissa.into(), position));
            exact.add(*weight).expect("a weight");
        }
        (sum, exact)
    }

    #[test]
    fn sums_are_those_of_the_wide_integer() {
        let weights = weights();
        for part in weights.chunks(7).chain(weights.chunks(1)).chain([&weights[..]]) {
            let (sum, exact) = sum(part);
            assert_eq!(AnyWeightSum::of(&exact), sum);
            assert_eq!(sum.to_integer() << 322, exact.to_integer());
            assert_eq!(sum.to_f64() * two_to(WEIGHT_UNIT_EXPONENT), exact.to_f64());
            assert_eq!(u64::from(sum.bits()), sum.to_integer().bits());
            assert_eq!(sum.plus(sum).minus(sum), sum);
        }
    }

    #[test]
    fn narrow_sums_are_wide_ones() {
        let mut state = 3_u64;
        let mut random = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 40) as u32
        };
        for _ in 0..1000 {
            let (positions, lift) = ([random() % 90, random() % 90], random() % 100);
            let mantissas = [random(), random()].map(u64::from);
            let placed = |index: usize| (mantissas[index], positions[index]);
            let [a, b] = [placed(0), placed(1)].map(|(m, position)| u128::placed(m, position));
            let [wide_a, wide_b] =
                [placed(0), placed(1)].map(|(m, at)| AnyWeightSum::placed(m, at + lift));
            let (whole, wide_whole) = (a.plus(b), wide_a.plus(wide_b));
            if whole.is_zero() {
                continue;
            }
            assert_eq!(whole.to_integer() << lift, wide_whole.to_integer());
            assert_eq!(a.share_of(whole), wide_a.share_of(wide_whole));
            assert_eq!(whole.to_f64() * two_to(lift as i32), wide_whole.to_f64());
            let [mut products, mut wide_products] = [ProductSum::default(); 2];
            products.add(a, whole);
            products.add_times(b, 12345);
            wide_products.add(wide_a, wide_whole);
            let mut times = ProductSum::default();
            times.add_times(wide_b, 12345);
            let expected = (wide_products.to_integer() >> lift) + times.to_integer();
            assert_eq!(products.to_integer() << lift, expected);
        }
    }

    #[test]
    fn what_lies_below_the_leading_bits_breaks_ties() {
        // Halfway between two f64, and a little more below the 64th bit.
        let half = 1_u128 << 100 | 1 << 47;
        assert_eq!(WeightSum::to_f64(half), two_to(100));
        assert_eq!(WeightSum::to_f64(half | 1), two_to(100) + two_to(48));
        let above = AnyWeightSum::placed(1, 200).plus(AnyWeightSum::placed(1, 147));
        assert_eq!(above.to_f64(), two_to(200));
        assert_eq!(above.plus(AnyWeightSum::placed(1, 3)).to_f64(), two_to(200) + two_to(148));
    }

    #[test]
    fn shares_are_within_their_bound_whatever_the_unit() {
        let weights = weights();
        let parts = weights.chunks(2).zip(weights.chunks(3));
        for (part, rest) in parts.chain([(&weights[..1], &weights[..0])]) {
            let (part, rest) = (sum(part).0, sum(rest).0);
            let whole = part.plus(rest);
            if whole.is_zero() {
                continue;
            }
            let share = part.share_of(whole);
            // |share / 2^62 − part / whole| <= 3 / 2^63
            let off =
                BigInt::from(share) * whole.to_integer() * 2_u8 - (part.to_integer() << 63_u8);
            assert!(*off.magnitude() <= *(whole.to_integer() * 3_u8).magnitude(), "{part:?}");
            assert_eq!(part.plus(part).share_of(whole.plus(whole)), share);
        }
        assert_eq!(sum(&weights).0.share_of(sum(&weights).0), 1 << SHARE_BITS);
    }
}
