//! Sums of moments: exact products of two inputs, and their products with the weight.

use super::add_blocks::{AddBlocks, Place, Work};
use super::block_sum;
use super::block_sum::{Extent, Span, numbers};
use super::normalize::Block;
use super::sum::add_sum;
use crate::exact::ExactSum;
use crate::kernel::bits::{FIELD_LIMIT, FIELD_MOMENT, ONE, field, magnitude};
pub(super) use crate::statistic::moment::Kind;
use crate::statistic::{Accumulate, Factor, Faults, Operands, Pair};

impl AddBlocks for Kind {
    type Memory = ();

    fn memory(&self, _: Place<'_>) {}

    #[inline(always)]
    fn add_block<const FUSED: bool>(
        &self,
        total: &mut Pair<ExactSum>,
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
        let (mut extent_x, mut extent_y) = (Extent::of(x), Extent::of(y));
        let regular = |extent: Extent| extent.within(FIELD_MOMENT, FIELD_LIMIT - 1);
        if block.unusual.is_some() || !regular(extent_x) || !regular(extent_y) {
            repair_factors(self.operands(), block, x, y, faults);
            (extent_x, extent_y) = (Extent::of(x), Extent::of(y));
        }
        match (extent_x.span(), extent_y.span()) {
            (Some(span), Some(_)) if second == Factor::One => {
                add_sum::<FUSED>(total, block, x, Some(span), ahead);
            }
            (Some(span_x), Some(span_y)) => {
                add_products(total, block, x, y, span_x.product(span_y));
            }
            _ => {}
        }
    }
}

/// Adds the products of two numbers of 24 bits each, and their products with the weight.
#[inline(always)]
fn add_products(sum: &mut Pair<ExactSum>, block: &Block<'_>, x: &[u32], y: &[u32], span: Span) {
    let products = numbers(x).zip(numbers(y)).map(|(x, y)| x * y);
    let unweighted = block_sum::sum(products.clone(), span);
    sum.unweighted.merge(&unweighted);
    match (block.weight, block.weight_span) {
        (None, _) => sum.weighted.merge(&unweighted),
        (Some(weight), Some(weight_span)) => {
            // A product of 48 bits times a weight does not fit an f64, but its halves do. With
            // units 2^a and 2^b the factors are at least 2^(a+23) and 2^(b+23), so the upper half
            // is a multiple of 2^(a+b+46-23); the lower half is 23 bits below the product.
            let high_span = Span { top: span.top, unit: span.unit + 23 }.product(weight_span);
            let low_span = Span { top: span.top - 23, unit: span.unit }.product(weight_span);
            let terms = products.zip(numbers(weight));
            let high = terms.clone().map(|(xy, w)| high_half(xy) * w);
            sum.weighted.merge(&block_sum::sum(high, high_span));
            let low = terms.map(|(xy, w)| (xy - high_half(xy)) * w);
            sum.weighted.merge(&block_sum::sum(low, low_span));
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
        let (nonfinite, subnormal) = block.notes(index, reads);
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
