//! The largest value of a block.

use super::add_blocks::{AddBlocks, Place, Work};
use super::double::{self, DoubleWork, Magnitudes};
use super::normalize::Block;
use super::value::evaluate;
use crate::statistic::maximum::Kind;
use crate::statistic::{Key, Sides};

impl AddBlocks for Kind {
    type Partial = ();

    fn begin(&self, _: Place<'_>) {}

    #[inline(always)]
    fn add_block<const FUSED: bool>(
        &self,
        total: &mut Sides<Key>,
        (): &mut (),
        work: Work<'_, '_>,
    ) {
        let Work { block, value, faults, ahead, .. } = work;
        let range = evaluate(self.value, block, value, faults, ahead);
        add_maximum(total, block, value, range.max);
    }

    #[inline(always)]
    fn add_double_block<const FUSED: bool>(
        &self,
        total: &mut Sides<Key>,
        (): &mut (),
        work: DoubleWork<'_>,
    ) {
        let DoubleWork { block, value, faults, .. } = work;
        let largest = double::evaluate(self.value, block, value, faults).max();
        let mut weighted = largest;
        if let Some(weight) = block.weight {
            value.iter_mut().zip(weight).for_each(|(v, &w)| *v = if w == 0.0 { 0.0 } else { *v });
            weighted = Magnitudes::of(value).max();
        }
        let [unweighted, weighted] = [largest, weighted].map(Key::of_magnitude);
        total.raise(Sides { unweighted, weighted });
    }
}

/// Raises a maximum to `largest`, and its weighted side to the largest value with positive weight.
/// Sets the values of samples without weight to 0.
#[inline(always)]
fn add_maximum(maximum: &mut Sides<Key>, block: &Block<'_>, value: &mut [u32], largest: u32) {
    let mut weighted = largest;
    if let Some(weight) = block.weight {
        // Two loops, since a loop that selects and takes the maximum at once does not vectorise.
        value.iter_mut().zip(weight).for_each(|(v, &w)| *v = if w == 0 { 0 } else { *v });
        weighted = value.iter().fold(0, |max, &v| max.max(v));
    }
    let key = |bits| Key::of_magnitude(f32::from_bits(bits).into());
    maximum.raise(Sides { unweighted: key(largest), weighted: key(weighted) });
}
