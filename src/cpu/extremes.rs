//! The largest and the smallest value of a block.

use super::add_blocks::{AddBlocks, Place, Work};
use super::normalize::Block;
use super::value::keys;
use crate::statistic::extremes::Kind;
use crate::statistic::{Extremes, Sides};

impl AddBlocks for Kind {
    type Partial = ();

    fn begin(&self, _: Place<'_>) {}

    #[inline(always)]
    fn add_block<const FUSED: bool>(&self, total: &mut Extremes, (): &mut (), work: Work<'_, '_>) {
        let Work { block, value, faults, ahead, .. } = work;
        keys(self.value, block, value, faults, ahead);
        add_extremes(total, block, value);
    }
}

/// Updates the extremes with a block's keys, which are 0 for samples that are left out. Sets the
/// keys of samples without weight to 0.
#[inline(always)]
fn add_extremes(extremes: &mut Extremes, block: &Block<'_>, keys: &mut [u32]) {
    let [largest, smallest] = outermost(keys);
    let [mut weighted_largest, mut weighted_smallest] = [largest, smallest];
    if let Some(weight) = block.weight {
        keys.iter_mut().zip(weight).for_each(|(key, &w)| *key = if w == 0 { 0 } else { *key });
        [weighted_largest, weighted_smallest] = outermost(keys);
    }
    extremes.largest.raise(Sides { unweighted: largest, weighted: weighted_largest });
    extremes.smallest.raise(Sides { unweighted: smallest, weighted: weighted_smallest });
}

/// The largest key, and the complement of the smallest nonzero key; 0 if all are 0.
#[inline(always)]
fn outermost(keys: &[u32]) -> [u32; 2] {
    // Zero minus one wraps to the largest integer.
    let (mut largest, mut below_min) = (0, u32::MAX);
    for &key in keys {
        largest = largest.max(key);
        below_min = below_min.min(key.wrapping_sub(1));
    }
    [largest, !below_min.wrapping_add(1) & if largest == 0 { 0 } else { u32::MAX }]
}
