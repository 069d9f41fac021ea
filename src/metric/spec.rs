//! Specs: a metric's name and parameters as text, `name[:key=value]...`.

use super::{
    Law, MetricDef, Parameter, Reduction, THRESHOLD, ZERO_DIVISION, all, custom_value, of_task,
};
use crate::error::{Error, Undefined, number};
use crate::statistic::{Task, ValueSpec};
use serde::{Deserialize, Serialize};

/// What an evaluator's metrics are told besides their own parameters.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The task.
    pub task: Task,
    /// Whether predictions are logits, not probabilities.
    pub from_logits: bool,
    /// The probability above which a binary prediction is positive.
    pub threshold: f64,
    /// The number of classes; 2 but for the multiclass task.
    pub classes: u32,
    /// The number of outputs of a sample, labels in the multilabel task; 1 in most.
    pub outputs: u32,
    /// The number of bins that scores are counted in besides, for when memory for stored scores ends;
    /// none if that is an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback_bins: Option<u32>,
}

impl Settings {
    /// Those of a task if nothing else is said: two classes, one output, a threshold of 0.5.
    pub fn new(task: Task) -> Self {
        Self {
            task,
            from_logits: false,
            threshold: 0.5,
            classes: 2,
            outputs: 1,
            fallback_bins: None,
        }
    }

    /// Fails if what scores are compared with is not finite.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let inside = if self.from_logits {
            self.threshold > 0.0 && self.threshold < 1.0
        } else {
            self.score_threshold().is_finite()
        };
        if inside {
            return Ok(());
        }
        Err(Error::InvalidThreshold {
            value: number(self.threshold),
            expected: if self.from_logits {
                "a probability between 0 and 1, both excluded, since predictions are logits"
            } else {
                "a number that fits a 32-bit float"
            },
        })
    }

    /// The number that scores are compared with, a probability or its logit, as an `f32`.
    pub fn score_threshold(&self) -> f32 {
        if self.from_logits {
            (libm::log(self.threshold) - libm::log1p(-self.threshold)) as f32
        } else {
            self.threshold as f32
        }
    }
}

/// A metric with its parameters, as asked for.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The text as given: the key in reports.
    pub text: String,
    /// The metric.
    pub definition: &'static MetricDef,
    /// Its parameters and the evaluator's settings.
    pub arguments: Arguments,
}

/// The values of a metric's parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Arguments {
    /// The evaluator's settings, with the metric's own threshold if it has one.
    pub settings: Settings,
    parameters: Vec<&'static Parameter>,
    values: Vec<Option<f64>>,
    /// The value of a user's own that the metric is the mean of.
    pub(super) custom: Option<ValueSpec>,
}

impl Arguments {
    /// The parameters that the metric takes here.
    pub(super) fn parameters(&self) -> impl Iterator<Item = &'static Parameter> + '_ {
        self.parameters.iter().copied()
    }

    /// Whether the metric is the mean of a value of a user's own.
    pub(crate) fn is_custom(&self) -> bool {
        self.custom.is_some()
    }

    /// The value of a parameter, given or default.
    pub fn optional(&self, name: &str) -> Option<f64> {
        let index = self.parameters.iter().position(|parameter| parameter.name == name)?;
        self.values[index]
    }

    /// The value of a parameter that has a default; NaN if the metric has no such parameter.
    pub fn number(&self, name: &str) -> f64 {
        let value = self.optional(name);
        debug_assert!(value.is_some(), "no parameter {name} with a default");
        value.unwrap_or(f64::NAN)
    }

    /// `value`, or `zero_division` if that was given and there was nothing to divide by.
    pub(crate) fn zero_division(&self, value: Result<f64, Undefined>) -> Result<f64, Undefined> {
        match (value, self.optional(ZERO_DIVISION.name)) {
            (Err(Undefined::ZeroDenominator { .. }), Some(instead)) => Ok(instead),
            (value, _) => value,
        }
    }
}

impl Spec {
    /// Reads `name[:key=value]...` for an evaluator with these settings.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownMetric`], [`Error::WrongTask`], [`Error::UnknownParameter`],
    /// [`Error::InvalidParameter`], [`Error::InvalidThreshold`] or [`Error::Scores`].
    pub fn parse(text: &str, settings: Settings) -> Result<Self, Error> {
        let mut parts = text.split(':');
        let name = parts.next().unwrap_or_default();
        let definition = find(name, settings.task)?;
        let parameters = definition.parameters_in(settings.task, settings.outputs);
        let mut values: Vec<_> = parameters.iter().map(|parameter| parameter.default).collect();
        let mut given = Vec::new();
        for part in parts {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let index = parameters
                .iter()
                .position(|parameter| parameter.name == key)
                .ok_or_else(|| unknown_parameter(definition, &parameters, key))?;
            if given.contains(&index) {
                return Err(Error::InvalidParameter {
                    metric: definition.name,
                    parameter: parameters[index].name,
                    value: value.to_owned(),
                    expected: "given only once".to_owned(),
                });
            }
            given.push(index);
            values[index] = Some(parameters[index].parse(definition, value)?);
        }
        let mut arguments = Arguments { settings, parameters, values, custom: None };
        if let Some(threshold) = arguments.optional(THRESHOLD.name) {
            arguments.settings.threshold = threshold;
            arguments.settings.check()?;
        }
        (definition.check)(&arguments)?;
        let spec = Self { text: text.to_owned(), definition, arguments };
        spec.check_average_of_pairs()?;
        Ok(spec)
    }

    /// The mean of a value of a user's own.
    pub(crate) fn of_value(value: ValueSpec, settings: Settings) -> Self {
        let name = value.function.name();
        let text = match value.parameter {
            0.0 => name.to_owned(),
            parameter => format!("{name}:{parameter}"),
        };
        let custom = Some(value);
        let arguments = Arguments { settings, parameters: Vec::new(), values: Vec::new(), custom };
        Self { text, definition: &custom_value::MEAN, arguments }
    }

    /// Laws that every metric obeys but this one as it is asked for, and why.
    pub fn exemptions(&self) -> impl Iterator<Item = &'static (Law, &'static str)> {
        let of_reduction = Reduction::asked(&self.arguments).exemptions();
        self.definition.exemptions.iter().chain(of_reduction)
    }

    /// Whether it looks at rows: of scores in the multiclass task, of outputs in the regression task.
    pub fn needs_rows(&self) -> bool {
        let statistics = (self.definition.statistics)(&self.arguments);
        self.is_one_vs_rest_metric()
            || statistics.iter().any(|statistic| statistic.reduction().rows)
    }

    /// The specs of the metrics reported when none is asked for.
    pub fn standard(settings: Settings) -> Vec<Self> {
        of_task(settings.task)
            .filter(|metric| metric.standard)
            .filter_map(|metric| Self::parse(metric.name, settings).ok())
            .collect()
    }
}

impl Parameter {
    /// The values it can take, in words.
    pub fn range(&self) -> String {
        if let [others @ .., last] = self.choices {
            return format!("{} or {last}", others.join(", "));
        }
        if self.least <= f64::from(f32::MIN) && self.greatest >= f64::from(f32::MAX) {
            return "a number that fits a 32-bit float".to_owned();
        }
        let kind = if self.whole { "a whole number" } else { "a number" };
        let (least, greatest) = (number(self.least), number(self.greatest));
        match self.gap {
            None => format!("{kind} from {least} to {greatest}"),
            Some(gap) => {
                let [below, above] = gap.map(number);
                format!("{kind} from {least} to {below} or from {above} to {greatest}")
            }
        }
    }

    fn parse(&'static self, metric: &'static MetricDef, text: &str) -> Result<f64, Error> {
        self.value(text).ok_or_else(|| Error::InvalidParameter {
            metric: metric.name,
            parameter: self.name,
            value: text.to_owned(),
            expected: self.range(),
        })
    }

    /// The value that a text means; none if it is no value of this parameter.
    fn value(&self, text: &str) -> Option<f64> {
        if !self.choices.is_empty() {
            let index = self.choices.iter().position(|choice| *choice == text)?;
            return Some(index as f64);
        }
        let value = text.parse::<f64>().ok()?;
        let inside = (self.least..=self.greatest).contains(&value);
        let missing = self.gap.is_some_and(|[below, above]| value > below && value < above);
        (inside && !missing && !(self.whole && value.fract() != 0.0)).then_some(value)
    }
}

fn find(name: &str, task: Task) -> Result<&'static MetricDef, Error> {
    if let Some(definition) = of_task(task).find(|metric| metric.name == name) {
        return Ok(definition);
    }
    if let Some(definition) = all().find(|metric| metric.name == name) {
        let has = |task: &&Task| of_task(**task).any(|metric| metric.name == name);
        let tasks: Vec<_> = Task::ALL.iter().filter(has).map(|task| task.name()).collect();
        let (metric, tasks) = (definition.name, tasks.join(", "));
        return Err(Error::WrongTask { metric, task, tasks });
    }
    let nearest = nearest(name, of_task(task).map(|metric| metric.name));
    Err(Error::UnknownMetric { name: name.to_owned(), nearest })
}

fn unknown_parameter(
    metric: &'static MetricDef,
    parameters: &[&'static Parameter],
    key: &str,
) -> Error {
    let names = parameters.iter().map(|parameter| parameter.name);
    let nearest = nearest(key, names.clone()).or_else(|| names.map(str::to_owned).next());
    Error::UnknownParameter { metric: metric.name, parameter: key.to_owned(), nearest }
}

/// The name that has these initials (mse, rmse, mae), else the most similar one, if any is similar
/// enough to be meant.
fn nearest(name: &str, names: impl Iterator<Item = &'static str>) -> Option<String> {
    let name = name.to_ascii_lowercase();
    let abbreviated = |candidate: &str| {
        candidate.split('_').filter_map(|word| word.chars().next()).eq(name.chars())
    };
    let similarity = |candidate: &str| {
        if abbreviated(candidate) { 1.0 } else { strsim::jaro_winkler(&name, candidate) }
    };
    names
        .map(|candidate| (similarity(candidate), candidate))
        .filter(|(similarity, _)| *similarity > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate.to_owned())
}
