//! Sums of weights, and sums of products of two such: exact, and narrower than an
//! [`ExactSum`], since curves need one for each score.

use super::ExactSum;
use super::layout::{EXPONENT_BIAS, LIMIT_EXPONENT, MANTISSA_BITS, UNIT_EXPONENT};
use num_bigint::{BigInt, BigUint};

/// Exponent of the unit: the last bit of the smallest weight.
const UNIT: i32 = 1 - EXPONENT_BIAS;

/// 64-bit words of a sum: 2^63 weights below 2^64 stay below 2^128, that is 2^277 units.
const WORDS: usize = 5;

/// An exact sum of weights, which are not negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct WeightSum {
    /// Least significant word first.
    words: [u64; WORDS],
}

/// An exact sum of products of two sums of weights.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ProductSum {
    words: [u64; 2 * WORDS],
}

/// Bits that a fixed-point [`share`](WeightSum::share_of) has.
pub(crate) const SHARE_BITS: u32 = 62;

impl WeightSum {
    pub const ZERO: Self = Self { words: [0; WORDS] };

    /// Adds a weight, given as the bits of an `f32` that is finite and not negative.
    #[inline(always)]
    pub fn add_weight(&mut self, weight: u32) {
        let field = weight >> (MANTISSA_BITS - 1);
        let mantissa = u64::from(weight & 0x007f_ffff | u32::from(field != 0) << 23);
        let position = field.max(1) - 1;
        let (start, shift) = ((position / 64) as usize, position % 64);
        let wide = u128::from(mantissa) << shift;
        debug_assert!(field < 0xff, "{weight:#x} is no weight");
        let mut carry = false;
        let mut parts = [wide as u64, (wide >> 64) as u64].into_iter();
        for word in self.words.iter_mut().skip(start) {
            let part = parts.next();
            if part.is_none() && !carry {
                break;
            }
            (*word, carry) = word.carrying_add(part.unwrap_or_default(), carry);
        }
    }

    #[inline(always)]
    pub fn add(&mut self, other: &Self) {
        let mut carry = false;
        for (word, &addend) in self.words.iter_mut().zip(&other.words) {
            (*word, carry) = word.carrying_add(addend, carry);
        }
    }

    /// The sum of both.
    #[inline(always)]
    pub fn plus(mut self, other: &Self) -> Self {
        self.add(other);
        self
    }

    #[inline(always)]
    pub fn is_zero(&self) -> bool {
        self.words == [0; WORDS]
    }

    /// Sums of weights, of which none is negative.
    pub fn of(sum: &ExactSum) -> Self {
        const LOWER_BITS: u32 = (UNIT - UNIT_EXPONENT) as u32;
        let (start, shift) = ((LOWER_BITS / 64) as usize, LOWER_BITS % 64);
        let mut words = [0; WORDS];
        for (index, word) in words.iter_mut().enumerate() {
            let [low, high] = [0, 1].map(|next| sum.words.get(start + index + next).copied());
            let pair =
                u128::from(high.unwrap_or_default()) << 64 | u128::from(low.unwrap_or_default());
            *word = (pair >> shift) as u64;
        }
        Self { words }
    }

    /// The integer count of units.
    pub fn to_integer(self) -> BigInt {
        let bytes: Vec<u8> = self.words.iter().flat_map(|word| word.to_le_bytes()).collect();
        BigUint::from_bytes_le(&bytes).into()
    }

    /// Number of bits.
    #[inline(always)]
    fn bits(&self) -> u32 {
        let top = self.words.iter().rposition(|&word| word != 0);
        top.map_or(0, |top| 64 * (top as u32 + 1) - self.words[top].leading_zeros())
    }

    /// The 64 bits from `position` on.
    #[inline(always)]
    fn bits_from(&self, position: u32) -> u64 {
        let (index, shift) = ((position / 64) as usize, position % 64);
        let low = self.words[index] >> shift;
        match self.words.get(index + 1) {
            Some(high) if shift > 0 => low | high << (64 - shift),
            _ => low,
        }
    }

    /// What share of `whole`, which is no smaller and not zero, this is: in units of 2^-62, rounded down
    /// after both have been cut off below the 64th bit of `whole`. It is at most 3 · 2^-63 off: each of
    /// the cuts changes the share by less than 2^-63, in opposite directions, and rounding by less than
    /// 2^-62. What the unit is does not show: the bits are counted from the first of `whole`.
    #[inline(always)]
    pub fn share_of(&self, whole: &Self) -> u64 {
        let cut = whole.bits().saturating_sub(64);
        let [part, whole] = [self, whole].map(|sum| sum.bits_from(cut));
        if part == whole {
            return 1 << SHARE_BITS;
        }
        ((u128::from(part) << SHARE_BITS) / u128::from(whole)) as u64
    }

    /// Rounded once to the nearest `f64`, in units of 2^-149, ties to even.
    #[inline(always)]
    pub fn to_f64(self) -> f64 {
        let cut = self.bits().saturating_sub(64);
        let (index, shift) = ((cut / 64) as usize, cut % 64);
        let below = self.words[..index].iter().any(|&word| word != 0)
            || self.words[index] & ((1 << shift) - 1) != 0;
        // 64 bits are more than 53 + 2, so what is below may be gathered in the last of them.
        (self.bits_from(cut) | u64::from(below)) as f64 * super::two_to(cut as i32)
    }

    /// The product with an integer below 2^64, added to a sum of such.
    #[inline(always)]
    pub fn add_times(&self, factor: u64, sum: &mut ProductSum) {
        sum.add_product_at(&self.words, factor, 0);
    }
}

impl ProductSum {
    /// Adds the product of two sums.
    #[inline(always)]
    pub fn add(&mut self, few: &WeightSum, many: &WeightSum) {
        for (index, &word) in few.words.iter().enumerate() {
            if word != 0 {
                self.add_product_at(&many.words, word, index);
            }
        }
    }

    /// Adds `words` · `factor` · 2^(64 · `start`).
    #[inline(always)]
    fn add_product_at(&mut self, words: &[u64; WORDS], factor: u64, start: usize) {
        let mut carry = 0;
        let (here, above) = self.words[start..].split_at_mut(WORDS);
        for (word, &other) in here.iter_mut().zip(words) {
            let wide = u128::from(other) * u128::from(factor) + u128::from(*word) + carry;
            (*word, carry) = (wide as u64, wide >> 64);
        }
        let mut carry = carry as u64;
        for word in above {
            if carry == 0 {
                break;
            }
            let overflows;
            (*word, overflows) = word.overflowing_add(carry);
            carry = overflows.into();
        }
    }

    /// The integer count of products of two units.
    pub fn to_integer(self) -> BigInt {
        let bytes: Vec<u8> = self.words.iter().flat_map(|word| word.to_le_bytes()).collect();
        BigUint::from_bytes_le(&bytes).into()
    }
}

const _: () = assert!(LIMIT_EXPONENT + 63 - UNIT < 64 * WORDS as i32);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::two_to;

    /// Weights of many sizes, the least and the largest among them.
    fn weights() -> Vec<f32> {
        let mut state = 1_u64;
        let mut random = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) as u32
        };
        let largest = f32::from_bits((190 << 23) | 0x7f_ffff);
        let any = (0..200).map(|_| f32::from_bits(random() % largest.to_bits()));
        any.chain([f32::from_bits(1), f32::MIN_POSITIVE, 1.0, largest, 0.0]).collect()
    }

    fn sum(weights: &[f32]) -> (WeightSum, ExactSum) {
        let (mut sum, mut exact) = (WeightSum::ZERO, ExactSum::ZERO);
        for weight in weights {
            sum.add_weight(weight.to_bits());
            exact.add(*weight).expect("a weight");
        }
        (sum, exact)
    }

    #[test]
    fn sums_are_those_of_the_wide_integer() {
        let weights = weights();
        for part in weights.chunks(7).chain(weights.chunks(1)).chain([&weights[..]]) {
            let (sum, exact) = sum(part);
            assert_eq!(WeightSum::of(&exact), sum);
            assert_eq!(sum.to_integer() << 149, exact.to_integer());
            assert_eq!(sum.to_f64() * two_to(UNIT), exact.to_f64());
            let (mut both, twice) = (sum, sum.plus(&sum));
            both.add(&sum);
            assert_eq!((both, both.to_integer()), (twice, sum.to_integer() * 2));
        }
    }

    #[test]
    fn products_add_up_without_rounding() {
        let weights = weights();
        let (mut products, mut expected) = (ProductSum::default(), BigInt::ZERO);
        for (few, many) in weights.chunks(3).zip(weights.chunks(5)) {
            let (few, many) = (sum(few).0, sum(many).0);
            products.add(&few, &many);
            many.add_times(u64::MAX - 5, &mut products);
            expected += few.to_integer() * many.to_integer() + many.to_integer() * (u64::MAX - 5);
        }
        assert_eq!(products.to_integer(), expected);
    }

    #[test]
    fn shares_are_within_their_bound_whatever_the_unit() {
        let weights = weights();
        let parts = weights.chunks(2).zip(weights.chunks(3));
        for (part, rest) in parts.chain([(&weights[..1], &weights[..0])]) {
            let (part, rest) = (sum(part).0, sum(rest).0);
            let whole = part.plus(&rest);
            if whole.is_zero() {
                continue;
            }
            let share = part.share_of(&whole);
            // |share / 2^62 − part / whole| <= 3 / 2^63
            let off = (BigInt::from(share) * whole.to_integer() * 2_u8
                - (part.to_integer() << 63_u8))
                .magnitude()
                .clone();
            assert!(
                off <= (whole.to_integer() * 3_u8).magnitude().clone(),
                "{part:?} of {whole:?}"
            );
            let (mut part, mut whole) = (part, whole);
            (part, whole) = (part.plus(&part), whole.plus(&whole));
            assert_eq!(part.share_of(&whole), share);
        }
        assert_eq!(sum(&weights).0.share_of(&sum(&weights).0), 1 << SHARE_BITS);
    }
}
