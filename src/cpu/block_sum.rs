//! Exact sums of a block in plain `f64` arithmetic.
//!
//! Adding x to M = 1.5 · 2^(52+u) rounds x to a multiple of 2^u: the bits of the result, as an
//! integer, are the bits of M plus round(x / 2^u), as long as |x| <= 2^(51+u). So the wrapping
//! integer sum of n such results, less n times the bits of M, is exactly Σ round(x / 2^u). The
//! difference between x and its rounded part is also exact, and is added to the next level, 51 bits
//! lower. When the unit of the last level divides every x of the block, nothing is left and the
//! levels together hold the exact sum.
//!
//! The next level's M' is a multiple of 2^u, and M + M' fits 53 bits. So (M + M') − (M + r), where
//! r is the rounded part of x, equals M' − r without error. Adding x to it performs the addition of
//! the next level in one operation: M' + (x − r), rounded once.

use super::prefetch::Prefetcher;
use crate::exact::layout::{EXPONENT_BIAS, UNIT_EXPONENT};
use crate::exact::{ExactSum, two_to};
use crate::kernel::bits::{field, magnitude};

/// Bits from the unit of one level to the unit of the next, and from the first unit to the largest
/// number.
const LEVEL_BITS: i32 = 51;

/// The magnitudes of a block's numbers: each is below 2^`top` and a multiple of 2^`unit`.
#[derive(Clone, Copy, Debug)]
pub(super) struct BitRange {
    pub top: i32,
    pub unit: i32,
}

/// The smallest nonzero magnitude of a block, and the largest.
#[derive(Clone, Copy, Debug)]
pub(super) struct MagnitudeRange {
    /// One less than the smallest nonzero magnitude.
    pub below_min: u32,
    /// The largest magnitude.
    pub max: u32,
}

impl MagnitudeRange {
    #[inline(always)]
    pub fn of(bits: &[u32]) -> Self {
        let mut range = Self { below_min: u32::MAX, max: 0 };
        for &bits in bits {
            let magnitude = magnitude(bits);
            range.below_min = range.below_min.min(magnitude.wrapping_sub(1));
            range.max = range.max.max(magnitude);
        }
        range
    }

    /// Whether every number is zero or has an exponent field from `min` to `max`.
    pub fn within(self, min: u32, max: u32) -> bool {
        self.max == 0 || (field(self.below_min + 1) >= min && field(self.max) <= max)
    }

    /// The bits of the numbers; none if every number is zero.
    pub fn bits(self) -> Option<BitRange> {
        (self.max > 0).then(|| BitRange {
            top: field(self.max).max(1) as i32 - EXPONENT_BIAS + 24,
            unit: field(self.below_min + 1).max(1) as i32 - EXPONENT_BIAS,
        })
    }
}

impl BitRange {
    /// The bits of the number 1.
    pub const ONE: Self = Self { top: 1, unit: 0 };

    /// The bits of the products of two blocks' numbers.
    pub fn product(self, other: Self) -> Self {
        Self { top: self.top + other.top, unit: self.unit + other.unit }
    }

    /// The units of the levels that hold a sum of these numbers, and the number of levels. None if
    /// three levels are not enough.
    fn levels(self) -> Option<([i32; 3], usize)> {
        let first = self.top - LEVEL_BITS;
        let units = [0, 1, 2].map(|level| (first - level * LEVEL_BITS).max(UNIT_EXPONENT));
        Some((units, units.iter().position(|&unit| unit <= self.unit)? + 1))
    }
}

/// These bits as `f64` numbers.
#[inline(always)]
pub(super) fn numbers(bits: &[u32]) -> impl ExactSizeIterator<Item = f64> + Clone {
    bits.iter().map(|&bits| f32::from_bits(bits).into())
}

/// The exact sum of at most 2^11 numbers in this range of bits.
#[inline(always)]
pub(super) fn sum(numbers: impl ExactSizeIterator<Item = f64>, bits: BitRange) -> ExactSum {
    match bits.levels() {
        Some(([first, ..], 1)) => sum_levels(numbers, [first]),
        Some(([first, second, _], 2)) => sum_levels(numbers, [first, second]),
        Some((units, _)) => sum_levels(numbers, units),
        None => sum_scattered(numbers),
    }
}

/// Adds the exact sums of x and of x · y, in one pass if both have the usual levels. With `FUSED`,
/// a product and an addition are one instruction; the product is exact either way.
#[inline(always)]
pub(super) fn sum_pair<const FUSED: bool>(
    x: &[u32],
    y: &[u32],
    bits_x: BitRange,
    bits_y: BitRange,
    ahead: &mut Prefetcher<'_>,
    sums: [&mut ExactSum; 2],
) {
    let bits_xy = bits_x.product(bits_y);
    match (bits_x.levels(), bits_xy.levels()) {
        (Some(([a, ..], 1)), Some(([c, d, _], 1 | 2))) => {
            sum_pair_levels::<FUSED, 1, 2>(x, y, [a], [c, d], ahead, sums);
        }
        (Some(([a, b, _], 2)), Some(([c, d, _], 2))) => {
            sum_pair_levels::<FUSED, 2, 2>(x, y, [a, b], [c, d], ahead, sums);
        }
        (Some(([a, b, _], 1 | 2)), Some((units, 3))) => {
            sum_pair_levels::<FUSED, 2, 3>(x, y, [a, b], units, ahead, sums);
        }
        _ => {
            let products = numbers(x).zip(numbers(y)).map(|(x, y)| x * y);
            sums[0].merge(&sum(numbers(x), bits_x));
            sums[1].merge(&sum(products, bits_xy));
        }
    }
}

#[inline(always)]
fn sum_pair_levels<const FUSED: bool, const BASE: usize, const PRODUCT: usize>(
    x: &[u32],
    y: &[u32],
    units: [i32; BASE],
    units_of_product: [i32; PRODUCT],
    ahead: &mut Prefetcher<'_>,
    sums: [&mut ExactSum; 2],
) {
    let (mut plain, mut product) = (Levels::new(units), Levels::new(units_of_product));
    ahead.advance();
    for (x, y) in numbers(x).zip(numbers(y)) {
        plain.add(|base| x + base);
        product.add(|base| if FUSED { x.mul_add(y, base) } else { x * y + base });
    }
    let [sum_x, sum_xy] = sums;
    plain.add_to(sum_x, x.len());
    product.add_to(sum_xy, x.len());
}

/// The exact sums of the numbers of each cell, given with the cells; `counts` is how many numbers
/// each cell has. One pass, if one or two levels hold a sum; none otherwise.
#[inline(always)]
pub(super) fn sums_by_cell<Cell: Copy, const CELLS: usize>(
    numbers: impl Iterator<Item = (f64, Cell)>,
    is: impl Fn(Cell, usize) -> bool,
    counts: [u64; CELLS],
    bits: BitRange,
) -> Option<[ExactSum; CELLS]> {
    match bits.levels()? {
        ([first, ..], 1) => Some(sums_of_levels(numbers, is, counts, [first])),
        ([first, second, _], 2) => Some(sums_of_levels(numbers, is, counts, [first, second])),
        _ => None,
    }
}

#[inline(always)]
fn sums_of_levels<Cell: Copy, const CELLS: usize, const LEVELS: usize>(
    numbers: impl Iterator<Item = (f64, Cell)>,
    is: impl Fn(Cell, usize) -> bool,
    counts: [u64; CELLS],
    units: [i32; LEVELS],
) -> [ExactSum; CELLS] {
    let levels = Levels::new(units);
    let mut totals = [[0_u64; LEVELS]; CELLS];
    for (number, cell) in numbers {
        let parts = levels.split(number);
        for (index, totals) in totals.iter_mut().enumerate() {
            let mask = if is(cell, index) { u64::MAX } else { 0 };
            for (total, part) in totals.iter_mut().zip(parts) {
                *total = total.wrapping_add(part & mask);
            }
        }
    }
    let mut sums = [ExactSum::ZERO; CELLS];
    for ((sum, totals), count) in sums.iter_mut().zip(totals).zip(counts) {
        Levels { totals, ..levels }.add_to(sum, count as usize);
    }
    sums
}

#[inline(always)]
fn sum_levels<const LEVELS: usize>(
    numbers: impl ExactSizeIterator<Item = f64>,
    units: [i32; LEVELS],
) -> ExactSum {
    let len = numbers.len();
    let mut levels = Levels::new(units);
    for number in numbers {
        levels.add(|base| number + base);
    }
    let mut sum = ExactSum::ZERO;
    levels.add_to(&mut sum, len);
    sum
}

/// The running sums of the levels.
#[derive(Clone, Copy)]
pub(super) struct Levels<const LEVELS: usize> {
    units: [i32; LEVELS],
    /// The number M of each level.
    magic: [f64; LEVELS],
    totals: [u64; LEVELS],
}

impl Levels<2> {
    /// Two levels for numbers in this range of bits; none if they are not enough.
    #[inline(always)]
    pub fn two(bits: BitRange) -> Option<Self> {
        let ([first, second, _], levels) = bits.levels()?;
        (levels <= 2).then(|| Self::new([first, second]))
    }
}

impl<const LEVELS: usize> Levels<LEVELS> {
    #[inline(always)]
    fn new(units: [i32; LEVELS]) -> Self {
        Self { units, magic: units.map(|unit| 1.5 * two_to(52 + unit)), totals: [0; LEVELS] }
    }

    /// Adds a number x, given as a function that returns x + y, rounded once, for any y.
    #[inline(always)]
    pub fn add(&mut self, plus: impl Fn(f64) -> f64) {
        let totals = &mut self.totals;
        let mut count = |level: usize, shifted: f64| {
            totals[level] = totals[level].wrapping_add(shifted.to_bits());
            shifted
        };
        match self.magic[..] {
            [first] => _ = count(0, plus(first)),
            [first, second] => {
                let shifted = count(0, plus(first));
                count(1, plus((first + second) - shifted));
            }
            [first, second, third] => {
                let shifted = count(0, plus(first));
                let rest = plus(first - shifted);
                let shifted = count(1, rest + second);
                count(2, rest + ((second + third) - shifted));
            }
            _ => const { assert!(1 <= LEVELS && LEVELS <= 3, "there are one to three levels") },
        }
    }

    /// A number on each level, as it is counted.
    #[inline(always)]
    fn split(&self, number: f64) -> [u64; LEVELS] {
        let mut levels = Self { totals: [0; LEVELS], ..*self };
        levels.add(|base| number + base);
        levels.totals
    }

    /// Adds the levels, which hold `len` numbers, to a sum.
    #[inline(always)]
    pub fn add_to(&self, sum: &mut ExactSum, len: usize) {
        for level in 0..LEVELS {
            let base = self.magic[level].to_bits().wrapping_mul(len as u64);
            let integer = self.totals[level].wrapping_sub(base) as i64;
            sum.add_shifted(integer.into(), (self.units[level] - UNIT_EXPONENT) as u32);
        }
    }
}

/// The rare block whose numbers differ too much in magnitude: adds them one by one.
#[cold]
#[inline(never)]
fn sum_scattered(numbers: impl Iterator<Item = f64>) -> ExactSum {
    let mut sum = ExactSum::ZERO;
    numbers.for_each(|number| sum.add_f64(number));
    sum
}
