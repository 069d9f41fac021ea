//! Sums of the values of a block.

use super::add_blocks::{AddBlocks, Place, Work};
use super::block_sum;
use super::block_sum::{Span, numbers};
use super::normalize::Block;
use super::prefetch::Prefetcher;
use super::value::evaluate;
use crate::exact::ExactSum;
use crate::statistic::Pair;
pub(super) use crate::statistic::sum::Kind;

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
        let Work { block, value, faults, ahead, .. } = work;
        let extent = evaluate(self.value, block, value, faults, ahead);
        add_sum::<FUSED>(total, block, value, extent.span(), ahead);
    }
}

/// Adds values, and their products with the weights, to their sums.
#[inline(always)]
pub(super) fn add_sum<const FUSED: bool>(
    sum: &mut Pair<ExactSum>,
    block: &Block<'_>,
    value: &[u32],
    span: Option<Span>,
    ahead: &mut Prefetcher<'_>,
) {
    let Some(span) = span else { return };
    match (block.weight, block.weight_span) {
        (Some(weight), Some(weight_span)) => {
            let sums = [&mut sum.unweighted, &mut sum.weighted];
            block_sum::sum_pair::<FUSED>(value, weight, span, weight_span, ahead, sums);
        }
        (weight, _) => {
            let unweighted = block_sum::sum(numbers(value), span);
            sum.unweighted.merge(&unweighted);
            if weight.is_none() {
                sum.weighted.merge(&unweighted);
            }
        }
    }
}
