//! The kinds of statistic that the CPU engine adds to: the same list as in `statistic`.

use super::add_blocks::{AddBlocks, Place, Work};
use super::{
    calibration, confusion, extremes, histogram, margins, matrix, maximum, moment, scores, sum,
};
use crate::statistic::{Accumulator, Content, Statistic, Total, for_each_kind};

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
