//! What is accumulated over samples: the only thing the engines know.
//!
//! A metric names the statistics it needs; a [`Plan`] is the union over all metrics of an
//! evaluator; an engine adds batches to the [`Totals`] of a plan.

pub mod calibration;
pub mod histogram;
mod moment;
pub mod one_vs_rest;
mod plan;
mod row_needs;
pub mod scores;
pub mod totals;

use self::calibration::MAX_BINS;
pub use self::histogram::Binning;
pub use self::moment::{Factor, Moment};
pub use self::one_vs_rest::{Contests, Versus};
pub use self::plan::{Plan, Projection};
pub use self::scores::{StoredSample, StoredScores};
pub use self::totals::{
    Accumulator, CalibrationBin, Cells, Confusion, Extremes, Faults, Pair, Total, Totals, Weights,
};
use crate::error::Error;
pub use crate::kernel::value::{CustomValue, MathModule, Operands, ValueFn, ValueSpec};
pub use crate::task::{MAX_CLASSES, Schema, Task};
use std::fmt;

/// Most classes of a confusion matrix: its K × K cells take 80 bytes each on the host.
pub const MAX_MATRIX_CLASSES: u32 = 2048;

/// Bytes that a confusion matrix takes on the host.
fn matrix_bytes(classes: u32) -> u64 {
    80 * u64::from(classes) * u64::from(classes)
}

/// One thing that is accumulated, unweighted and weighted at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Statistic {
    /// The exact sum of a per-sample value.
    Sum(ValueSpec),
    /// The largest of a per-sample value that is never negative.
    Maximum(ValueSpec),
    /// The largest and the least of a per-sample value of any sign.
    Extremes(ValueSpec),
    /// The exact sum of a moment.
    Moment(Moment),
    /// Counts and sums of weights by label and by whether score > threshold.
    Confusion {
        /// The threshold that the score is compared with.
        threshold: f32,
    },
    /// Per bin of a probability: counts and sums of weights by label, and sums of the probability.
    /// In the multiclass task the label is whether the prediction is right.
    Calibration {
        /// The value that is the probability of label 1.
        probability: ValueSpec,
        /// Number of bins, of equal width over [0, 1].
        bins: u32,
    },
    /// Counts and sums of weights by bin of the score and label, two cells for each bin.
    Histogram {
        /// How scores are divided into bins.
        division: Binning,
    },
    /// Every sample by itself: its score, its label and its weight.
    Scores,
    /// Counts and sums of weights by class, K cells each: of samples whose prediction is right, of
    /// all by truth, of all by prediction. All that most count metrics need.
    Margins {
        /// The number of classes K.
        classes: u32,
    },
    /// Counts and sums of weights by truth (rows) and prediction (columns), K × K cells.
    Matrix {
        /// The number of classes K.
        classes: u32,
    },
}

impl Statistic {
    /// The sum of a value without a parameter.
    pub const fn sum(function: ValueFn) -> Self {
        Self::Sum(ValueSpec { function, parameter: 0.0 })
    }

    /// Fails if no engine could accumulate it: metrics name only statistics that pass.
    ///
    /// # Errors
    ///
    /// [`Error::WrongTask`] for a confusion count or a calibration in another task than theirs;
    /// [`Error::InvalidParameter`] for a parameter that its value does not
    /// [take](ValueFn::parameter_ranges), for a maximum of a value that can be negative, for a
    /// threshold that is not finite, and for a calibration of a value that is no probability or with
    /// no or too many bins.
    pub fn check(self, task: Task) -> Result<(), Error> {
        let invalid = |metric, parameter, value: &dyn fmt::Display, expected: &str| {
            let (value, expected) = (value.to_string(), expected.to_owned());
            Err(Error::InvalidParameter { metric, parameter, value, expected })
        };
        match self {
            Self::Maximum(ValueSpec { function, .. }) if function.may_be_negative() => {
                let (name, expected) = (function.name(), "a value that is never negative");
                invalid("maximum", "value", &name, expected)
            }
            Self::Sum(ValueSpec { function, .. })
            | Self::Maximum(ValueSpec { function, .. })
            | Self::Extremes(ValueSpec { function, .. })
                if function.task_of_rows().is_some_and(|of_rows| of_rows != task) =>
            {
                let tasks = function.task_of_rows().map_or("", Task::name).to_owned();
                Err(Error::WrongTask { metric: function.name(), task, tasks })
            }
            Self::Sum(ValueSpec { function, parameter })
            | Self::Maximum(ValueSpec { function, parameter })
            | Self::Extremes(ValueSpec { function, parameter }) => {
                if function.takes(parameter) {
                    return Ok(());
                }
                let ranges = function.parameter_ranges().into_iter();
                let ranges = ranges.map(|r| format!("from {:e} to {:e}", r.start(), r.end()));
                let expected = format!("a number {}", ranges.collect::<Vec<_>>().join(" or "));
                invalid(function.name(), "parameter", &parameter, &expected)
            }
            Self::Confusion { .. } if task != Task::Binary => {
                let tasks = Task::Binary.name().to_owned();
                Err(Error::WrongTask { metric: "confusion", task, tasks })
            }
            Self::Confusion { threshold } if !threshold.is_finite() => {
                invalid("confusion", "threshold", &threshold, "a finite number")
            }
            Self::Calibration { .. } if !task.has_labels() => {
                let tasks = format!("{}, {}", Task::Binary, Task::Multiclass);
                Err(Error::WrongTask { metric: "calibration", task, tasks })
            }
            Self::Calibration { probability: ValueSpec { function, .. }, .. }
                if function.row_needs(0).rows != (task == Task::Multiclass) =>
            {
                let expected = "a probability of this task";
                invalid("calibration", "value", &function.name(), expected)
            }
            Self::Calibration { probability, .. } if !probability.function.is_probability() => {
                let (name, expected) = (probability.function.name(), "a probability");
                invalid("calibration", "value", &name, expected)
            }
            Self::Calibration { bins, .. } if bins == 0 || bins > MAX_BINS => {
                let expected = format!("a whole number from 1 to {MAX_BINS}");
                invalid("calibration", "bins", &bins, &expected)
            }
            Self::Histogram { .. } | Self::Scores if task != Task::Binary => {
                let tasks = Task::Binary.name().to_owned();
                let metric = if self == Self::Scores { "scores" } else { "histogram" };
                Err(Error::WrongTask { metric, task, tasks })
            }
            Self::Histogram { division }
                if !(2..=histogram::MAX_BINS).contains(&division.bins()) =>
            {
                let expected = format!("a whole number from 2 to {}", histogram::MAX_BINS);
                invalid("histogram", "bins", &division.bins(), &expected)
            }
            Self::Margins { .. } | Self::Matrix { .. } if task != Task::Multiclass => {
                let tasks = Task::Multiclass.name().to_owned();
                Err(Error::WrongTask { metric: "counts by class", task, tasks })
            }
            Self::Matrix { classes } if classes > MAX_MATRIX_CLASSES => {
                let (bytes, limit) = (matrix_bytes(classes), MAX_MATRIX_CLASSES);
                Err(Error::TooManyClasses { classes, bytes, limit })
            }
            Self::Moment(_)
            | Self::Confusion { .. }
            | Self::Calibration { .. }
            | Self::Histogram { .. }
            | Self::Scores
            | Self::Margins { .. }
            | Self::Matrix { .. } => Ok(()),
        }
    }

    /// Number of cells of counts by class, or by bin and label.
    pub fn cells(self) -> usize {
        match self {
            Self::Histogram { division } => 2 * division.bins() as usize,
            Self::Margins { classes } => 3 * classes as usize,
            Self::Matrix { classes } => classes as usize * classes as usize,
            _ => 0,
        }
    }

    /// The per-sample value that it is made of, if it is made of one.
    pub fn value(self) -> Option<ValueSpec> {
        match self {
            Self::Sum(value)
            | Self::Maximum(value)
            | Self::Extremes(value)
            | Self::Calibration { probability: value, .. } => Some(value),
            Self::Moment(_)
            | Self::Confusion { .. }
            | Self::Histogram { .. }
            | Self::Scores
            | Self::Margins { .. }
            | Self::Matrix { .. } => None,
        }
    }

    /// Which inputs it looks at.
    pub fn reads(self) -> Operands {
        if let Some(value) = self.value() {
            return value.function.reads();
        }
        let Self::Moment(moment) = self else { return Operands::Both };
        match moment.factors() {
            [Factor::Truth, Factor::One | Factor::Truth] => Operands::Truth,
            [Factor::Prediction, Factor::One | Factor::Prediction] => Operands::Prediction,
            _ => Operands::Both,
        }
    }

    /// Whether samples of this form have what it looks at. Numbers have outputs and, as a whole, are
    /// vectors: one of them.
    pub fn fits(self, schema: Schema) -> bool {
        schema.task != Task::Regression || self.row_needs().rows == schema.rows
    }

    /// Its domain in words.
    pub fn domain(self) -> &'static str {
        match self.value() {
            Some(value) => value.domain(),
            None if matches!(self, Self::Margins { .. } | Self::Matrix { .. }) => "any class",
            None => "any number",
        }
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sink, value) = match self {
            Self::Sum(value) => ("sum", value),
            Self::Maximum(value) => ("maximum", value),
            Self::Extremes(value) => ("extremes", value),
            Self::Moment(moment) => return write!(f, "moment:{}", moment.name()),
            Self::Confusion { threshold } => return write!(f, "confusion:threshold={threshold}"),
            Self::Histogram { division } => return write!(f, "histogram:{division}"),
            Self::Scores => return f.write_str("scores"),
            Self::Margins { classes } => return write!(f, "margins:classes={classes}"),
            Self::Matrix { classes } => return write!(f, "matrix:classes={classes}"),
            Self::Calibration { probability, bins } => {
                let name = probability.function.name();
                return write!(f, "calibration:{name}:bins={bins}");
            }
        };
        write!(f, "{sink}:{}", value.function.name())?;
        if value.parameter == 0.0 { Ok(()) } else { write!(f, ":{}", value.parameter) }
    }
}
