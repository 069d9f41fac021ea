//! Statistics: the data accumulated over samples. Engines know statistics, not metrics.
//!
//! A metric names the statistics it needs. A [`Plan`] is the union over all metrics of an
//! evaluator. An engine adds batches to the [`Totals`] of a plan.
//!
//! # A new kind of statistic
//!
//! A kind takes three files of the same stem and one line:
//!
//! * `src/statistic/KIND.rs`: its parameters, its name in states, its checks, its accumulator (with
//!   `Merge`), and its memory on a device (`Slots`);
//! * `src/cpu/KIND.rs`: adds a block of samples on the CPU;
//! * `shaders/statistic/KIND.wgsl`: adds a sample on a device;
//! * its variant in the list of kinds below, from which both engines are generated. If no other
//!   kind has the same type of accumulator, one more line among the accumulators of `totals.rs`.
//!
//! Layout, decoding, merging and printing are loops over slots. What remains is to read it in
//! `metric/view.rs`, and the reference of the tests in `tests/oracle/reference.rs`.

pub mod calibration;
mod cells;
pub(crate) mod confusion;
pub(crate) mod examples;
pub(crate) mod extremes;
pub mod family;
pub mod histogram;
#[cfg_attr(not(feature = "gpu"), allow(dead_code, reason = "a device alone has shaders"))]
mod kind;
pub(crate) mod margins;
pub(crate) mod matrix;
pub(crate) mod maximum;
pub(crate) mod moment;
mod plan;
mod row_needs;
pub mod scores;
#[cfg_attr(not(feature = "gpu"), allow(dead_code, reason = "a device alone has shaders"))]
mod shader;
#[cfg_attr(not(feature = "gpu"), allow(dead_code, reason = "a device alone has slots"))]
mod slots;
pub(crate) mod sum;
pub mod totals;
mod value;

pub use self::calibration::CalibrationBin;
pub use self::cells::Cells;
pub use self::confusion::Confusion;
pub use self::extremes::Extremes;
pub use self::family::{BinaryProblem, Family, FamilyKind, ScoreScale};
pub use self::histogram::Binning;
pub use self::matrix::MAX_MATRIX_CLASSES;
pub use self::moment::{Factor, Moment};
pub use self::plan::{Plan, Request, View};
pub use self::scores::{StoredSample, StoredScores};
pub use self::totals::{Accumulator, Faults, Pair, Total, Totals, Weights};

pub(crate) use self::kind::Accumulate;
#[cfg(feature = "gpu")]
pub(crate) use self::shader::{Calls, Site, push_line};
pub(crate) use self::slots::Slots;
#[cfg(feature = "gpu")]
pub(crate) use self::slots::{SlotReader, Summand};
pub(crate) use self::totals::Content;
use crate::error::Error;
#[cfg(feature = "gpu")]
use crate::kernel::Fragment;
pub use crate::kernel::value::{CustomValue, MathModule, Operands, ValueFn, ValueSpec};
pub use crate::task::{MAX_CLASSES, Schema, Task};
use std::fmt;

/// The kinds of statistics, each with the module of its files and its parameters. Passes the list
/// to a macro.
macro_rules! for_each_kind {
    ($callback:ident) => {
        $callback! {
            /// The exact sum of a per-sample value.
            sum: Sum(value: ValueSpec);
            /// The largest per-sample value, which is never negative.
            maximum: Maximum(value: ValueSpec);
            /// The largest and the smallest per-sample value, of any sign.
            extremes: Extremes(value: ValueSpec);
            /// The exact sum of a moment.
            moment: Moment(moment: Moment);
            /// Counts and sums of weights by label and by whether score > threshold.
            confusion: Confusion {
                /// The threshold that the score is compared with.
                threshold: f32,
            };
            /// Per bin of a probability: counts and sums of weights by label, and sums of the
            /// probability. In the multiclass task the label is whether the prediction is correct.
            calibration: Calibration {
                /// The value that is the probability of label 1.
                probability: ValueSpec,
                /// Number of bins, of equal width over [0, 1].
                bins: u32,
            };
            /// Counts and sums of weights by bin of the score and label, two cells for each bin.
            histogram: Histogram {
                /// The division of scores into bins.
                division: Binning,
            };
            /// Every sample individually: its score, its label and its weight.
            scores: Scores;
            /// Counts and sums of weights per class, K cells each: of correctly predicted samples,
            /// of all by truth, and of all by prediction. Most count metrics need nothing else.
            margins: Margins {
                /// The number of classes K.
                classes: u32,
            };
            /// Counts and sums of weights by truth (rows) and prediction (columns), K × K cells.
            matrix: Matrix {
                /// The number of classes K.
                classes: u32,
            };
        }
    };
}

pub(crate) use for_each_kind;

/// Defines the statistics by their kinds, and dispatches to these.
macro_rules! define_statistic {
    ($(
        $(#[$doc:meta])*
        $module:ident: $name:ident
        $(($parameter:ident: $type:ty))?
        $({ $($(#[$field_doc:meta])* $field:ident: $field_type:ty,)* })?;
    )*) => {
        /// A statistic, accumulated unweighted and weighted at the same time.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum Statistic {
            $(
                $(#[$doc])*
                $name $(($type))? $({ $($(#[$field_doc])* $field: $field_type,)* })?,
            )*
        }

        /// Calls a method of the kind of a statistic.
        macro_rules! of_kind {
            ($statistic:expr, $kind:ident => $result:expr) => {
                match $statistic {
                    $(Statistic::$name $(($parameter))? $({ $($field),* })? => {
                        let $kind = $module::Kind { $($parameter)? $($($field),*)? };
                        $result
                    })*
                }
            };
        }

        #[cfg(feature = "gpu")]
        impl Statistic {
            /// The WGSL of all kinds. Shared dependencies occur several times.
            pub(crate) fn all_fragments() -> Vec<Fragment> {
                [$(<$module::Kind as Accumulate>::FRAGMENTS),*].concat()
            }
        }
    };
}

for_each_kind!(define_statistic);

impl Statistic {
    /// The sum of a value without a parameter.
    pub const fn sum(function: ValueFn) -> Self {
        Self::Sum(ValueSpec { function, parameter: 0.0 })
    }

    /// Fails if no engine can accumulate it. Metrics name only statistics that pass.
    ///
    /// # Errors
    ///
    /// [`BuildError::WrongTask`](crate::error::BuildError::WrongTask) if the statistic is not
    /// available in the task;
    /// [`BuildError::InvalidParameter`](crate::error::BuildError::InvalidParameter) for a parameter
    /// that its value does not [accept](ValueFn::parameter_ranges), for a maximum of a value that
    /// can be negative, for a threshold that is not finite, for a calibration of a value that is
    /// not a probability, and for an invalid number of bins;
    /// [`BuildError::MatrixTooLarge`](crate::error::BuildError::MatrixTooLarge) for a matrix.
    pub fn check(self, task: Task) -> Result<(), Error> {
        of_kind!(self, kind => kind.check(task))
    }

    /// Number of its cells that consist of a count and a sum of weights.
    pub fn cells(self) -> usize {
        self.slots().cells as usize
    }

    /// The per-sample value that it accumulates, if any.
    pub fn value(self) -> Option<ValueSpec> {
        of_kind!(self, kind => kind.value())
    }

    /// The inputs that it reads.
    pub fn reads(self) -> Operands {
        match self.value() {
            Some(value) => value.function.reads(),
            None => of_kind!(self, kind => kind.operands()),
        }
    }

    /// Whether samples of this schema have the inputs that it reads. Samples with several outputs
    /// have two views, separate outputs and vectors; a statistic fits one of them.
    pub fn fits(self, schema: Schema) -> bool {
        schema.task != Task::Regression || self.row_needs().rows == schema.rows
    }

    /// A description of its domain.
    pub fn domain(self) -> &'static str {
        match self.value() {
            Some(value) => value.domain(),
            None => of_kind!(self, kind => kind.domain()),
        }
    }

    /// Its total of no samples.
    pub(crate) fn empty(self) -> Accumulator {
        of_kind!(self, kind => kind.empty().into())
    }

    /// The slots that it needs on a device.
    pub(crate) fn slots(self) -> Slots {
        of_kind!(self, kind => kind.slots())
    }
}

/// The interface to the GPU engine.
#[cfg(feature = "gpu")]
impl Statistic {
    /// Decodes its total from its slots.
    pub(crate) fn decode(self, slots: SlotReader) -> Accumulator {
        of_kind!(self, kind => kind.decode(slots).into())
    }

    /// The parameter of its WGSL, as bits.
    pub(crate) fn parameter(self) -> u32 {
        of_kind!(self, kind => kind.parameter())
    }

    /// Appends the WGSL that adds a sample to it.
    pub(crate) fn call(self, site: &Site, calls: &mut Calls) {
        of_kind!(self, kind => kind.call(site, calls));
    }

    /// The WGSL that adds samples to it, with dependencies.
    pub(crate) fn fragments(self) -> &'static [Fragment] {
        of_kind!(self, kind => fragments(&kind))
    }

    /// The arithmetic that its WGSL needs, in addition to that of its value.
    pub(crate) fn math(self) -> &'static [MathModule] {
        of_kind!(self, kind => math(&kind))
    }
}

/// The WGSL of a kind.
#[cfg(feature = "gpu")]
fn fragments<K: Accumulate>(_: &K) -> &'static [Fragment] {
    K::FRAGMENTS
}

/// The arithmetic of a kind.
#[cfg(feature = "gpu")]
fn math<K: Accumulate>(_: &K) -> &'static [MathModule] {
    K::MATH
}

/// Its name in states: its kind and its parameters.
impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        of_kind!(*self, kind => kind.fmt(f))
    }
}
