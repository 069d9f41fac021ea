//! How each kind of statistic adds a block of samples: the same list of kinds as in `statistic`.

use super::normalize::Block;
use super::prefetch::Prefetcher;
use super::{
    calibration, confusion, extremes, histogram, margins, matrix, maximum, moment, scores, sum,
};
use crate::statistic::{Accumulate, Accumulator, Content, Faults, Statistic, Total, for_each_kind};

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
    /// State besides the total that lasts until the range ends.
    type Memory;

    /// The initial memory.
    fn memory(&self, place: Place<'_>) -> Self::Memory;

    /// Adds a block. `FUSED` says that the instruction set has a fused multiply-add, which only
    /// changes the speed.
    fn add_block<const FUSED: bool>(
        &self,
        total: &mut Self::Accumulator,
        memory: &mut Self::Memory,
        work: Work<'_, '_>,
    );

    /// Adds the memory to the total.
    fn flush(&self, _total: &mut Self::Accumulator, _memory: &mut Self::Memory) {}

    /// The counts that it computed for another statistic of the plan, if any, with the index of
    /// that statistic.
    fn counted_for_another(_memory: Self::Memory) -> Option<(usize, Accumulator)> {
        None
    }
}

/// Defines the memory of all kinds, which dispatches to the memory of each kind.
macro_rules! define_memory {
    ($(
        $(#[$doc:meta])*
        $module:ident: $name:ident
        $(($parameter:ident: $type:ty))?
        $({ $($(#[$field_doc:meta])* $field:ident: $field_type:ty,)* })?;
    )*) => {
        /// The memory of a statistic for a range of samples.
        pub(super) enum Memory {
            $($name($module::Kind, <$module::Kind as AddBlocks>::Memory),)*
        }

        impl Memory {
            /// The initial memory.
            pub fn new(place: Place<'_>) -> Self {
                match place.statistics[place.index] {
                    $(Statistic::$name $(($parameter))? $({ $($field),* })? => {
                        let kind = $module::Kind { $($parameter)? $($($field),*)? };
                        Self::$name(kind, kind.memory(place))
                    })*
                }
            }

            /// Adds a block to the total of its statistic.
            #[inline(always)]
            pub fn add_block<const FUSED: bool>(
                &mut self,
                content: &mut Accumulator,
                work: Work<'_, '_>,
            ) {
                match self {
                    $(Self::$name(kind, memory) => match Content::of(content) {
                        Some(total) => kind.add_block::<FUSED>(total, memory, work),
                        None => debug_assert!(false, "{kind} has a total of another kind"),
                    })*
                }
            }

            /// Adds it to the total of its statistic.
            pub fn flush(&mut self, total: &mut Total) {
                match self {
                    $(Self::$name(kind, memory) => {
                        if let Some(total) = Content::of(&mut total.content) {
                            kind.flush(total, memory);
                        }
                    })*
                }
            }

            /// The counts that it computed for another statistic of the plan, if any.
            pub fn counted_for_another(self) -> Option<(usize, Accumulator)> {
                match self {
                    $(Self::$name(_, memory) => $module::Kind::counted_for_another(memory),)*
                }
            }
        }
    };
}

for_each_kind!(define_memory);
