//! Sums, maxima and extremes of the values of a block.

use super::block_sum;
use super::block_sum::{Span, numbers};
use super::normalize::Block;
use super::prefetch::Prefetcher;
use crate::exact::ExactSum;
use crate::statistic::{Extremes, Pair};

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

/// Raises the extremes to those of a block's keys, 0 for samples that are left out. Sets keys without
/// a weight to 0.
#[inline(always)]
pub(super) fn add_extremes(extremes: &mut Extremes, block: &Block<'_>, keys: &mut [u32]) {
    let [largest, least] = outermost(keys);
    let [mut weighted_largest, mut weighted_least] = [largest, least];
    if let Some(weight) = block.weight {
        keys.iter_mut().zip(weight).for_each(|(key, &w)| *key = if w == 0 { 0 } else { *key });
        [weighted_largest, weighted_least] = outermost(keys);
    }
    extremes.largest.raise(Pair { unweighted: largest, weighted: weighted_largest });
    extremes.least.raise(Pair { unweighted: least, weighted: weighted_least });
}

/// The largest key, and the complement of the least one that is not 0; 0 if all are.
#[inline(always)]
fn outermost(keys: &[u32]) -> [u32; 2] {
    // Zero less one wraps to the largest of all.
    let (mut largest, mut below_least) = (0, u32::MAX);
    for &key in keys {
        largest = largest.max(key);
        below_least = below_least.min(key.wrapping_sub(1));
    }
    [largest, !below_least.wrapping_add(1) & if largest == 0 { 0 } else { u32::MAX }]
}
