//! The kinds of statistics, and [`Statistic`], which dispatches to them.

use super::accumulate::Accumulate;
use super::accumulator::Accumulator;
use super::histogram::Binning;
use super::moment::Moment;
#[cfg(feature = "gpu")]
use super::shader::{Calls, Site};
#[cfg(feature = "gpu")]
use super::slots::SlotContents;
use super::slots::Slots;
use crate::error::Error;
#[cfg(feature = "gpu")]
use crate::kernel::Fragment;
use crate::kernel::row_needs::RowNeeds;
#[cfg(feature = "gpu")]
use crate::kernel::value::MathModule;
use crate::kernel::value::{Operands, ValueFn, ValueSpec};
use crate::statistic::Constant;
use crate::task::{Schema, Task};
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
                threshold: Constant,
                /// Whether scores must be probabilities. Others are counted in their cells, and
                /// beside them as outside the domain.
                probabilities: bool,
            };
            /// Per bin of a probability: counts and sums of weights by label, and sums of the
            /// probability. In the multiclass task the label is whether the prediction is correct.
            calibration: Calibration {
                /// The value that is the probability of label 1.
                probability: ValueSpec,
                /// Number of bins, of equal width over [0, 1]. Their ends are rounded to the
                /// precision of the scores.
                bins: u32,
            };
            /// Counts and sums of weights by bin of the score and label, two cells for each bin.
            histogram: Histogram {
                /// How scores are divided into bins.
                binning: Binning,
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
                        use $crate::statistic::$module::Kind;
                        let $kind = Kind { $($parameter)? $($($field),*)? };
                        $result
                    })*
                }
            };
        }

        /// The WGSL of all kinds. Shared dependencies occur several times.
        #[cfg(feature = "gpu")]
        pub(crate) fn all_fragments() -> Vec<Fragment> {
            [$(<$crate::statistic::$module::Kind as Accumulate>::FRAGMENTS),*].concat()
        }
    };
}

for_each_kind!(define_statistic);

pub(crate) use of_kind;

impl Statistic {
    /// The sum of a value without a parameter.
    pub const fn sum(function: ValueFn) -> Self {
        Self::Sum(ValueSpec { function, parameter: Constant::ZERO })
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

    /// The parts of a row summary that it reads.
    #[doc(hidden)]
    pub fn row_needs(self) -> RowNeeds {
        self.value().map(|value| value.row_needs()).unwrap_or_default()
    }

    /// The number of classes that it counts, if it counts by class.
    pub(super) fn classes(self) -> Option<u32> {
        of_kind!(self, kind => kind.classes())
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
    #[doc(hidden)]
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

    /// Decodes its total from its slots.
    #[cfg(feature = "gpu")]
    pub(crate) fn decode(self, slots: SlotContents) -> Result<Accumulator, Error> {
        of_kind!(self, kind => kind.decode(slots).map(Into::into))
    }

    /// The parameter of its WGSL, as bits.
    #[cfg(feature = "gpu")]
    pub(crate) fn parameter(self) -> u32 {
        of_kind!(self, kind => kind.parameter())
    }

    /// Appends the WGSL that adds a sample to it.
    #[cfg(feature = "gpu")]
    pub(crate) fn call(self, site: &Site, calls: &mut Calls) -> Result<(), Error> {
        of_kind!(self, kind => kind.call(site, calls))
    }

    /// The WGSL that adds samples to it, with dependencies.
    #[cfg(feature = "gpu")]
    pub(crate) fn fragments(self) -> &'static [Fragment] {
        of_kind!(self, kind => fragments(&kind))
    }

    /// The arithmetic that its WGSL needs, in addition to that of its value.
    #[cfg(feature = "gpu")]
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
