//! Sums of the values of a block.

use super::add_blocks::{AddBlocks, Place, Work};
use super::block_sum;
use super::block_sum::{BitRange, numbers};
use super::double::{self, DoubleBlock, DoubleWork, Magnitudes};
use super::normalize::Block;
use super::prefetch::Prefetcher;
use super::value::evaluate;
use crate::exact::ExactSum;
use crate::statistic::Sides;
use crate::statistic::sum::Kind;

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
        let Work { block, value, faults, ahead, .. } = work;
        let range = evaluate(self.value, block, value, faults, ahead);
        add_sum::<FUSED>(total, block, value, range.bits(), ahead);
    }

    #[inline(always)]
    fn add_double_block<const FUSED: bool>(
        &self,
        total: &mut Sides<ExactSum>,
        (): &mut (),
        work: DoubleWork<'_>,
    ) {
        let DoubleWork { block, value, faults, .. } = work;
        let magnitudes = double::evaluate(self.value, block, value, faults);
        add_double_sum::<FUSED>(total, block, value, magnitudes);
    }
}

/// Adds values in double precision, and their products with the weights, to their sums.
#[inline(always)]
pub(super) fn add_double_sum<const FUSED: bool>(
    total: &mut Sides<ExactSum>,
    block: &DoubleBlock<'_>,
    value: &[f64],
    magnitudes: Magnitudes,
) {
    let Sides { weighted, unweighted } = total;
    match block.weight {
        None => {
            let sum = double::sum(value, magnitudes);
            unweighted.merge(&sum);
            weighted.merge(&sum);
        }
        Some(weight) => {
            let (columns, magnitudes) = ([value, weight], [magnitudes, block.weights]);
            double::add_sum_and_products::<FUSED>([unweighted, weighted], columns, magnitudes);
        }
    }
}

/// Adds values, and their products with the weights, to their sums.
#[inline(always)]
pub(super) fn add_sum<const FUSED: bool>(
    sum: &mut Sides<ExactSum>,
    block: &Block<'_>,
    value: &[u32],
    bits: Option<BitRange>,
    ahead: &mut Prefetcher<'_>,
) {
    let Some(bits) = bits else { return };
    match (block.weight, block.weight_bits) {
        (Some(weight), Some(weight_bits)) => {
            let sums = [&mut sum.unweighted, &mut sum.weighted];
            block_sum::sum_pair::<FUSED>(value, weight, bits, weight_bits, ahead, sums);
        }
        (weight, _) => {
            let unweighted = block_sum::sum(numbers(value), bits);
            sum.unweighted.merge(&unweighted);
            if weight.is_none() {
                sum.weighted.merge(&unweighted);
            }
        }
    }
}
