//! How the CPU engine adds blocks of samples to a kind of statistic.

use super::double::DoubleWork;
use super::normalize::Block;
use super::prefetch::Prefetcher;
use crate::statistic::{Accumulate, Accumulator, Faults, Statistic};

/// The position of a statistic in a plan, over a range of samples.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// All statistics of the plan.
    pub statistics: &'a [Statistic],
    /// The index of this statistic.
    pub index: usize,
    /// Number of samples of the range.
    pub samples: usize,
}

/// A block of samples, and the scratch memory for adding it to a statistic.
pub(super) struct Work<'a, 'b> {
    pub block: &'a Block<'a>,
    /// One word per sample.
    pub value: &'a mut [u32],
    /// One more word per sample.
    pub factor: &'a mut [u32],
    pub faults: &'a mut Faults,
    pub ahead: &'a mut Prefetcher<'b>,
}

/// How the blocks of a range of samples are added to a kind of statistic.
pub(super) trait AddBlocks: Accumulate {
    /// Results besides the total that last until the range ends, such as partial sums.
    type Partial;

    /// Begins a range.
    fn begin(&self, place: Place<'_>) -> Self::Partial;

    /// Adds a block. `FUSED` says that the instruction set has a fused multiply-add, which only
    /// changes the speed.
    fn add_block<const FUSED: bool>(
        &self,
        total: &mut Self::Accumulator,
        partial: &mut Self::Partial,
        work: Work<'_, '_>,
    );

    /// Adds a block in double precision.
    fn add_double_block<const FUSED: bool>(
        &self,
        total: &mut Self::Accumulator,
        partial: &mut Self::Partial,
        work: DoubleWork<'_>,
    );

    /// Adds the partial results to the total.
    fn flush(&self, _total: &mut Self::Accumulator, _partial: &mut Self::Partial) {}

    /// The counts that it computed for another statistic of the plan, if any, with the index of
    /// that statistic.
    fn counted_for_another(_partial: Self::Partial) -> Option<(usize, Accumulator)> {
        None
    }
}
