//! Resolved metrics: the definition of a metric with the values of its parameters and the settings
//! of an evaluator.

use super::arguments::Arguments;
use super::classification::binary_counts::THRESHOLD;
use super::definition::{Law, MetricDef, MetricFamily};
use super::list::{find, of_task};
use super::reduction::REDUCTION;
use super::settings::Settings;
use super::value::Value;
use super::{binary_problems, custom_value, multioutput};
use crate::error::{Error, Undefined};
use crate::statistic::{Constant, FamilyKind, Plan, Statistic, Totals, ValueSpec};
use crate::task::Task;

/// A metric of an evaluator: its definition and the values of its parameters.
#[derive(Clone, Debug)]
pub struct ResolvedMetric {
    /// The text as requested: the key in reports.
    pub text: String,
    /// The metric.
    pub definition: &'static MetricDef,
    /// The statistics that it needs.
    pub statistics: Vec<Statistic>,
    /// Its parameters and the evaluator's settings.
    pub(crate) arguments: Arguments,
}

impl ResolvedMetric {
    /// Reads `name[:key=value]...` for an evaluator with these settings.
    ///
    /// # Errors
    ///
    /// [`BuildError::UnknownMetric`](crate::error::BuildError::UnknownMetric),
    /// [`BuildError::WrongTask`](crate::error::BuildError::WrongTask),
    /// [`BuildError::UnknownParameter`](crate::error::BuildError::UnknownParameter),
    /// [`BuildError::InvalidParameter`](crate::error::BuildError::InvalidParameter),
    /// [`BuildError::InvalidThreshold`](crate::error::BuildError::InvalidThreshold) or
    /// [`BuildError::SpacingWithoutBins`](crate::error::BuildError::SpacingWithoutBins).
    pub fn parse(text: &str, settings: Settings) -> Result<Self, Error> {
        let definition = find(text.split(':').next().unwrap_or_default(), settings.task)?;
        let parameters = definition.parameters_in(settings.task, settings.outputs);
        let mut arguments = Arguments::parse(definition.name, parameters, text, settings)?;
        if let Some(threshold) = arguments.declared(&THRESHOLD).flatten() {
            arguments.settings.threshold = Some(threshold);
            arguments.settings.check()?;
        }
        (definition.check)(&arguments)?;
        binary_problems::check(definition.name, &arguments)?;
        Self::new(text.to_owned(), definition, arguments)
    }

    /// The mean of a custom value.
    pub(crate) fn from_value(value: ValueSpec, settings: Settings) -> Result<Self, Error> {
        let name = value.function.name();
        let text = match value.parameter {
            Constant::ZERO => name.to_owned(),
            parameter => format!("{name}:{parameter}"),
        };
        Self::new(text, &custom_value::MEAN, Arguments::for_value(value, settings))
    }

    fn new(
        text: String,
        definition: &'static MetricDef,
        arguments: Arguments,
    ) -> Result<Self, Error> {
        let statistics = (definition.statistics)(&arguments)?;
        Ok(Self { text, definition, statistics, arguments })
    }

    /// The metrics that are reported by default.
    ///
    /// # Errors
    ///
    /// Those of [`parse`](Self::parse).
    pub fn defaults(settings: Settings) -> Result<Vec<Self>, Error> {
        let metrics = of_task(settings.task).filter(|metric| metric.is_default);
        metrics.map(|metric| Self::parse(metric.name, settings)).collect()
    }

    /// The laws that this metric breaks with these parameters, and why.
    pub fn exemptions(&self) -> impl Iterator<Item = &'static (Law, &'static str)> {
        let reduction = self.arguments.declared(&REDUCTION).unwrap_or_default();
        self.definition.exemptions.iter().chain(reduction.exemptions())
    }

    /// Whether it needs rows: of scores in the multiclass task, of outputs in the regression task.
    pub fn needs_rows(&self) -> bool {
        self.has_binary_problems()
            || self.statistics.iter().any(|statistic| statistic.row_needs().rows)
    }

    /// Whether it is a binary metric in the multiclass task, where classes form binary problems.
    pub fn has_binary_problems(&self) -> bool {
        !self.family().is_view()
    }

    /// The family of totals that it reads.
    pub(crate) fn family(&self) -> FamilyKind {
        let settings = &self.arguments.settings;
        match self.definition.family {
            MetricFamily::Vector => FamilyKind::Vector,
            MetricFamily::ExactMatch => {
                let probabilities = settings.needs_probabilities();
                FamilyKind::ExactMatch { threshold: settings.score_threshold(), probabilities }
            }
            MetricFamily::BinaryProblems if settings.task == Task::Multiclass => {
                binary_problems::family(&self.arguments)
            }
            MetricFamily::Outputs | MetricFamily::BinaryProblems => FamilyKind::Outputs,
        }
    }

    /// The value for one side of the totals of a plan.
    pub(crate) fn finish(
        &self,
        plan: &Plan,
        totals: &[Totals],
        weighted: bool,
    ) -> Result<Value, Undefined> {
        let kind = self.family();
        let family =
            plan.family(kind).and_then(|family| Some((family, totals.get(family.totals.clone())?)));
        let Some((family, totals)) = family else {
            return Err(Undefined::internal(format!("totals of {kind} are missing")));
        };
        let finish = if kind.is_view() { multioutput::finish } else { binary_problems::finish };
        finish(self.definition, &self.arguments, family, totals, weighted)
    }
}
