//! The accumulators of statistics: one variant for each type of content.

use super::calibration::CalibrationBin;
use super::cells::Cells;
use super::confusion::Confusion;
use super::extremes::Extremes;
use super::key::Key;
use super::merge::Merge;
use super::scores::StoredScores;
use super::sides::Sides;
use crate::error::Error;
use crate::exact::ExactSum;
use serde::{Deserialize, Serialize};

/// The content of an [`Accumulator`].
pub(crate) trait Content: Merge + Into<Accumulator> + Sized {
    /// The content of an accumulator; an internal error if it has another type.
    fn of(accumulator: &mut Accumulator) -> Result<&mut Self, Error>;
}

/// Defines the accumulators of statistics.
macro_rules! accumulators {
    ($($(#[$doc:meta])* $name:ident($content:ty),)*) => {
        /// The accumulated data of a statistic. Several kinds may have the same type.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[expect(clippy::large_enum_variant, reason = "there are few, one for each statistic")]
        pub enum Accumulator {
            $($(#[$doc])* $name($content),)*
        }

        impl Accumulator {
            /// Adds the total of other samples of the same statistic; an internal error if it is of
            /// another one.
            pub(crate) fn merge(&mut self, other: &Self) -> Result<(), Error> {
                match (self, other) {
                    $((Self::$name(content), Self::$name(other)) if content.has_shape_of(other) => {
                        content.merge(other);
                        Ok(())
                    })*
                    _ => Err(Error::internal("totals of different statistics cannot be merged")),
                }
            }

            /// Whether samples can have produced it, where no samples produce `empty`.
            pub(super) fn is_valid_for(&self, empty: &Self) -> bool {
                match (self, empty) {
                    $((Self::$name(content), Self::$name(empty)) => content.is_valid_for(empty),)*
                    _ => false,
                }
            }
        }

        $(
            impl From<$content> for Accumulator {
                fn from(content: $content) -> Self {
                    Self::$name(content)
                }
            }

            impl Content for $content {
                #[inline(always)]
                fn of(accumulator: &mut Accumulator) -> Result<&mut Self, Error> {
                    match accumulator {
                        Accumulator::$name(content) => Ok(content),
                        _ => Err(other_type(stringify!($name))),
                    }
                }
            }
        )*
    };
}

accumulators! {
    /// An exact sum.
    Sum(Sides<ExactSum>),
    /// The key of the largest value.
    Maximum(Sides<Key>),
    /// The largest and the smallest value.
    Extremes(Extremes),
    /// A binary confusion count.
    Confusion(Confusion),
    /// One entry for each bin of a calibration.
    Calibration(Vec<CalibrationBin>),
    /// Counts by class, or by bin and label.
    Cells(Cells),
    /// Stored scores.
    Scores(StoredScores),
}

/// The error for a total whose accumulator is not the one of its statistic.
#[cold]
fn other_type(expected: &str) -> Error {
    Error::internal(format!("a total is not the {expected} that its statistic accumulates"))
}
