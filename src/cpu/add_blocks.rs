//! How the CPU engine adds blocks of samples to a kind of statistic.

use super::normalize::Block;
use super::prefetch::Prefetcher;
use crate::statistic::{Accumulate, Accumulator, Faults, Statistic};

/// A statistic among others, over a range of samples.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// All statistics of the plan.
    pub statistics: &'a [Statistic],
    /// Which of them it is.
    pub index: usize,
    /// Samples of the range.
    pub samples: usize,
}

/// A block of samples, and what is at hand to add it to a statistic.
pub(super) struct Work<'a, 'b> {
    pub block: &'a Block<'a>,
    /// Memory for a word for each sample.
    pub value: &'a mut [u32],
    /// The same once more.
    pub factor: &'a mut [u32],
    pub faults: &'a mut Faults,
    pub ahead: &'a mut Prefetcher<'b>,
}

/// How the blocks of a range of samples are added to a kind of statistic.
pub(super) trait AddBlocks: Accumulate {
    /// What it keeps besides its total until the range ends.
    type Memory;

    /// That memory, of no samples.
    fn memory(&self, place: Place<'_>) -> Self::Memory;

    /// Adds a block. `FUSED` says that the instruction set has a fused multiply-add, which changes only
    /// the speed.
    fn add_block<const FUSED: bool>(
        &self,
        total: &mut Self::Accumulator,
        memory: &mut Self::Memory,
        work: Work<'_, '_>,
    );

    /// Moves what the memory holds to the total.
    fn flush(&self, _total: &mut Self::Accumulator, _memory: &mut Self::Memory) {}

    /// What it has counted on its way for another statistic of the plan.
    fn counted_for_another(_memory: Self::Memory) -> Option<(usize, Accumulator)> {
        None
    }
}
