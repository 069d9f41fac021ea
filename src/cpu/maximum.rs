//! The largest value of a block.

use super::add_blocks::{AddBlocks, Place, Work};
use super::normalize::Block;
use super::value::evaluate;
use crate::statistic::Pair;
pub(super) use crate::statistic::maximum::Kind;

impl AddBlocks for Kind {
    type Memory = ();

    fn memory(&self, _: Place<'_>) {}

    #[inline(always)]
    fn add_block<const FUSED: bool>(&self, total: &mut Pair<u32>, (): &mut (), work: Work<'_, '_>) {
        let Work { block, value, faults, ahead, .. } = work;
        let extent = evaluate(self.value, block, value, faults, ahead);
        add_maximum(total, block, value, extent.greatest);
    }
}

/// Raises a maximum to `greatest`, and its weighted twin to the largest value with positive weight.
/// Sets the values of samples without weight to 0.
#[inline(always)]
fn add_maximum(maximum: &mut Pair<u32>, block: &Block<'_>, value: &mut [u32], greatest: u32) {
    maximum.unweighted = maximum.unweighted.max(greatest);
    let mut weighted = greatest;
    if let Some(weight) = block.weight {
        // Two loops, since a loop that selects and takes the maximum at once does not vectorise.
        value.iter_mut().zip(weight).for_each(|(v, &w)| *v = if w == 0 { 0 } else { *v });
        weighted = value.iter().fold(0, |most, &v| most.max(v));
    }
    maximum.weighted = maximum.weighted.max(weighted);
}
