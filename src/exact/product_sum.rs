//! Exact sums of products of two sums of weights.

use super::weight_sum::{WORDS, WeightSum};
use super::words;
use num_bigint::BigInt;

/// An exact sum of products of two sums of weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ProductSum {
    words: [u64; 2 * WORDS],
}

impl ProductSum {
    /// The product of two sums.
    #[inline(always)]
    pub fn of<S: WeightSum>(a: S, b: S) -> Self {
        let mut product = Self::default();
        product.add(a, b);
        product
    }

    /// Adds the product of two sums.
    #[inline(always)]
    pub fn add<S: WeightSum>(&mut self, few: S, many: S) {
        let many = many.words();
        for (index, &word) in few.words()[..S::BITS as usize / 64].iter().enumerate() {
            // The first word is zero about half the time, which no branch predictor foresees; the
            // others are nearly always zero.
            if index == 0 || word != 0 {
                self.add_product_at(&many[..S::BITS as usize / 64], word, index);
            }
        }
    }

    /// Adds the product of a sum and an integer.
    #[inline(always)]
    pub fn add_times<S: WeightSum>(&mut self, sum: S, factor: u64) {
        self.add_product_at(&sum.words()[..S::BITS as usize / 64], factor, 0);
    }

    /// Adds `words` · `factor` · 2^(64 · `start`).
    #[inline(always)]
    fn add_product_at(&mut self, words: &[u64], factor: u64, start: usize) {
        let mut carry = 0;
        let (here, above) = self.words[start..].split_at_mut(words.len());
        for (word, &other) in here.iter_mut().zip(words) {
            let wide = u128::from(other) * u128::from(factor) + u128::from(*word) + carry;
            (*word, carry) = (wide as u64, wide >> 64);
        }
        // The next word absorbs most carries: only its overflow goes further.
        let mut carry = carry as u64;
        for word in above {
            let overflows;
            (*word, overflows) = word.overflowing_add(carry);
            carry = 1;
            if !overflows {
                break;
            }
        }
    }

    /// Adds the sum `other`.
    pub fn merge(&mut self, other: &Self) {
        words::add(&mut self.words, &other.words);
    }

    /// The integer count of products of two units.
    pub fn to_integer(self) -> BigInt {
        words::to_unsigned(&self.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::weight_sum::tests::{sum, weights};

    #[test]
    fn products_add_up_without_rounding() {
        let weights = weights();
        let (mut products, mut expected) = (ProductSum::default(), BigInt::ZERO);
        for (few, many) in weights.chunks(3).zip(weights.chunks(5)) {
            let (few, many) = (sum(few).0, sum(many).0);
            let mut one = ProductSum::default();
            one.add(few, many);
            one.add_times(many, u64::MAX - 5);
            products.merge(&one);
            expected += few.to_integer() * many.to_integer() + many.to_integer() * (u64::MAX - 5);
        }
        assert_eq!(products.to_integer(), expected);
    }
}
