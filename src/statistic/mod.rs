//! Statistics: the data accumulated over samples. Engines know statistics, not metrics.
//!
//! A metric names the statistics it needs. The plan of an evaluator is the union over all of its
//! metrics. An engine adds batches to the [`Totals`] of a plan.
//!
//! The kinds of statistics are listed in `kinds.rs`; `ARCHITECTURE.md` has the recipe for a new
//! one.

#[cfg_attr(not(feature = "gpu"), allow(dead_code, reason = "a device alone has shaders"))]
mod accumulate;
mod accumulator;
pub mod calibration;
mod cells;
pub(crate) mod confusion;
pub(crate) mod examples;
pub(crate) mod extremes;
pub(crate) mod family;
pub mod histogram;
mod key;
mod kinds;
pub(crate) mod margins;
pub(crate) mod matrix;
pub(crate) mod maximum;
mod merge;
pub(crate) mod moment;
pub(crate) mod plan;
pub mod scores;
#[cfg_attr(not(feature = "gpu"), allow(dead_code, reason = "a device alone has shaders"))]
mod shader;
mod sides;
#[cfg_attr(not(feature = "gpu"), allow(dead_code, reason = "a device alone has slots"))]
mod slots;
pub(crate) mod sum;
pub(crate) mod totals;

pub(crate) use self::accumulate::Accumulate;
pub use self::accumulator::Accumulator;
pub(crate) use self::accumulator::Content;
pub use self::calibration::CalibrationBin;
pub use self::cells::Cells;
pub use self::confusion::Confusion;
pub use self::extremes::Extremes;
pub(crate) use self::family::{BinaryProblem, Family, FamilyKind, ScoreScale, StatisticSet};
pub use self::histogram::Binning;
pub use self::key::Key;
pub use self::kinds::Statistic;
#[cfg(feature = "gpu")]
pub(crate) use self::kinds::all_fragments;
pub(crate) use self::kinds::{for_each_kind, of_kind};
pub use self::matrix::MAX_MATRIX_CLASSES;
pub(crate) use self::merge::Merge;
pub use self::moment::{Factor, Moment};
pub(crate) use self::plan::{Plan, Request, View};
pub(crate) use self::scores::{DoubleSample, Sample, SortedSamples};
pub use self::scores::{ScoredSample, StoredSample, StoredScores};
#[cfg(feature = "gpu")]
pub(crate) use self::shader::{Calls, Site, push_line};
pub use self::sides::Sides;
#[cfg(feature = "gpu")]
pub(crate) use self::slots::{SlotContents, Slots, Summand};
pub use self::totals::{Faults, Total, Totals, Weights};
pub use crate::kernel::constant::Constant;
pub use crate::kernel::value::{
    CustomValue, DoubleFn, MathModule, Operands, RustFn, ValueFn, ValueSpec,
};
pub use crate::task::Task;
pub(crate) use crate::task::{MAX_CLASSES, Schema};
