//! Families of totals: the ways in which an evaluator looks at samples, each with totals of its own.
//!
//! Most families are views of a batch: each output or label by itself, or samples as a whole. Others are
//! made of the rows of scores of a view: each class against the rest, or against each other class, is a
//! binary problem, so that what is known of two labels is known of classes.
//!
//! Of a class against the rest, samples of the class have label 1 and all others label 0. Of a class against
//! another one, samples of neither are masked. The score of a sample is that of the positive class: as it is
//! given, or, of logits, the [log-odds](crate::kernel::log_odds::log_odds) of the class's probability. They
//! rank as the probabilities do, and still tell those apart that an `f32` rounds to 1.
//!
//! # A new family
//!
//! * Here: a variant of [`FamilyKind`], its number of totals, and its name in states.
//! * A view of a batch: its samples in `batch/outputs.rs`, and in `gpu/buffers/planner.rs` and
//!   `shaders/input/convert.wgsl` for batches in buffers.
//! * A family that is made of another one's samples: a file in `cpu/` and one in `shaders/input/`.
//! * A variant of `MetricFamily` in `metric/mod.rs`, which its metrics declare, and how their values become
//!   one in `metric/multioutput.rs`.
//!
//! Plans, layouts, decoding, snapshots, states and reports are loops over families.

use super::{Schema, Statistic, Task};
use crate::kernel::row_needs::{RowNeeds, ScoreKind};
use std::fmt;
use std::ops::Range;

/// Most binary problems of a family: as many workgroups stand side by side.
pub const MAX_BINARY_PROBLEMS: usize = 65_535;

/// A way to look at samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FamilyKind {
    /// Each output or label by itself, with a total for each.
    Outputs,
    /// All outputs as the elements of a vector.
    Vector,
    /// Whether every label is right: whether score > threshold where it is 1, and only there.
    ExactMatch {
        /// The threshold that the scores are compared with.
        threshold: f32,
    },
    /// Each class against the rest, with a total for each class.
    OneVsRest {
        /// The number of classes.
        classes: u32,
        /// What the score of a class counts as.
        scale: ScoreScale,
    },
    /// Each class against each other class, with a total for each ordered pair of classes.
    OneVsOne {
        /// The number of classes.
        classes: u32,
        /// What the score of a class counts as.
        scale: ScoreScale,
    },
}

/// What the score of a class counts as in a binary problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScoreScale {
    /// What it is.
    Given,
    /// The log-odds of the class's probability: the scores are logits.
    LogOdds,
}

/// Two classes, or a class and the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BinaryProblem {
    /// The class whose samples have label 1.
    pub positive: u32,
    /// The class whose samples have label 0; none if all other classes have.
    pub negative: Option<u32>,
}

impl BinaryProblem {
    /// Whether samples of a class do not count.
    #[inline(always)]
    pub fn excludes(self, class: u32) -> bool {
        self.negative.is_some_and(|negative| class != self.positive && class != negative)
    }
}

impl FamilyKind {
    /// The number of classes and the scale of their scores, of a family of binary problems.
    pub fn binary_problems(self) -> Option<(u32, ScoreScale)> {
        match self {
            Self::OneVsRest { classes, scale } | Self::OneVsOne { classes, scale } => {
                Some((classes, scale))
            }
            Self::Outputs | Self::Vector | Self::ExactMatch { .. } => None,
        }
    }

    /// Whether its samples are those of a batch, not made of the rows of another family.
    pub fn is_view(self) -> bool {
        self.binary_problems().is_none()
    }

    /// Number of its totals, for samples of `outputs` outputs.
    pub fn totals(self, outputs: u32) -> usize {
        match self {
            Self::Outputs => outputs as usize,
            Self::Vector | Self::ExactMatch { .. } => 1,
            Self::OneVsRest { classes, .. } => classes as usize,
            Self::OneVsOne { classes, .. } => classes as usize * (classes as usize - 1),
        }
    }

    /// The binary problem of one of its totals.
    pub fn problem(self, index: usize) -> BinaryProblem {
        let index = index as u32;
        let Self::OneVsOne { classes, .. } = self else {
            return BinaryProblem { positive: index, negative: None };
        };
        let others = classes - 1;
        let (positive, other) = (index / others, index % others);
        let negative = other + u32::from(other >= positive);
        BinaryProblem { positive, negative: Some(negative) }
    }

    /// Which of its totals is that of a binary problem.
    pub fn index_of(self, problem: BinaryProblem) -> usize {
        let BinaryProblem { positive, negative } = problem;
        let index = match (self, negative) {
            (Self::OneVsOne { classes, .. }, Some(negative)) => {
                positive * (classes - 1) + negative - u32::from(negative > positive)
            }
            _ => positive,
        };
        index as usize
    }

    /// What it needs of rows, whatever its statistics.
    pub fn row_needs(self) -> RowNeeds {
        let Some((_, scale)) = self.binary_problems() else { return RowNeeds::default() };
        let scores = if scale == ScoreScale::LogOdds { ScoreKind::Logits } else { ScoreKind::Any };
        RowNeeds { rows: true, scores, ..RowNeeds::default() }
    }

    /// Whether samples of this form are looked at in this way.
    pub fn takes(self, schema: Schema) -> bool {
        match self {
            Self::Outputs | Self::ExactMatch { .. } => !schema.has_vectors(),
            Self::Vector => schema.has_vectors(),
            Self::OneVsRest { .. } | Self::OneVsOne { .. } => schema.rows && !schema.has_vectors(),
        }
    }

    /// Its place among families: states hold their totals in this order.
    pub(super) fn rank(self) -> (u8, f32) {
        match self {
            Self::Outputs => (0, 0.0),
            Self::Vector => (1, 0.0),
            Self::ExactMatch { threshold } => (2, threshold),
            Self::OneVsRest { .. } => (3, 0.0),
            Self::OneVsOne { .. } => (4, 0.0),
        }
    }
}

/// Its name in states; outputs have none.
impl fmt::Display for FamilyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, scale) = match self {
            Self::Outputs => return f.write_str("outputs"),
            Self::Vector => return f.write_str("joint:vectors"),
            Self::ExactMatch { threshold } => return write!(f, "joint:threshold={threshold}"),
            Self::OneVsRest { scale, .. } => ("one_vs_rest", scale),
            Self::OneVsOne { scale, .. } => ("one_vs_one", scale),
        };
        write!(f, "{name}{}", if *scale == ScoreScale::LogOdds { ":log_odds" } else { "" })
    }
}

/// A way to look at samples, and what is accumulated of each of its totals.
#[derive(Clone, Debug, PartialEq)]
pub struct Family {
    /// The way.
    pub kind: FamilyKind,
    /// The statistics, each once, in the order of their names, so that the order in which metrics were
    /// requested does not show in a state. All views of a batch have the same.
    pub statistics: Vec<Statistic>,
    /// For each statistic, the metrics that need it, as their specs.
    pub metrics: Vec<Vec<String>>,
    /// Which of all totals are its own.
    pub totals: Range<usize>,
}

impl Family {
    /// Number of cells of all statistics of a total.
    pub fn cells(&self) -> usize {
        self.statistics.iter().map(|statistic| statistic.cells()).sum()
    }

    /// Whether samples are stored.
    pub fn stores(&self) -> bool {
        self.statistics.iter().any(|statistic| statistic.slots().stores)
    }

    /// What its samples are as columns, in a plan of this task and number of classes.
    pub fn columns(&self, task: Task, classes: u32) -> Schema {
        let (task, classes) = if self.kind.is_view() { (task, classes) } else { (Task::Binary, 2) };
        Schema { task, classes, rows: false, soft: false }
    }

    /// What one of its statistics is called in errors: the first metric that needs it, or its own name if no
    /// metric does.
    pub fn name_of(&self, statistic: &Statistic) -> String {
        let index = self.statistics.iter().position(|other| other == statistic);
        let metrics = index.and_then(|index| self.metrics.get(index));
        let metric = metrics.and_then(|metrics| metrics.first()).cloned();
        metric.unwrap_or_else(|| statistic.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_problems_are_found_by_their_index() {
        let (classes, scale) = (4, ScoreScale::Given);
        for (kind, number) in [
            (FamilyKind::OneVsRest { classes, scale }, 4),
            (FamilyKind::OneVsOne { classes, scale }, 12),
        ] {
            assert_eq!(kind.totals(1), number);
            let all: Vec<_> = (0..number).map(|index| kind.problem(index)).collect();
            for (index, problem) in all.iter().enumerate() {
                assert_eq!(kind.index_of(*problem), index);
                assert_ne!(problem.negative, Some(problem.positive));
                assert!(all[..index].iter().all(|other| other != problem));
            }
        }
    }
}
