//! How each kind of statistic adds a block of samples: the same list of kinds as in `statistic`.

use super::normalize::Block;
use super::prefetch::Prefetcher;
use super::{
    calibration, confusion, extremes, histogram, margins, matrix, maximum, moment, scores, sum,
};
use crate::statistic::{Accumulate, Accumulator, Content, Faults, Statistic, Total, for_each_kind};

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

/// Defines the memory of all kinds, and hands on to these.
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
            /// That of no samples.
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

            /// Moves what it holds to the total of its statistic.
            pub fn flush(&mut self, total: &mut Total) {
                match self {
                    $(Self::$name(kind, memory) => {
                        if let Some(total) = Content::of(&mut total.content) {
                            kind.flush(total, memory);
                        }
                    })*
                }
            }

            /// What was counted on the way for another statistic of the plan.
            pub fn counted_for_another(self) -> Option<(usize, Accumulator)> {
                match self {
                    $(Self::$name(_, memory) => $module::Kind::counted_for_another(memory),)*
                }
            }
        }
    };
}

for_each_kind!(define_memory);
