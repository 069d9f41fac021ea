//! What an evaluator accumulates: the union of what its metrics need.

use super::cells::CELL_BYTES;
use super::one_vs_rest::MAX_BINARY_PROBLEMS;
use super::{Contests, CustomValue, Schema, Statistic, Task, Totals, ValueFn, ValueSpec};
use crate::error::{BuildError, Error, UpdateError};
use crate::kernel::row_needs::ScoreKind;
use std::fmt;
use std::ops::Range;

/// Most bytes that the cells of all totals take.
const MAX_CELL_BYTES: u64 = 1 << 32;

/// A way to look at a sample of several outputs or labels as a whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Projection {
    /// Whether every label is right: whether score > threshold where it is 1, and only there.
    Match {
        /// The threshold that the scores are compared with.
        threshold: f32,
    },
    /// Outputs as the elements of a vector.
    Vectors,
}

impl Projection {
    /// The threshold of a match.
    fn threshold(self) -> f32 {
        match self {
            Self::Match { threshold } => threshold,
            Self::Vectors => 0.0,
        }
    }
}

impl fmt::Display for Projection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Match { threshold } => write!(f, "joint:threshold={threshold}"),
            Self::Vectors => f.write_str("joint:vectors"),
        }
    }
}

/// The statistics of an evaluator, each once. Counts of samples, weights and faults are always
/// accumulated besides.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The task, which says what a truth is.
    pub task: Task,
    /// The number of classes.
    pub classes: u32,
    /// The number of outputs of a sample, of labels in the multilabel task: each has totals of its own.
    pub outputs: u32,
    /// Ways to look at a sample as a whole, each of which counts as one more output.
    pub joint: Vec<Projection>,
    /// The statistics, in the order of their names, so that the order in which metrics were asked
    /// for does not show in a state.
    pub statistics: Vec<Statistic>,
    /// Classes that are held against others, each with totals of its own.
    pub contests: Vec<Contests>,
}

impl Plan {
    /// The same with so many classes.
    pub fn with_classes(self, classes: u32) -> Self {
        Self { classes, ..self }
    }

    /// The same for so many outputs.
    pub fn with_outputs(self, outputs: u32) -> Self {
        Self { outputs, ..self }
    }

    /// The same, where samples as a whole count too, in these ways.
    pub fn with_joint(self, ways: impl IntoIterator<Item = Projection>) -> Self {
        let mut joint = self.joint;
        for way in ways {
            if !joint.contains(&way) {
                joint.push(way);
            }
        }
        joint.sort_by(|a, b| a.threshold().total_cmp(&b.threshold()));
        Self { joint, ..self }
    }

    /// The same, where classes are held against others.
    pub fn with_contests(self, contests: impl IntoIterator<Item = Contests>) -> Self {
        Self { contests: contests.into_iter().collect(), ..self }
    }

    /// Number of totals of outputs by themselves: none if only vectors are looked at.
    pub fn singles(&self) -> usize {
        let of_vectors = |statistic: &Statistic| statistic.row_needs().scores == ScoreKind::Vectors;
        let none = !self.statistics.is_empty() && self.statistics.iter().all(of_vectors);
        if none { 0 } else { self.outputs as usize }
    }

    /// Number of ways to look at a batch: those of outputs, and those to look at samples as a whole.
    pub fn looks(&self) -> usize {
        self.singles() + self.joint.len()
    }

    /// Number of totals: one for each way to look at a batch, and then one for each contest of classes.
    pub fn totals(&self) -> usize {
        self.looks() + self.contests.iter().map(Contests::number).sum::<usize>()
    }

    /// Contests of classes, each kind with the places of its totals.
    pub fn contests_with_totals(&self) -> impl Iterator<Item = (&Contests, Range<usize>)> {
        let mut end = self.looks();
        self.contests.iter().map(move |contests| {
            let start = end;
            end += contests.number();
            (contests, start..end)
        })
    }

    /// The plan of one of the totals.
    pub fn of_total(&self, total: usize) -> &Self {
        let own = self.contests_with_totals().find(|(_, totals)| totals.contains(&total));
        own.map_or(self, |(contests, _)| &contests.plan)
    }

    /// Whether scores are stored for one of the totals.
    pub fn stores(&self, total: usize) -> bool {
        self.of_total(total).statistics.contains(&Statistic::Scores)
    }

    /// The totals of no samples.
    pub fn empty_totals(&self) -> Vec<Totals> {
        let looks = std::iter::repeat_n(Totals::empty(self), self.looks());
        looks.chain(self.contests.iter().flat_map(Contests::empty_totals)).collect()
    }

    /// What a batch's columns hold: rows of scores or not.
    pub fn schema(&self, rows: bool) -> Schema {
        let vectors = rows && self.task == Task::Regression;
        let classes = if vectors { self.outputs } else { self.classes };
        Schema { task: self.task, classes, rows, soft: false }
    }

    /// The way in which one of its totals looks at samples as a whole; none if it is that of an output.
    pub fn projection_of(&self, total: usize) -> Option<Projection> {
        let index = total.checked_sub(self.singles())?;
        self.joint.get(index).copied()
    }

    /// What the columns of the samples of one of its totals hold, if those of outputs hold `schema`.
    pub fn schema_of(&self, total: usize, schema: Schema) -> Schema {
        match self.projection_of(total) {
            Some(Projection::Vectors) => self.schema(true),
            _ => schema,
        }
    }

    /// Fails if a value does not take soft truths, or two do not together.
    ///
    /// # Errors
    ///
    /// [`UpdateError::SoftTruthsUnsupported`](crate::error::UpdateError::SoftTruthsUnsupported), [`BuildError::ConflictingMetrics`](crate::error::BuildError::ConflictingMetrics).
    pub fn check_soft_truths(&self) -> Result<(), Error> {
        let of_rows = || self.statistics.iter().filter(|statistic| statistic.row_needs().rows);
        let takes = |statistic: &Statistic| {
            statistic.value().is_none_or(|value| value.function.accepts_soft_truths())
        };
        if let Some(value) = of_rows().find(|statistic| !takes(statistic)) {
            return Err(UpdateError::SoftTruthsUnsupported { value: value.to_string() }.into());
        }
        let mut losses = of_rows().filter_map(|value| Some((value, value.row_needs().loss?)));
        let Some((first, least)) = losses.next() else { return Ok(()) };
        match losses.find(|(_, other)| *other != least) {
            None => Ok(()),
            Some((second, _)) => {
                let (first, second) = (first.to_string(), second.to_string());
                Err(Error::Update(UpdateError::SoftTruthsConflict { first, second }))
            }
        }
    }

    /// The custom values that statistics are made of, each once per parameter.
    pub(crate) fn custom_values(&self) -> Vec<(&'static CustomValue, f32)> {
        let mut values = Vec::new();
        for value in self.statistics.iter().filter_map(|statistic| statistic.value()) {
            if let ValueFn::Custom(custom) = value.function
                && !values.contains(&(custom, value.parameter))
            {
                values.push((custom, value.parameter));
            }
        }
        values
    }

    /// Number of cells of all statistics of one way to look at a batch: each takes 80 bytes on the host.
    pub fn cells(&self) -> usize {
        self.statistics.iter().map(|statistic| statistic.cells()).sum()
    }

    /// Number of cells of all totals.
    pub fn all_cells(&self) -> usize {
        let of_contests = self.contests.iter();
        let of_contests: usize = of_contests
            .map(|contests| contests.plan.cells().saturating_mul(contests.number()))
            .sum();
        self.cells().saturating_mul(self.looks()).saturating_add(of_contests)
    }

    /// Fails if a statistic cannot be accumulated, or two of them not together.
    ///
    /// # Errors
    ///
    /// Those of [`Statistic::check`], and [`BuildError::ConflictingMetrics`](crate::error::BuildError::ConflictingMetrics).
    pub fn check(&self) -> Result<(), Error> {
        for (index, statistic) in self.statistics.iter().enumerate() {
            statistic.check(self.task)?;
            if let Some(ValueSpec { function: ValueFn::TopK, parameter }) = statistic.value()
                && parameter > self.classes as f32
            {
                return Err(BuildError::InvalidParameter {
                    metric: "top_k_accuracy",
                    parameter: "k",
                    value: parameter.to_string(),
                    expected: format!("at most the number of classes, {}", self.classes),
                }
                .into());
            }
            let conflicts =
                |other: &&Statistic| !statistic.row_needs().compatible_with(other.row_needs());
            if let Some(other) = self.statistics[..index].iter().find(conflicts) {
                let (first, second) = (other.to_string(), statistic.to_string());
                return Err(BuildError::ConflictingMetrics { first, second }.into());
            }
        }
        self.check_contests()?;
        let bytes = (self.all_cells() as u64).saturating_mul(CELL_BYTES);
        if bytes > MAX_CELL_BYTES {
            return Err(BuildError::BinsTooLarge { bytes, limit: MAX_CELL_BYTES }.into());
        }
        Ok(())
    }

    /// Fails if classes cannot be held against others as they are to be.
    fn check_contests(&self) -> Result<(), Error> {
        for contests in &self.contests {
            let (classes, number, most) = (self.classes, contests.number(), MAX_BINARY_PROBLEMS);
            if number > most {
                return Err(BuildError::TooManyCurves { classes, curves: number, max: most }.into());
            }
            let conflicts = |s: &&Statistic| !s.row_needs().compatible_with(contests.row_needs());
            if let Some(first) = self.statistics.iter().find(conflicts) {
                let (first, second) = (first.to_string(), contests.to_string());
                return Err(BuildError::ConflictingMetrics { first, second }.into());
            }
            contests.plan.check()?;
        }
        Ok(())
    }

    /// The union of `statistics`, with two classes and one output; those of vectors look at samples as
    /// a whole.
    pub fn new(task: Task, statistics: impl IntoIterator<Item = Statistic>) -> Self {
        let mut union = Vec::new();
        for statistic in statistics {
            if !union.contains(&statistic) {
                union.push(statistic);
            }
        }
        union.sort_by_cached_key(ToString::to_string);
        let mut of_vectors = union.iter().filter(|s| s.row_needs().scores == ScoreKind::Vectors);
        let joint = of_vectors.next().map(|_| Projection::Vectors).into_iter().collect();
        Self { task, classes: 2, outputs: 1, joint, statistics: union, contests: Vec::new() }
    }
}
