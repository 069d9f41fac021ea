//! Sums and maxima of the values of a block.

use super::prefetch::Prefetcher;
use super::regular::Block;
use super::window::{self, Span, numbers};
use crate::exact::ExactSum;
use crate::statistic::Pair;

/// Adds up values, and their products with the weights.
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
            window::sum_pair::<FUSED>(value, weight, span, weight_span, ahead, sums);
        }
        (weight, _) => {
            let unweighted = window::sum(numbers(value), span);
            sum.unweighted.merge(&unweighted);
            if weight.is_none() {
                sum.weighted.merge(&unweighted);
            }
        }
    }
}

/// Raises a maximum to `greatest`, and its weighted twin to the largest value with a weight. Sets
/// values without a weight to 0.
#[inline(always)]
pub(super) fn add_maximum(
    maximum: &mut Pair<u32>,
    block: &Block<'_>,
    value: &mut [u32],
    greatest: u32,
) {
    maximum.unweighted = maximum.unweighted.max(greatest);
    let mut weighted = greatest;
    if let Some(weight) = block.weight {
        // Two loops, since one that chooses and takes the maximum at once does not vectorise.
        value.iter_mut().zip(weight).for_each(|(v, &w)| *v = if w == 0 { 0 } else { *v });
        weighted = value.iter().fold(0, |most, &v| most.max(v));
    }
    maximum.weighted = maximum.weighted.max(weighted);
}
