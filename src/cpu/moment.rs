//! Sums of moments: exact products of two inputs, and their products with the weight.

use super::add_blocks::{AddBlocks, Place, Work};
use super::block_sum;
use super::block_sum::{BitRange, MagnitudeRange, numbers};
use super::double::{self, DoubleBlock, DoubleWork, Magnitudes};
use super::normalize::Block;
use super::sum::{add_double_sum, add_sum};
use crate::exact::ExactSum;
use crate::exact::layout::{VALUE_LIMIT_EXPONENT, VALUE_UNIT_EXPONENT};
use crate::exact::two_to;
use crate::kernel::bits::{FIELD_LIMIT, FIELD_MOMENT, ONE, field, magnitude};
use crate::statistic::moment::Kind;
use crate::statistic::{Accumulate, Factor, Faults, Operands, Sides};

/// In double precision, factors are from 2^`MIN_FACTOR_EXPONENT`, so that a product of two is a
/// multiple of the unit of values, to below 2^`FACTOR_LIMIT_EXPONENT`.
const MIN_FACTOR_EXPONENT: i32 = VALUE_UNIT_EXPONENT / 2 + 52;
const FACTOR_LIMIT_EXPONENT: i32 = VALUE_LIMIT_EXPONENT / 2;

impl AddBlocks for Kind {
    type Partial = ();

    fn begin(&self, _: Place<'_>) {}

    #[inline(always)]
    fn add_block<const FUSED: bool>(
        &self,
        total: &mut Sides<ExactSum>,
        (): &mut (),
        work: Work<'_, '_>,
    ) {
        let Work { block, value: x, factor: y, faults, ahead } = work;
        let load = |factor, out: &mut [u32]| match factor {
            Factor::One => out.fill(ONE),
            Factor::Prediction => out.copy_from_slice(block.prediction),
            Factor::Truth => out.copy_from_slice(block.truth),
        };
        let [first, second] = self.moment.factors();
        load(first, x);
        load(second, y);
        let (mut range_x, mut range_y) = (MagnitudeRange::of(x), MagnitudeRange::of(y));
        let regular = |range: MagnitudeRange| range.within(FIELD_MOMENT, FIELD_LIMIT - 1);
        if block.flags.is_some() || !regular(range_x) || !regular(range_y) {
            repair_factors(self.operands(), block, x, y, faults);
            (range_x, range_y) = (MagnitudeRange::of(x), MagnitudeRange::of(y));
        }
        match (range_x.bits(), range_y.bits()) {
            (Some(bits), Some(_)) if second == Factor::One => {
                add_sum::<FUSED>(total, block, x, Some(bits), ahead);
            }
            (Some(bits_x), Some(bits_y)) => {
                add_products(total, block, x, y, bits_x.product(bits_y));
            }
            _ => {}
        }
    }

    #[inline(always)]
    fn add_double_block<const FUSED: bool>(
        &self,
        total: &mut Sides<ExactSum>,
        (): &mut (),
        work: DoubleWork<'_>,
    ) {
        let DoubleWork { block, value, factor, faults } = work;
        let column = |factor| match factor {
            Factor::One => None,
            Factor::Prediction => Some(block.prediction),
            Factor::Truth => Some(block.truth),
        };
        let [first, second] = self.moment.factors().map(column);
        let first = first.unwrap_or(block.truth);
        // A moment of one input is checked as if that were both.
        let mut columns = [first, second.unwrap_or(first)];
        let mut magnitudes = columns.map(Magnitudes::of);
        let regular = |of: Magnitudes| of.within(MIN_FACTOR_EXPONENT, FACTOR_LIMIT_EXPONENT);
        if block.flags.is_some() || !magnitudes.into_iter().all(regular) {
            value.copy_from_slice(columns[0]);
            factor.copy_from_slice(columns[1]);
            repair_double_factors(self.operands(), block, value, factor, faults);
            columns = [value, factor];
            magnitudes = columns.map(Magnitudes::of);
        }
        let ([x, y], [of_x, of_y]) = (columns, magnitudes);
        if second.is_none() {
            return add_double_sum::<FUSED>(total, block, x, of_x);
        }
        let mut unweighted = ExactSum::ZERO;
        double::add_products::<FUSED>(&mut unweighted, columns, magnitudes);
        total.unweighted.merge(&unweighted);
        match block.weight {
            None => total.weighted.merge(&unweighted),
            Some(weight) => {
                let magnitudes = [of_x, of_y, block.weights];
                double::add_triple_products::<FUSED>(
                    &mut total.weighted,
                    [x, y, weight],
                    magnitudes,
                );
            }
        }
    }
}

/// Counts the samples whose factors are invalid or too small, and sets both factors to 0.
#[cold]
#[inline(never)]
fn repair_double_factors(
    reads: Operands,
    block: &DoubleBlock<'_>,
    x: &mut [f64],
    y: &mut [f64],
    faults: &mut Faults,
) {
    for (index, (x, y)) in x.iter_mut().zip(y).enumerate() {
        let weighs = block.weighs(index);
        let nonfinite = block.is_nonfinite(index, reads);
        let large = x.abs().max(y.abs()) >= two_to(FACTOR_LIMIT_EXPONENT);
        let tiny = |x: f64| x.abs() < two_to(MIN_FACTOR_EXPONENT) && x != 0.0;
        if nonfinite {
            faults.nonfinite.count(weighs);
        } else if large {
            faults.overflow.count(weighs);
        } else if tiny(*x) || tiny(*y) {
            faults.underflow += 1;
        }
        if nonfinite || large || tiny(*x) || tiny(*y) {
            (*x, *y) = (0.0, 0.0);
        }
    }
}

/// Adds the products of two numbers of 24 bits each, and their products with the weight.
#[inline(always)]
fn add_products(
    sum: &mut Sides<ExactSum>,
    block: &Block<'_>,
    x: &[u32],
    y: &[u32],
    bits: BitRange,
) {
    let products = numbers(x).zip(numbers(y)).map(|(x, y)| x * y);
    let unweighted = block_sum::sum(products.clone(), bits);
    sum.unweighted.merge(&unweighted);
    match (block.weight, block.weight_bits) {
        (None, _) => sum.weighted.merge(&unweighted),
        (Some(weight), Some(weight_bits)) => {
            // A product of 48 bits times a weight does not fit an f64, but its halves do. With
            // units 2^a and 2^b the factors are at least 2^(a+23) and 2^(b+23), so the upper half
            // is a multiple of 2^(a+b+46-23); the lower half is 23 bits below the product.
            let high_bits = BitRange { top: bits.top, unit: bits.unit + 23 }.product(weight_bits);
            let low_bits = BitRange { top: bits.top - 23, unit: bits.unit }.product(weight_bits);
            let terms = products.zip(numbers(weight));
            let high = terms.clone().map(|(xy, w)| high_half(xy) * w);
            sum.weighted.merge(&block_sum::sum(high, high_bits));
            let low = terms.map(|(xy, w)| (xy - high_half(xy)) * w);
            sum.weighted.merge(&block_sum::sum(low, low_bits));
        }
        (Some(_), None) => {}
    }
}

/// The leading 24 bits of a number.
#[inline(always)]
fn high_half(x: f64) -> f64 {
    f64::from_bits(x.to_bits() & !((1 << 29) - 1))
}

/// Counts the samples whose factors are invalid or too small, and sets both factors to 0.
#[cold]
#[inline(never)]
fn repair_factors(
    reads: Operands,
    block: &Block<'_>,
    x: &mut [u32],
    y: &mut [u32],
    faults: &mut Faults,
) {
    for (index, (x, y)) in x.iter_mut().zip(y).enumerate() {
        let (nonfinite, subnormal) = block.input_flags(index, reads);
        let weighs = block.weighs(index);
        let large = field(*x) >= FIELD_LIMIT || field(*y) >= FIELD_LIMIT;
        let tiny = |bits: u32| field(bits) < FIELD_MOMENT && magnitude(bits) != 0;
        if nonfinite {
            faults.nonfinite.count(weighs);
        } else if large {
            faults.overflow.count(weighs);
        } else if tiny(*x) || tiny(*y) || subnormal {
            faults.underflow += 1;
        }
        if nonfinite || large || tiny(*x) || tiny(*y) {
            (*x, *y) = (0, 0);
        }
    }
}
