//! The kinds of statistic that the CPU engine adds to: the same list as in `statistic`.

use super::add_blocks::{AddBlocks, Place, Work};
use super::double::DoubleWork;
use crate::error::Error;
use crate::statistic::{Accumulator, Content, Statistic, Total, for_each_kind, of_kind};

/// A kind of statistic, and its partial results over a range of samples.
pub(super) struct Partials<K: AddBlocks> {
    kind: K,
    partial: K::Partial,
}

/// Defines the partial results of all kinds, and dispatches to each.
macro_rules! define_adder {
    ($(
        $(#[$doc:meta])*
        $module:ident: $name:ident $(($($parameter:tt)*))? $({ $($field:tt)* })?;
    )*) => {
        /// Adds blocks to a statistic over a range of samples.
        pub(super) enum Adder {
            $($name(Partials<crate::statistic::$module::Kind>),)*
        }

        $(
            impl From<Partials<crate::statistic::$module::Kind>> for Adder {
                fn from(partials: Partials<crate::statistic::$module::Kind>) -> Self {
                    Self::$name(partials)
                }
            }
        )*

        impl Adder {
            /// Begins a range.
            pub fn new(place: Place<'_>) -> Self {
                of_kind!(place.statistics[place.index], kind => {
                    Partials { partial: kind.begin(place), kind }.into()
                })
            }

            /// Adds a block to the total of its statistic; an internal error if that is the total
            /// of another kind.
            #[inline(always)]
            pub fn add_block<const FUSED: bool>(
                &mut self,
                content: &mut Accumulator,
                work: Work<'_, '_>,
            ) -> Result<(), Error> {
                match self {
                    $(Self::$name(Partials { kind, partial }) => {
                        kind.add_block::<FUSED>(Content::of(content)?, partial, work);
                    })*
                }
                Ok(())
            }

            /// Adds a block in double precision.
            #[inline(always)]
            pub fn add_double_block<const FUSED: bool>(
                &mut self,
                content: &mut Accumulator,
                work: DoubleWork<'_>,
            ) -> Result<(), Error> {
                match self {
                    $(Self::$name(Partials { kind, partial }) => {
                        kind.add_double_block::<FUSED>(Content::of(content)?, partial, work);
                    })*
                }
                Ok(())
            }

            /// Adds the partial results to the total of its statistic; an internal error if that is
            /// the total of another kind.
            pub fn flush(&mut self, total: &mut Total) -> Result<(), Error> {
                match self {
                    $(Self::$name(Partials { kind, partial }) => {
                        kind.flush(Content::of(&mut total.content)?, partial);
                    })*
                }
                Ok(())
            }

            /// The counts that it computed for another statistic of the plan, if any.
            pub fn counted_for_another(self) -> Option<(usize, Accumulator)> {
                match self {
                    $(Self::$name(Partials { partial, .. }) => {
                        crate::statistic::$module::Kind::counted_for_another(partial)
                    })*
                }
            }
        }
    };
}

for_each_kind!(define_adder);
