//! Families of totals: the views of samples that an evaluator has, each with its own totals.
//!
//! Most families are views of a batch: separate outputs or labels, or whole samples. Others are
//! derived from the rows of scores of a view: one-vs-rest or one-vs-one, each class against the
//! rest or against each other class, is a binary problem, so that binary metrics can be computed
//! for classes.
//!
//! In a one-vs-rest problem, samples of the class have label 1 and all others label 0. In a
//! one-vs-one problem, samples of neither class are masked. The score of a sample is the score of
//! the positive class: unchanged or, for logits, the [log-odds](crate::kernel::log_odds::log_odds)
//! of the probability of the class. Log-odds rank like probabilities, but still distinguish
//! probabilities that an `f32` rounds to 1.
//!
//! # A new family
//!
//! `ARCHITECTURE.md` has the recipe. Plans, layouts, decoding, snapshots, states and reports are
//! loops over families.

use super::kinds::Statistic;
use super::totals::Totals;
use crate::kernel::constant::Constant;
use crate::kernel::row_needs::{RowNeeds, ScoreKind};
use crate::task::{Schema, Task};
use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// The largest number of binary problems of a family: a dispatch has one workgroup row for each.
pub const MAX_BINARY_PROBLEMS: usize = 65_535;

/// The kind of a family: what its totals are accumulated over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FamilyKind {
    /// Each output or label separately, with one total per output.
    Outputs,
    /// All outputs as the elements of a vector.
    Vector,
    /// Whether every label is correct: whether score > threshold exactly for the labels that are 1.
    ExactMatch {
        /// The threshold that the scores are compared with.
        threshold: Constant,
        /// Whether the scores must be probabilities.
        probabilities: bool,
    },
    /// Each class against the rest, with a total for each class.
    OneVsRest {
        /// The number of classes.
        classes: u32,
        /// How the scores of a class are used.
        scale: ScoreScale,
    },
    /// Each class against each other class, with a total for each ordered pair of classes.
    OneVsOne {
        /// The number of classes.
        classes: u32,
        /// How the scores of a class are used.
        scale: ScoreScale,
    },
}

/// How the scores of a class are used in a binary problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScoreScale {
    /// The score, unchanged.
    Given,
    /// The log-odds of the class's probability: the scores are logits.
    LogOdds,
}

/// Two classes, or a class and the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BinaryProblem {
    /// The class whose samples have label 1.
    pub positive: u32,
    /// The class whose samples have label 0; if none, these are all other classes.
    pub negative: Option<u32>,
}

impl BinaryProblem {
    /// Whether samples of a class are excluded.
    #[inline(always)]
    pub fn excludes(self, class: u32) -> bool {
        self.negative.is_some_and(|negative| class != self.positive && class != negative)
    }
}

impl FamilyKind {
    /// The number of classes and the score scale, for a family of binary problems.
    pub fn binary_problems(self) -> Option<(u32, ScoreScale)> {
        match self {
            Self::OneVsRest { classes, scale } | Self::OneVsOne { classes, scale } => {
                Some((classes, scale))
            }
            Self::Outputs | Self::Vector | Self::ExactMatch { .. } => None,
        }
    }

    /// Whether its samples are a view of a batch, not derived from the rows of another family.
    pub fn is_view(self) -> bool {
        self.binary_problems().is_none()
    }

    /// Whether its samples are whole samples with all of their outputs or labels.
    pub fn is_of_whole_samples(self) -> bool {
        matches!(self, Self::Vector | Self::ExactMatch { .. })
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
        let (positive, other) = (index / (classes - 1), index % (classes - 1));
        let negative = other + u32::from(other >= positive);
        BinaryProblem { positive, negative: Some(negative) }
    }

    /// The index of the total of a binary problem, if it is one of this family.
    pub fn index_of(self, problem: BinaryProblem) -> Option<usize> {
        let BinaryProblem { positive, negative } = problem;
        let index = match (self, negative) {
            (Self::OneVsRest { .. }, None) => positive,
            (Self::OneVsOne { classes, .. }, Some(negative)) => {
                positive * (classes - 1) + negative - u32::from(negative > positive)
            }
            _ => return None,
        };
        Some(index as usize)
    }

    /// The parts of row summaries that it needs, whatever its statistics.
    pub fn row_needs(self) -> RowNeeds {
        let Some((_, scale)) = self.binary_problems() else { return RowNeeds::default() };
        let scores = if scale == ScoreScale::LogOdds { ScoreKind::Logits } else { ScoreKind::Any };
        RowNeeds { rows: true, scores, ..RowNeeds::default() }
    }

    /// Whether it accepts samples of this schema.
    pub fn takes(self, schema: Schema) -> bool {
        match self {
            Self::Outputs | Self::ExactMatch { .. } => !schema.has_vectors(),
            Self::Vector => schema.has_vectors(),
            Self::OneVsRest { .. } | Self::OneVsOne { .. } => schema.rows && !schema.has_vectors(),
        }
    }

    /// Its rank in the order of families, which is the order of totals in states.
    pub(super) fn rank(self) -> (u8, f64) {
        match self {
            Self::Outputs => (0, 0.0),
            Self::Vector => (1, 0.0),
            Self::ExactMatch { threshold, probabilities } => {
                (2 + u8::from(probabilities), threshold.double)
            }
            Self::OneVsRest { .. } => (4, 0.0),
            Self::OneVsOne { .. } => (5, 0.0),
        }
    }
}

/// Its name in states.
impl fmt::Display for FamilyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, scale) = match self {
            Self::Outputs => return f.write_str("outputs"),
            Self::Vector => return f.write_str("vector"),
            Self::ExactMatch { threshold, probabilities } => {
                let domain = if *probabilities { ":probabilities" } else { "" };
                return write!(f, "exact_match:threshold={threshold}{domain}");
            }
            Self::OneVsRest { scale, .. } => ("one_vs_rest", scale),
            Self::OneVsOne { scale, .. } => ("one_vs_one", scale),
        };
        write!(f, "{name}{}", if *scale == ScoreScale::LogOdds { ":log_odds" } else { "" })
    }
}

/// Statistics, each once, and the metrics that need them. They are ordered by name, so that states
/// do not depend on the order in which metrics were requested.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StatisticSet {
    statistics: Vec<Statistic>,
    /// For each statistic, the metrics that need it, as their specs.
    pub metrics: Vec<Vec<String>>,
}

impl StatisticSet {
    /// The union of statistics, each with the metric that needs it, if one does.
    pub(super) fn union(requests: impl IntoIterator<Item = (Statistic, Option<String>)>) -> Self {
        let mut union: Vec<(Statistic, Vec<String>)> = Vec::new();
        for (statistic, metric) in requests {
            let index = union.iter().position(|(other, _)| *other == statistic);
            let index = index.unwrap_or_else(|| {
                union.push((statistic, Vec::new()));
                union.len() - 1
            });
            let metrics = &mut union[index].1;
            metrics.extend(metric.filter(|metric| !metrics.contains(metric)));
        }
        union.sort_by_cached_key(|(statistic, _)| statistic.to_string());
        let (statistics, metrics) = union.into_iter().unzip();
        Self { statistics, metrics }
    }

    /// The name of one of the statistics in errors: the first metric that needs it, or its own name
    /// if no metric does.
    pub fn name_of(&self, statistic: &Statistic) -> String {
        let index = self.iter().position(|other| other == statistic);
        let metrics = index.and_then(|index| self.metrics.get(index));
        let metric = metrics.and_then(|metrics| metrics.first()).cloned();
        metric.unwrap_or_else(|| statistic.to_string())
    }
}

impl Deref for StatisticSet {
    type Target = [Statistic];

    fn deref(&self) -> &[Statistic] {
        &self.statistics
    }
}

/// A family of totals: its kind, and the statistics of each of its totals.
#[derive(Clone, Debug, PartialEq)]
pub struct Family {
    /// The kind.
    pub kind: FamilyKind,
    /// The statistics. All views of a plan share one set.
    pub statistics: Arc<StatisticSet>,
    /// The indices of its totals in the plan.
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

    /// The schema of its samples as columns, in a plan with this task and number of classes.
    pub fn columns(&self, task: Task, classes: u32) -> Schema {
        let (task, classes) = if self.kind.is_view() { (task, classes) } else { (Task::Binary, 2) };
        Schema { task, classes, rows: false, soft: false }
    }

    /// Its totals of no samples.
    pub(super) fn empty_totals(&self) -> impl Iterator<Item = Totals> {
        std::iter::repeat_n(Totals::empty(&self.statistics), self.totals.len())
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
                assert_eq!(kind.index_of(*problem), Some(index));
                assert_ne!(problem.negative, Some(problem.positive));
                assert!(all[..index].iter().all(|other| other != problem));
            }
        }
    }
}
