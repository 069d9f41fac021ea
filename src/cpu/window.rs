//! Exact sums of a block in plain `f64` arithmetic.
//!
//! Adding x to M = 1.5 · 2^(52+u) leaves, in the bits of the result, the integer round(x / 2^u):
//! its bits grow by one per unit 2^u, as long as |x| < 2^(51+u). So the wrapping integer sum of
//! those bits, less n times the bits of M, is Σ round(x / 2^u), exactly; and x less its rounded
//! part is exact too, and goes to the next level, 52 bits lower. When the last level's unit
//! divides every x of the block, nothing is left and the levels together hold the exact sum.

use crate::exact::layout::{EXPONENT_BIAS, UNIT_EXPONENT};
use crate::exact::{ExactSum, two_to};
use crate::statistic::bits::{field, magnitude};

/// Bits that the first level holds, and that each further level adds.
const LEVEL_BITS: i32 = 52;

/// The magnitudes of a block's numbers: each is below 2^`top` and a multiple of 2^`unit`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub top: i32,
    pub unit: i32,
}

/// Smallest and largest magnitude bits of a block, zeros left out of the smallest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    /// One less than the smallest magnitude that is not zero.
    below_least: u32,
    /// The largest magnitude.
    pub greatest: u32,
}

impl Extent {
    #[inline(always)]
    pub fn of(bits: &[u32]) -> Self {
        let mut extent = Self { below_least: u32::MAX, greatest: 0 };
        for &bits in bits {
            let magnitude = magnitude(bits);
            extent.below_least = extent.below_least.min(magnitude.wrapping_sub(1));
            extent.greatest = extent.greatest.max(magnitude);
        }
        extent
    }

    /// Whether every number is zero or has an exponent field from `least` to `greatest`.
    pub fn within(self, least: u32, greatest: u32) -> bool {
        self.greatest == 0
            || (field(self.below_least + 1) >= least && field(self.greatest) <= greatest)
    }

    /// None if every number is zero.
    pub fn span(self) -> Option<Span> {
        (self.greatest > 0).then(|| Span {
            top: field(self.greatest).max(1) as i32 - EXPONENT_BIAS + 24,
            unit: field(self.below_least + 1).max(1) as i32 - EXPONENT_BIAS,
        })
    }
}

impl Span {
    /// The span of products of two blocks' numbers.
    pub fn product(self, other: Self) -> Self {
        Self { top: self.top + other.top, unit: self.unit + other.unit }
    }
}

/// The exact sum of at most 2^11 numbers of this span.
#[inline(always)]
pub(super) fn sum(numbers: impl ExactSizeIterator<Item = f64>, span: Span) -> ExactSum {
    let first = span.top - (LEVEL_BITS - 1);
    let units = [0, 1, 2].map(|level| (first - level * LEVEL_BITS).max(UNIT_EXPONENT));
    let levels = units.iter().position(|&unit| unit <= span.unit);
    match levels {
        Some(0) => sum_levels::<1>(numbers, [units[0]]),
        Some(1) => sum_levels::<2>(numbers, [units[0], units[1]]),
        Some(2) => sum_levels::<3>(numbers, units),
        _ => sum_scattered(numbers),
    }
}

#[inline(always)]
fn sum_levels<const LEVELS: usize>(
    numbers: impl ExactSizeIterator<Item = f64>,
    units: [i32; LEVELS],
) -> ExactSum {
    let magic = units.map(|unit| 1.5 * two_to(52 + unit));
    let len = numbers.len() as i64;
    let mut totals = [0_i64; LEVELS];
    for mut rest in numbers {
        for level in 0..LEVELS {
            let shifted = rest + magic[level];
            totals[level] = totals[level].wrapping_add(shifted.to_bits() as i64);
            rest -= shifted - magic[level];
        }
    }
    let mut sum = ExactSum::ZERO;
    for level in 0..LEVELS {
        let base = (magic[level].to_bits() as i64).wrapping_mul(len);
        let integer = totals[level].wrapping_sub(base);
        sum.add_shifted(integer.into(), (units[level] - UNIT_EXPONENT) as u32);
    }
    sum
}

/// The rare block whose numbers lie too far apart: one by one into the wide integer.
#[cold]
#[inline(never)]
fn add_scattered(sum: &mut ExactSum, number: f64) {
    let bits = number.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i32;
    if exponent == 0 {
        return; // zero: products of f32 are never subnormal as f64
    }
    let mantissa = i128::from(bits & ((1 << 52) - 1) | 1 << 52);
    let position = exponent - 1075 - UNIT_EXPONENT;
    // A product of f32 is a multiple of the unit: bits below it are zero.
    let (mantissa, position) =
        if position < 0 { (mantissa >> -position, 0) } else { (mantissa, position) };
    sum.add_shifted(if number < 0.0 { -mantissa } else { mantissa }, position as u32);
}

fn sum_scattered(numbers: impl Iterator<Item = f64>) -> ExactSum {
    let mut sum = ExactSum::ZERO;
    numbers.for_each(|number| add_scattered(&mut sum, number));
    sum
}
