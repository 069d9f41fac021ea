//! The magnitudes of a block's numbers, and exact sums of them.
//!
//! The sums of a block are those of `block_sum.rs`. A product of two numbers has up to 106 bits: it
//! is summed as two numbers, the rounded product and the rest.

use crate::cpu::block_sum::{self, BitRange, Levels};
use crate::exact::{ExactSum, two_to};

/// Distance from an exponent field to the exponent of the last bit of a mantissa.
const LAST_BIT_BIAS: i32 = 1075;

/// The smallest nonzero magnitude of some numbers, and the largest, as bits; both 0 if every number
/// is zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cpu) struct Magnitudes {
    min: u64,
    max: u64,
}

impl Magnitudes {
    /// Those of ones.
    pub const ONE: Self = Self { min: 1.0_f64.to_bits(), max: 1.0_f64.to_bits() };

    #[inline(always)]
    pub fn of(numbers: &[f64]) -> Self {
        Self::of_bits(numbers.iter().map(|x| x.abs().to_bits()))
    }

    /// Those of weights. The largest is not below any limit if a weight has a sign.
    #[inline(always)]
    pub fn of_weights(weights: &[f64]) -> Self {
        Self::of_bits(weights.iter().map(|x| x.to_bits()))
    }

    #[inline(always)]
    fn of_bits(numbers: impl Iterator<Item = u64>) -> Self {
        // One less than the smallest: zeros become the largest integer.
        let (mut below_min, mut max) = (u64::MAX, 0);
        for bits in numbers {
            max = max.max(bits);
            below_min = below_min.min(bits.wrapping_sub(1));
        }
        Self { min: below_min.wrapping_add(1), max }
    }

    /// The largest magnitude.
    pub fn max(self) -> f64 {
        f64::from_bits(self.max)
    }

    /// Whether every number is zero, or from 2^`min_exponent` to below 2^`limit_exponent` in
    /// magnitude.
    pub fn within(self, min_exponent: i32, limit_exponent: i32) -> bool {
        let [min, limit] =
            [min_exponent, limit_exponent].map(|exponent| two_to(exponent).to_bits());
        self.max == 0 || self.min >= min && self.max < limit
    }

    /// The bits of the numbers; none if every number is zero.
    fn bits(self) -> Option<BitRange> {
        let last_bit = |bits: u64| (bits >> 52).max(1) as i32 - LAST_BIT_BIAS;
        (self.max > 0).then(|| BitRange { top: last_bit(self.max) + 53, unit: last_bit(self.min) })
    }
}

/// The exact sum of numbers.
#[inline(always)]
pub(in crate::cpu) fn sum(numbers: &[f64], magnitudes: Magnitudes) -> ExactSum {
    match magnitudes.bits() {
        Some(bits) => block_sum::sum(numbers.iter().copied(), bits),
        None => ExactSum::ZERO,
    }
}

/// The exact sums of the numbers of each cell. Cells are indices of sums; numbers of other cells
/// are left out.
#[inline(always)]
pub(in crate::cpu) fn sums_by_cell<const CELLS: usize>(
    cells: &[f64],
    numbers: &[f64],
    counts: [u64; CELLS],
    magnitudes: Magnitudes,
    selected: &mut [f64],
) -> [ExactSum; CELLS] {
    let mut sums = [ExactSum::ZERO; CELLS];
    let Some(bits) = magnitudes.bits() else { return sums };
    let pairs = numbers.iter().copied().zip(cells.iter().copied());
    let is = |cell: f64, index: usize| cell == index as f64;
    if let Some(sums) = block_sum::sums_by_cell(pairs, is, counts, bits) {
        return sums;
    }
    for (index, sum) in sums.iter_mut().enumerate() {
        for ((selected, &cell), &number) in selected.iter_mut().zip(cells).zip(numbers) {
            *selected = if is(cell, index) { number } else { 0.0 };
        }
        *sum = block_sum::sum(selected.iter().copied(), bits);
    }
    sums
}

/// Adds the exact sum of the products of two columns. With `FUSED`, the rest of a product is one
/// instruction; it is exact either way.
#[inline(always)]
pub(in crate::cpu) fn add_products<const FUSED: bool>(
    total: &mut ExactSum,
    [x, y]: [&[f64]; 2],
    [of_x, of_y]: [Magnitudes; 2],
) {
    let (Some(of_x), Some(of_y)) = (of_x.bits(), of_y.bits()) else { return };
    let [of_products, of_rests] = halves(of_x.product(of_y));
    let factors = x.iter().zip(y);
    let products = factors.clone().map(|(x, y)| x * y);
    total.merge(&block_sum::sum(products, of_products));
    let rests = factors.map(|(&x, &y)| product_rest::<FUSED>(x, y));
    total.merge(&block_sum::sum(rests, of_rests));
}

/// Adds the exact sums of x and of x · y, in one pass if each has the usual two levels.
#[inline(always)]
pub(in crate::cpu) fn add_sum_and_products<const FUSED: bool>(
    [sum_x, sum_xy]: [&mut ExactSum; 2],
    [x, y]: [&[f64]; 2],
    [of_x, of_y]: [Magnitudes; 2],
) {
    if let (Some(bits_x), Some(bits_y)) = (of_x.bits(), of_y.bits())
        && let [of_products, of_rests] = halves(bits_x.product(bits_y))
        && let [Some(plain), Some(products), Some(rests)] =
            [bits_x, of_products, of_rests].map(Levels::two)
    {
        let (mut plain, mut products, mut rests) = (plain, products, rests);
        for (&x, &y) in x.iter().zip(y) {
            let [product, rest] = [x * y, product_rest::<FUSED>(x, y)];
            plain.add(|base| x + base);
            products.add(|base| product + base);
            rests.add(|base| rest + base);
        }
        plain.add_to(sum_x, x.len());
        products.add_to(sum_xy, x.len());
        rests.add_to(sum_xy, x.len());
        return;
    }
    sum_x.merge(&sum(x, of_x));
    add_products::<FUSED>(sum_xy, [x, y], [of_x, of_y]);
}

/// The bits of rounded products, and those of what rounding leaves.
fn halves(bits: BitRange) -> [BitRange; 2] {
    // The smallest product has 53 leading bits at least 52 bits above the unit.
    [BitRange { unit: bits.unit + 52, ..bits }, BitRange { top: bits.top - 53, ..bits }]
}

/// Adds the exact sum of the products of three columns.
#[inline(always)]
pub(in crate::cpu) fn add_triple_products<const FUSED: bool>(
    total: &mut ExactSum,
    [x, y, z]: [&[f64]; 3],
    magnitudes: [Magnitudes; 3],
) {
    let [Some(of_x), Some(of_y), Some(of_z)] = magnitudes.map(Magnitudes::bits) else { return };
    let bits = of_x.product(of_y).product(of_z);
    let factors = x.iter().zip(y).zip(z);
    let upper = factors.clone().map(|((x, y), z)| (x * y, *z));
    let lower = factors.map(|((&x, &y), &z)| (product_rest::<FUSED>(x, y), z));
    let product = |(x, y): (f64, f64)| x * y;
    let rest = |(x, y): (f64, f64)| product_rest::<FUSED>(x, y);
    let range = |down: i32, unit: i32| BitRange { top: bits.top - down, unit };
    let [u, l] = [bits.unit + 104, bits.unit];
    total.merge(&block_sum::sum(upper.clone().map(product), range(0, u)));
    total.merge(&block_sum::sum(upper.map(rest), range(53, bits.unit + 52)));
    total.merge(&block_sum::sum(lower.clone().map(product), range(53, l)));
    total.merge(&block_sum::sum(lower.map(rest), range(106, l)));
}

/// x · y minus the rounded product, exactly.
#[inline(always)]
fn product_rest<const FUSED: bool>(x: f64, y: f64) -> f64 {
    let product = x * y;
    if FUSED {
        return x.mul_add(y, -product);
    }
    // Dekker: each factor is split into two of at most 26 bits, whose products are exact.
    let split = |x: f64| {
        let scaled = x * 134_217_729.0;
        let high = scaled - (scaled - x);
        (high, x - high)
    };
    let ((x_high, x_low), (y_high, y_low)) = (split(x), split(y));
    ((x_high * y_high - product) + x_high * y_low + x_low * y_high) + x_low * y_low
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers over a range of exponents, of both signs, with some zeros.
    fn numbers(seed: u64, exponents: std::ops::Range<i32>) -> Vec<f64> {
        let mut state = seed;
        let mut random = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            state >> 11
        };
        let number = |_| {
            let (mantissa, span) = (random(), (exponents.end - exponents.start) as u64);
            let exponent = exponents.start + (random() % span) as i32;
            let sign = if random() % 2 == 0 { 1.0 } else { -1.0 };
            if random() % 9 == 0 { 0.0 } else { sign * mantissa as f64 * two_to(exponent - 53) }
        };
        (0..512).map(number).collect()
    }

    /// Compares the sums of x, of w · x and of w · x · y with sums number by number.
    fn check<const FUSED: bool>([x, y, w]: [&[f64]; 3], what: &str) {
        let [of_x, of_y, of_w] = [x, y, w].map(Magnitudes::of);
        let mut expected = [ExactSum::ZERO; 3];
        for ((&x, &y), &w) in x.iter().zip(y).zip(w) {
            expected[0].add(x).expect("in range");
            expected[1].add_product(w, x).expect("in range");
            let product = x * y;
            expected[2].add_product(w, product).expect("in range");
            expected[2].add_product(w, x.mul_add(y, -product)).expect("in range");
        }
        let [mut products, mut triple_products] = [ExactSum::ZERO; 2];
        add_products::<FUSED>(&mut products, [x, w], [of_x, of_w]);
        add_triple_products::<FUSED>(&mut triple_products, [x, y, w], [of_x, of_y, of_w]);
        assert_eq!([sum(x, of_x), products, triple_products], expected, "{what}");
        let [mut plain, mut products] = [ExactSum::ZERO; 2];
        add_sum_and_products::<FUSED>([&mut plain, &mut products], [x, w], [of_x, of_w]);
        assert_eq!([plain, products], expected[..2], "in one pass: {what}");
    }

    #[test]
    fn sums_and_products_are_exact() {
        let ranges = [0..1, -3..3, -30..10, -60..60, -100..64, -109..60];
        for (seed, exponents) in (0..).zip(ranges) {
            // Sums with few levels, and with many.
            for of_weights in [0..1, -4..3, -30..10, -100..60] {
                let x = numbers(seed, exponents.clone());
                let y = numbers(seed + 100, exponents.clone());
                let w: Vec<_> =
                    numbers(seed + 200, of_weights.clone()).into_iter().map(f64::abs).collect();
                let what = format!("{exponents:?}, weights {of_weights:?}");
                check::<false>([&x, &y, &w], &what);
                check::<true>([&x, &y, &w], &what);
            }
        }
    }

    #[test]
    fn the_usual_sums_need_one_pass() {
        let [x, w] = [numbers(1, -10..0), numbers(2, -4..1)];
        let [bits_x, bits_w] = [&x, &w].map(|numbers| Magnitudes::of(numbers).bits().expect("any"));
        let [of_products, of_rests] = halves(bits_x.product(bits_w));
        let levels = [bits_x, of_products, of_rests].map(|bits| Levels::two(bits).is_some());
        assert_eq!(levels, [true; 3]);
    }
}
