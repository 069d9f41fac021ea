//! The plan of an evaluator: the union of the statistics that its metrics need.

use super::accumulate::invalid;
use super::cells::CELL_BYTES;
use super::family::{Family, FamilyKind, MAX_BINARY_PROBLEMS, StatisticSet};
use super::kinds::Statistic;
use super::totals::Totals;
use crate::error::{BuildError, Error, UpdateError};
use crate::kernel::constant::Constant;
use crate::kernel::row_needs::{RowNeeds, ScoreKind};
use crate::kernel::value::{CustomValue, ValueFn, ValueSpec};
use crate::task::{Schema, Task};
use std::fmt::Display;
use std::ops::Range;
use std::sync::Arc;

/// The largest number of bytes of the cells of all totals.
const MAX_CELL_BYTES: u64 = 1 << 32;

/// A requested statistic, the family it belongs to, and the metric that needs it, if one does.
#[derive(Clone, Debug)]
pub struct Request {
    /// The statistic.
    pub statistic: Statistic,
    /// The family of totals.
    pub family: FamilyKind,
    /// The spec of the metric.
    pub metric: Option<String>,
}

/// The statistics of an evaluator, by family. Numbers of samples, weights and faults are always
/// accumulated too.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The task, which determines the type of truths.
    pub task: Task,
    /// The number of classes.
    pub classes: u32,
    /// The number of outputs of a sample (labels in the multilabel task).
    pub outputs: u32,
    /// The statistics of the views of a batch, which share them.
    pub view_statistics: Arc<StatisticSet>,
    /// The families; views of a batch come first.
    pub families: Vec<Family>,
}

/// A view of a batch, for one of the totals.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// The family.
    pub kind: FamilyKind,
    /// The index of the total in its family: the output, if the family is outputs.
    pub output: usize,
    /// The index of the total in the plan.
    pub total: usize,
}

impl View {
    /// The schema of its samples, if the schema of outputs is `schema`.
    pub fn schema(self, plan: &Plan, schema: Schema) -> Schema {
        if self.kind == FamilyKind::Vector { plan.schema(true) } else { schema }
    }
}

impl Plan {
    /// The union of `statistics` over the samples of a batch, with two classes and one output.
    pub fn new(task: Task, statistics: impl IntoIterator<Item = Statistic>) -> Self {
        let family = FamilyKind::Outputs;
        let requests = statistics.into_iter();
        let requests = requests.map(|statistic| Request { statistic, family, metric: None });
        Self::from_requests(task, 2, 1, requests)
    }

    /// The union of the requests.
    pub fn from_requests(
        task: Task,
        classes: u32,
        outputs: u32,
        requests: impl IntoIterator<Item = Request>,
    ) -> Self {
        let (views, problems): (Vec<_>, Vec<_>) =
            requests.into_iter().partition(|request| request.family.is_view());
        let mut plan =
            Self { task, classes, outputs, view_statistics: union(&views), families: Vec::new() };
        // The outputs are one of the views, unless all statistics are of vectors.
        let is_of_vectors =
            |request: &Request| request.statistic.row_needs().scores == ScoreKind::Vectors;
        if views.is_empty() || !views.iter().all(is_of_vectors) {
            plan.push_view(FamilyKind::Outputs);
        }
        if views.iter().any(is_of_vectors) {
            plan.push_view(FamilyKind::Vector);
        }
        let kinds = views.iter().map(|request| request.family);
        kinds.filter(|kind| *kind != FamilyKind::Outputs).for_each(|kind| plan.push_view(kind));
        for Request { family, .. } in &problems {
            let of_family = problems.iter().filter(|other| other.family == *family);
            plan.push(*family, union(of_family));
        }
        plan.with_totals_assigned()
    }

    /// The same plan with another number of classes.
    pub fn with_classes(self, classes: u32) -> Self {
        Self { classes, ..self }
    }

    /// The same plan with another number of outputs.
    pub fn with_outputs(self, outputs: u32) -> Self {
        Self { outputs, ..self }.with_totals_assigned()
    }

    /// The same plan with these statistics of a family of binary problems.
    pub fn with_binary_problems(
        mut self,
        family: FamilyKind,
        statistics: impl IntoIterator<Item = Statistic>,
    ) -> Self {
        let requests = statistics.into_iter().map(|statistic| (statistic, None));
        self.push(family, StatisticSet::union(requests).into());
        self.with_totals_assigned()
    }

    /// Adds a view of a batch, unless the plan has this view.
    fn push_view(&mut self, kind: FamilyKind) {
        self.push(kind, self.view_statistics.clone());
    }

    /// Adds a family, unless the plan has this family.
    fn push(&mut self, kind: FamilyKind, statistics: Arc<StatisticSet>) {
        if self.family(kind).is_none() {
            self.families.push(Family { kind, statistics, totals: 0..0 });
        }
    }

    /// The same plan with sorted families, and with consecutive ranges of totals.
    fn with_totals_assigned(mut self) -> Self {
        let rank = |family: &Family| family.kind.rank();
        self.families.sort_by(|a, b| {
            let ((a, a_threshold), (b, b_threshold)) = (rank(a), rank(b));
            a.cmp(&b).then(a_threshold.total_cmp(&b_threshold))
        });
        let mut end = 0;
        for family in &mut self.families {
            let start = end;
            end += family.kind.totals(self.outputs);
            family.totals = start..end;
        }
        self
    }

    /// Number of totals.
    pub fn number_of_totals(&self) -> usize {
        self.families.last().map_or(0, |family| family.totals.end)
    }

    /// Number of totals whose samples are stored.
    pub fn number_of_stored(&self) -> usize {
        let stored = self.families.iter().filter(|family| family.stores());
        stored.map(|family| family.totals.len()).sum()
    }

    /// The indices of the totals of all binary problems, which follow those of views.
    pub fn problem_totals(&self) -> Range<usize> {
        let problems = self.families.iter().find(|family| !family.kind.is_view());
        let end = self.number_of_totals();
        problems.map_or(end, |family| family.totals.start)..end
    }

    /// The views of a batch, in the order of their totals, which precede all others.
    pub fn views(&self) -> impl Iterator<Item = View> + Clone {
        let families = self.families.iter().filter(|family| family.kind.is_view());
        families.flat_map(|Family { kind, totals, .. }| {
            let (kind, start) = (*kind, totals.start);
            totals.clone().map(move |total| View { kind, output: total - start, total })
        })
    }

    /// The family of this kind, if any.
    pub fn family(&self, kind: FamilyKind) -> Option<&Family> {
        self.families.iter().find(|family| family.kind == kind)
    }

    /// Whether there are views of whole samples with several outputs or labels.
    pub fn has_whole_samples(&self) -> bool {
        self.families.iter().any(|family| family.kind.is_of_whole_samples())
    }

    /// Whether there are families of binary problems.
    pub fn has_binary_problems(&self) -> bool {
        self.families.iter().any(|family| !family.kind.is_view())
    }

    /// The totals of no samples.
    pub fn empty_totals(&self) -> Vec<Totals> {
        self.families.iter().flat_map(Family::empty_totals).collect()
    }

    /// The schema of a batch, with rows of scores or not.
    pub fn schema(&self, rows: bool) -> Schema {
        let vectors = rows && self.task == Task::Regression;
        let classes = if vectors { self.outputs } else { self.classes };
        Schema { task: self.task, classes, rows, soft: false }
    }

    /// The union of the parts of row summaries that families and statistics need.
    /// [`check`](Self::check) refuses needs that are incompatible.
    pub fn row_needs(&self) -> RowNeeds {
        let needs = self.families.iter().flat_map(|Family { kind, statistics, .. }| {
            let of_statistics = statistics.iter().map(|statistic| statistic.row_needs());
            of_statistics.chain([kind.row_needs()])
        });
        needs.fold(RowNeeds::default(), RowNeeds::and)
    }

    /// The first metric or statistic that needs rows of scores, as errors name it.
    pub fn first_that_needs_rows(&self) -> Option<String> {
        let names = self.families.iter().flat_map(|family| {
            let needs =
                |statistic: &&Statistic| !family.kind.is_view() || statistic.row_needs().rows;
            family.statistics.iter().filter(needs).map(|s| family.statistics.name_of(s))
        });
        names.into_iter().next()
    }

    /// Fails if a value does not support soft truths, or two values interpret them differently.
    ///
    /// # Errors
    ///
    /// [`UpdateError::SoftTruthsUnsupported`], [`UpdateError::SoftTruthsConflict`].
    pub fn check_soft_truths(&self) -> Result<(), Error> {
        let statistics = &self.view_statistics;
        let of_rows = || statistics.iter().filter(|statistic| statistic.row_needs().rows);
        let takes = |statistic: &Statistic| {
            statistic.value().is_none_or(|value| value.function.accepts_soft_truths())
        };
        if let Some(statistic) = of_rows().find(|statistic| !takes(statistic)) {
            let value = statistics.name_of(statistic);
            return Err(UpdateError::SoftTruthsUnsupported { value }.into());
        }
        let mut losses = of_rows().filter_map(|value| Some((value, value.row_needs().loss?)));
        let Some((first, probability)) = losses.next() else { return Ok(()) };
        match losses.find(|(_, other)| *other != probability) {
            None => Ok(()),
            Some((second, _)) => {
                let [first, second] = [first, second].map(|value| statistics.name_of(value));
                Err(UpdateError::SoftTruthsConflict { first, second }.into())
            }
        }
    }

    /// Number of cells of all totals. Each takes 80 bytes on the host.
    pub fn all_cells(&self) -> usize {
        let cells = |family: &Family| family.cells().saturating_mul(family.totals.len());
        self.families.iter().map(cells).fold(0, usize::saturating_add)
    }

    /// Fails if a statistic cannot be accumulated, or two of them cannot be combined.
    ///
    /// # Errors
    ///
    /// Those of [`Statistic::check`], [`BuildError::ConflictingMetrics`], and
    /// [`BuildError::TooManyCurves`] or [`BuildError::BinsTooLarge`] for too many binary problems
    /// or cells.
    pub fn check(&self) -> Result<(), Error> {
        self.families.iter().try_for_each(|family| self.check_family(family))?;
        let bytes = (self.all_cells() as u64).saturating_mul(CELL_BYTES);
        if bytes > MAX_CELL_BYTES {
            return Err(BuildError::BinsTooLarge { bytes, limit: MAX_CELL_BYTES }.into());
        }
        Ok(())
    }

    fn check_family(&self, family: &Family) -> Result<(), Error> {
        let Family { kind, statistics, totals } = family;
        let Schema { task, classes, .. } = family.columns(self.task, self.classes);
        for (index, statistic) in statistics.iter().enumerate() {
            statistic.check(task)?;
            let refuse = |parameter, value: &dyn Display, expected| {
                Err(invalid(statistics.name_of(statistic), parameter, value, expected))
            };
            if let Some(counted) = statistic.classes().filter(|counted| *counted != classes) {
                return refuse("classes", &counted, format!("the number of classes, {classes}"));
            }
            if let Some(ValueSpec { function: ValueFn::TopK, parameter }) = statistic.value()
                && parameter.double > classes.into()
            {
                let expected = format!("at most the number of classes, {classes}");
                return refuse("k", &parameter, expected);
            }
            let conflicts =
                |other: &&Statistic| !statistic.row_needs().compatible_with(other.row_needs());
            if let Some(other) = statistics[..index].iter().find(conflicts) {
                let [first, second] = [other, statistic].map(|one| statistics.name_of(one));
                return Err(BuildError::ConflictingMetrics { first, second }.into());
            }
        }
        if !kind.is_view() && totals.len() > MAX_BINARY_PROBLEMS {
            let (classes, curves, max) = (self.classes, totals.len(), MAX_BINARY_PROBLEMS);
            return Err(BuildError::TooManyCurves { classes, curves, max }.into());
        }
        // The row needs of a family of binary problems must be compatible with those of the
        // statistics of views.
        let need = kind.row_needs();
        let conflicts = |s: &&Statistic| !s.row_needs().compatible_with(need);
        if let Some(first) = self.view_statistics.iter().find(conflicts) {
            let second = statistics.first().map(|statistic| statistics.name_of(statistic));
            let second = second.unwrap_or_else(|| kind.to_string());
            let first = self.view_statistics.name_of(first);
            return Err(BuildError::ConflictingMetrics { first, second }.into());
        }
        Ok(())
    }

    /// The custom values of the statistics, each once per parameter.
    pub(crate) fn custom_values(&self) -> Vec<(&'static CustomValue, Constant)> {
        let mut values = Vec::new();
        let statistics = self.families.iter().flat_map(|family| family.statistics.iter());
        for value in statistics.filter_map(|statistic| statistic.value()) {
            if let ValueFn::Custom(custom) = value.function
                && !values.contains(&(custom, value.parameter))
            {
                values.push((custom, value.parameter));
            }
        }
        values
    }
}

/// The union of the requested statistics.
fn union<'a>(requests: impl IntoIterator<Item = &'a Request>) -> Arc<StatisticSet> {
    let requests = requests.into_iter();
    StatisticSet::union(requests.map(|request| (request.statistic, request.metric.clone()))).into()
}
