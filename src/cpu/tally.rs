//! Sums of many cells, to which numbers are added one by one.
//!
//! Adding to an exact sum takes a walk over its words. Numbers of ordinary size, not negative, go to
//! integers of 128 bits instead, one for each sum, and from there to the exact sums at the end.

use super::window;
use crate::exact::ExactSum;
use crate::exact::layout::UNIT_EXPONENT;

/// Exponent of the unit of the integers.
const UNIT: i32 = -87;

/// An `f64` has 53 bits, moved up by this many at most: 2^27 numbers below 2^100 fit.
const MOST_SHIFT: i32 = 47;

/// Numbers that an integer can take.
pub(super) const MOST_NUMBERS: usize = 1 << 27;

/// The integers of some sums.
pub(super) struct Tally(Vec<i128>);

impl Tally {
    pub fn new(sums: usize) -> Self {
        Self(vec![0; sums])
    }

    /// Adds a number, which is not negative, to a sum.
    #[inline(always)]
    pub fn add(&mut self, index: usize, number: f64, sum: &mut ExactSum) {
        let bits = number.to_bits();
        let mantissa = bits & ((1 << 52) - 1) | 1 << 52;
        let shift = (bits >> 52) as i32 - 1075 - UNIT;
        match self.0.get_mut(index) {
            Some(integer) if (0..=MOST_SHIFT).contains(&shift) => {
                *integer += i128::from(mantissa) << shift;
            }
            _ => window::add(sum, number),
        }
    }

    /// Moves what was added to a sum there.
    pub fn flush(&mut self, index: usize, sum: &mut ExactSum) {
        if let Some(integer) = self.0.get_mut(index) {
            sum.add_shifted(std::mem::take(integer), (UNIT - UNIT_EXPONENT) as u32);
        }
    }
}
