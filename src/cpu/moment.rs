//! Sums of moments: exact products of two inputs, and their products with the weight.

use super::add_blocks::{AddBlocks, Place, Work};
use super::block_sum;
use super::block_sum::{BitRange, Levels, MagnitudeRange, numbers};
use super::double::{self, DoubleBlock, DoubleWork, Magnitudes};
use super::normalize::Block;
use super::prefetch::Prefetcher;
use super::sum::{add_double_sum, add_sum};
use crate::exact::ExactSum;
use crate::exact::layout::{VALUE_LIMIT_EXPONENT, VALUE_UNIT_EXPONENT};
use crate::exact::two_to;
use crate::kernel::bits::{FIELD_LIMIT, FIELD_MOMENT, field, magnitude};
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
        let Work { block, value, factor, faults, ahead } = work;
        let column = |factor| match factor {
            Factor::One => None,
            Factor::Prediction => Some(block.prediction_with_range()),
            Factor::Truth => Some(block.truth_with_range()),
        };
        let [first, second] = self.moment.factors();
        let (first, second) = (column(first), column(second));
        let first = first.unwrap_or_else(|| block.truth_with_range());
        // A moment of one input is checked as if that were both.
        let mut columns = [first, second.unwrap_or(first)];
        let regular =
            |&(_, range): &(_, MagnitudeRange)| range.within(FIELD_MOMENT, FIELD_LIMIT - 1);
        if block.flags.is_some() || !columns.iter().all(regular) {
            value.copy_from_slice(columns[0].0);
            factor.copy_from_slice(columns[1].0);
            repair_factors(self.operands(), block, value, factor, faults);
            columns = [&*value, factor].map(|numbers| (numbers, MagnitudeRange::of(numbers)));
        }
        let [(x, range_x), (y, range_y)] = columns;
        match (range_x.bits(), range_y.bits()) {
            (Some(bits), Some(_)) if second.is_none() => {
                add_sum::<FUSED>(total, block, x, Some(bits), ahead);
            }
            (Some(bits_x), Some(bits_y)) => {
                add_products::<FUSED>(total, block, [x, y], bits_x.product(bits_y), ahead);
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
            Factor::Prediction => Some(block.prediction_with_magnitudes()),
            Factor::Truth => Some(block.truth_with_magnitudes()),
        };
        let [first, second] = self.moment.factors();
        let (first, second) = (column(first), column(second));
        let first = first.unwrap_or_else(|| block.truth_with_magnitudes());
        // A moment of one input is checked as if that were both.
        let mut columns = [first, second.unwrap_or(first)];
        let regular =
            |(_, of): &(_, Magnitudes)| of.within(MIN_FACTOR_EXPONENT, FACTOR_LIMIT_EXPONENT);
        if block.flags.is_some() || !columns.iter().all(regular) {
            value.copy_from_slice(columns[0].0);
            factor.copy_from_slice(columns[1].0);
            repair_double_factors(self.operands(), block, value, factor, faults);
            columns = [&*value, factor].map(|numbers| (numbers, Magnitudes::of(numbers)));
        }
        let [(x, of_x), (y, of_y)] = columns;
        if second.is_none() {
            return add_double_sum::<FUSED>(total, block, x, of_x);
        }
        let mut unweighted = ExactSum::ZERO;
        double::add_products::<FUSED>(&mut unweighted, [x, y], [of_x, of_y]);
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
fn add_products<const FUSED: bool>(
    sum: &mut Sides<ExactSum>,
    block: &Block<'_>,
    [x, y]: [&[u32]; 2],
    bits: BitRange,
    ahead: &mut Prefetcher<'_>,
) {
    let products = numbers(x).zip(numbers(y)).map(|(x, y)| x * y);
    let (weight, weight_bits) = match (block.weight, block.weight_bits) {
        (Some(weight), Some(weight_bits)) => (weight, weight_bits),
        (weight, _) => {
            let unweighted = block_sum::sum(products, bits);
            sum.unweighted.merge(&unweighted);
            if weight.is_none() {
                sum.weighted.merge(&unweighted);
            }
            return;
        }
    };
    // A product of 48 bits times a weight does not fit an f64, but its halves do. With units 2^a
    // and 2^b the factors are at least 2^(a+23) and 2^(b+23), so the upper half is a multiple of
    // 2^(a+b+46-23); the lower half is 23 bits below the product.
    let high_bits = BitRange { top: bits.top, unit: bits.unit + 23 }.product(weight_bits);
    let low_bits = BitRange { top: bits.top - 23, unit: bits.unit }.product(weight_bits);
    let terms = products.clone().zip(numbers(weight));
    if let [Some(mut plain), Some(mut high), Some(mut low)] =
        [bits, high_bits, low_bits].map(Levels::two)
    {
        ahead.advance();
        for (xy, w) in terms {
            let upper = high_half(xy);
            let lower = xy - upper;
            plain.add(|base| xy + base);
            high.add(|base| product_plus::<FUSED>(upper, w, base));
            low.add(|base| product_plus::<FUSED>(lower, w, base));
        }
        plain.add_to(&mut sum.unweighted, x.len());
        high.add_to(&mut sum.weighted, x.len());
        low.add_to(&mut sum.weighted, x.len());
        return;
    }
    sum.unweighted.merge(&block_sum::sum(products, bits));
    let high = terms.clone().map(|(xy, w)| high_half(xy) * w);
    sum.weighted.merge(&block_sum::sum(high, high_bits));
    let low = terms.map(|(xy, w)| (xy - high_half(xy)) * w);
    sum.weighted.merge(&block_sum::sum(low, low_bits));
}

/// x · y + z, rounded once, for an exact product.
#[inline(always)]
fn product_plus<const FUSED: bool>(x: f64, y: f64, z: f64) -> f64 {
    if FUSED { x.mul_add(y, z) } else { x * y + z }
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
