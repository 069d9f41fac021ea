//! The largest and the smallest value of a block.

use super::add_blocks::{AddBlocks, Place, Work};
use super::double::{self, DoubleWork};
use super::normalize::Block;
use super::value::keys;
use crate::statistic::extremes::Kind;
use crate::statistic::{Extremes, Key, Merge, Sides, ValueSpec};

impl AddBlocks for Kind {
    type Partial = ();

    fn begin(&self, _: Place<'_>) {}

    #[inline(always)]
    fn add_block<const FUSED: bool>(&self, total: &mut Extremes, (): &mut (), work: Work<'_, '_>) {
        let Work { block, value, faults, ahead, .. } = work;
        keys(self.value, block, value, faults, ahead);
        add_extremes(total, block, value);
    }

    fn add_double_block<const FUSED: bool>(
        &self,
        total: &mut Extremes,
        (): &mut (),
        work: DoubleWork<'_>,
    ) {
        let DoubleWork { block, value, faults, .. } = work;
        let ValueSpec { function, parameter } = self.value;
        function.fill_double(&block.inputs(), parameter.double, value);
        for (index, &number) in value.iter().enumerate() {
            if let Some(number) = double::kept(number, index, self.value, block, faults) {
                let unweighted = Key::new(number);
                let weighted = if block.weighs(index) { unweighted } else { Key::NONE };
                total.largest.raise(Sides { unweighted, weighted });
                let [unweighted, weighted] = [unweighted, weighted].map(Key::reversed);
                total.smallest.raise(Sides { unweighted, weighted });
            }
        }
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
    extremes.merge(&Extremes::of_words(
        Sides { unweighted: largest, weighted: weighted_largest },
        Sides { unweighted: smallest, weighted: weighted_smallest },
    ));
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
