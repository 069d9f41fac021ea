//! Resolved metrics: the definition of a metric with the values of its parameters and the settings
//! of an evaluator.

use super::average::{AVERAGE, Average};
use super::parameter::{
    Argument, Key, Parameter, ParameterValue, UndeclaredParameter, ZERO_DIVISION,
};
use super::{Law, MetricDef, REDUCTION, THRESHOLD, all, custom_value, of_task};
use crate::error::{BuildError, Error, Undefined, shortest_number};
use crate::statistic::{Statistic, Task, ValueSpec};
use serde::{Deserialize, Serialize};

/// The settings of an evaluator that affect its metrics.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The task.
    pub task: Task,
    /// Whether predictions are logits, not probabilities.
    pub from_logits: bool,
    /// The probability above which a binary prediction is positive.
    pub threshold: f64,
    /// The number of classes; 2 except in the multiclass task.
    pub classes: u32,
    /// The number of outputs of a sample (labels in the multilabel task); usually 1.
    pub outputs: u32,
    /// The number of bins in which scores are also counted, for use if the memory for stored scores
    /// is full; if none, that is an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback_bins: Option<u32>,
}

impl Settings {
    /// The default settings of a task: two classes, one output, a threshold of 0.5.
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

    /// Fails if the threshold of scores is not finite.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let inside = if self.from_logits {
            self.threshold > 0.0 && self.threshold < 1.0
        } else {
            self.score_threshold().is_finite()
        };
        if inside {
            return Ok(());
        }
        Err(Error::Build(BuildError::InvalidThreshold {
            value: shortest_number(self.threshold),
            expected: if self.from_logits {
                "a probability between 0 and 1, both excluded, since predictions are logits"
            } else {
                "a number that fits a 32-bit float"
            },
        }))
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

/// A metric of an evaluator: its definition and the values of its parameters.
#[derive(Clone, Debug)]
pub struct ResolvedMetric {
    /// The text as given: the key in reports.
    pub text: String,
    /// The metric.
    pub definition: &'static MetricDef,
    /// Its parameters and the evaluator's settings.
    pub arguments: Arguments,
    /// The statistics that it needs.
    pub statistics: Vec<Statistic>,
}

/// The values of a metric's parameters.
#[derive(Clone, Debug)]
pub struct Arguments {
    /// The evaluator's settings, with the metric's own threshold if it has one.
    pub settings: Settings,
    parameters: Vec<&'static dyn Parameter>,
    /// The value of each, given or default; none for one that is left out.
    values: Vec<Option<Argument>>,
    /// The custom value whose mean the metric is.
    pub(super) custom: Option<ValueSpec>,
}

impl PartialEq for Arguments {
    fn eq(&self, other: &Self) -> bool {
        let names = |arguments: &Self| -> Vec<_> {
            arguments.parameters.iter().map(|parameter| parameter.name()).collect()
        };
        self.settings == other.settings
            && self.custom == other.custom
            && self.values == other.values
            && names(self) == names(other)
    }
}

impl Arguments {
    /// Whether the metric is the mean of a custom value.
    pub(crate) fn is_custom(&self) -> bool {
        self.custom.is_some()
    }

    /// The value of a parameter, as requested or by default.
    ///
    /// # Errors
    ///
    /// The metric does not declare the parameter, or declares it with another type.
    pub fn get<T: ParameterValue>(&self, key: &Key<T>) -> Result<T, UndeclaredParameter> {
        self.declared(key).ok_or(UndeclaredParameter(key.name))
    }

    /// The value of a parameter, as requested or by default; none if the metric does not declare it
    /// for this task.
    pub(super) fn declared<T: ParameterValue>(&self, key: &Key<T>) -> Option<T> {
        let index = self.parameters.iter().position(|parameter| parameter.name() == key.name)?;
        T::from_argument(self.values[index])
    }

    /// How the values of outputs or classes are averaged; none if they are not.
    pub(super) fn average(&self) -> Option<Average> {
        self.declared(&AVERAGE)
    }

    /// `value`, or if its denominator is zero, the value of `zero_division`, if that is set.
    pub(super) fn zero_division(&self, value: Result<f64, Undefined>) -> Result<f64, Undefined> {
        match (value, self.declared(&ZERO_DIVISION).flatten()) {
            (Err(Undefined::ZeroDenominator { .. }), Some(instead)) => Ok(instead),
            (value, _) => value,
        }
    }
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
        let values = parse_parameters(definition, &parameters, text)?;
        let mut arguments = Arguments { settings, parameters, values, custom: None };
        if let Some(threshold) = arguments.declared(&THRESHOLD).flatten() {
            arguments.settings.threshold = threshold;
            arguments.settings.check()?;
        }
        (definition.check)(&arguments)?;
        let statistics = (definition.statistics)(&arguments)?;
        let spec = Self { text: text.to_owned(), definition, arguments, statistics };
        spec.check_average_of_pairs()?;
        Ok(spec)
    }

    /// The mean of a custom value.
    pub(crate) fn of_value(value: ValueSpec, settings: Settings) -> Result<Self, Error> {
        let name = value.function.name();
        let text = match value.parameter {
            0.0 => name.to_owned(),
            parameter => format!("{name}:{parameter}"),
        };
        let custom = Some(value);
        let arguments = Arguments { settings, parameters: Vec::new(), values: Vec::new(), custom };
        let definition = &custom_value::MEAN;
        let statistics = (definition.statistics)(&arguments)?;
        Ok(Self { text, definition, arguments, statistics })
    }

    /// The laws that this metric breaks with these parameters, and why.
    pub fn exemptions(&self) -> impl Iterator<Item = &'static (Law, &'static str)> {
        let reduction = self.arguments.declared(&REDUCTION).unwrap_or_default();
        self.definition.exemptions.iter().chain(reduction.exemptions())
    }

    /// Whether it needs rows: of scores in the multiclass task, of outputs in the regression task.
    pub fn needs_rows(&self) -> bool {
        self.is_one_vs_rest_metric()
            || self.statistics.iter().any(|statistic| statistic.row_needs().rows)
    }

    /// The metrics that are reported by default.
    ///
    /// # Errors
    ///
    /// Those of [`parse`](Self::parse).
    pub fn standard(settings: Settings) -> Result<Vec<Self>, Error> {
        let metrics = of_task(settings.task).filter(|metric| metric.standard);
        metrics.map(|metric| Self::parse(metric.name, settings)).collect()
    }
}

/// The values of a metric's parameters that the text of a specification gives, or the defaults.
pub(super) fn parse_parameters(
    definition: &'static MetricDef,
    parameters: &[&'static dyn Parameter],
    text: &str,
) -> Result<Vec<Option<Argument>>, Error> {
    let mut values: Vec<_> =
        parameters.iter().map(|parameter| parameter.default_argument()).collect();
    let mut given = Vec::new();
    for part in text.split(':').skip(1) {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let index = parameters
            .iter()
            .position(|parameter| parameter.name() == key)
            .ok_or_else(|| unknown_parameter(definition, parameters, key))?;
        if given.contains(&index) {
            let parameter = parameters[index].name();
            return Err(BuildError::RepeatedParameter { metric: definition.name, parameter }.into());
        }
        given.push(index);
        values[index] = Some(parameters[index].parse_for(definition.name, value)?);
    }
    Ok(values)
}

/// A metric and its parameters in a task.
type DefWithParameters = (&'static MetricDef, Vec<&'static dyn Parameter>);

/// Every metric of this name in any task, with its parameters there; those for several outputs too.
pub(super) fn find_anywhere(name: &str) -> Result<Vec<DefWithParameters>, Error> {
    let mut found = Vec::new();
    for &task in Task::ALL {
        for metric in of_task(task).filter(|metric| metric.name == name) {
            found.extend([1, 2].map(|outputs| (metric, metric.parameters_in(task, outputs))));
        }
    }
    if found.is_empty() {
        let nearest = nearest_metric(name, all());
        return Err(BuildError::UnknownMetric { name: name.to_owned(), nearest }.into());
    }
    Ok(found)
}

fn find(name: &str, task: Task) -> Result<&'static MetricDef, Error> {
    if let Some(definition) = of_task(task).find(|metric| metric.name == name) {
        return Ok(definition);
    }
    if let Some(definition) = all().find(|metric| metric.name == name) {
        let has = |task: &&Task| of_task(**task).any(|metric| metric.name == name);
        let tasks: Vec<_> = Task::ALL.iter().filter(has).map(|task| task.name()).collect();
        let (metric, tasks) = (definition.name, tasks.join(", "));
        return Err(BuildError::WrongTask { metric, task, tasks }.into());
    }
    let nearest = nearest_metric(name, of_task(task));
    Err(Error::Build(BuildError::UnknownMetric { name: name.to_owned(), nearest }))
}

fn unknown_parameter(
    metric: &'static MetricDef,
    parameters: &[&'static dyn Parameter],
    key: &str,
) -> Error {
    let names = parameters.iter().map(|parameter| parameter.name());
    let nearest = nearest(key, names.clone()).or_else(|| names.map(str::to_owned).next());
    Error::Build(BuildError::UnknownParameter {
        metric: metric.name,
        parameter: key.to_owned(),
        nearest,
    })
}

/// Names of metrics in other libraries, and the names here.
const ALIASES: &[(&str, &str)] = &[
    ("acc", "accuracy"),
    ("accuracy_score", "accuracy"),
    ("ap", "average_precision"),
    ("auc", "roc_auc"),
    ("auprc", "average_precision"),
    ("auroc", "roc_auc"),
    ("binary_crossentropy", "log_loss"),
    ("brier_score_loss", "brier_score"),
    ("categorical_crossentropy", "log_loss"),
    ("cross_entropy", "log_loss"),
    ("dice", "f1_score"),
    ("ece", "expected_calibration_error"),
    ("f1", "f1_score"),
    ("fbeta", "fbeta_score"),
    ("iou", "jaccard_index"),
    ("kappa", "cohen_kappa"),
    ("ks", "ks_statistic"),
    ("logloss", "log_loss"),
    ("mape", "mean_absolute_percentage_error"),
    ("mcc", "matthews_correlation"),
    ("msle", "mean_squared_log_error"),
    ("npv", "negative_predictive_value"),
    ("ppv", "precision"),
    ("quantile_loss", "pinball_loss"),
    ("r2", "r2_score"),
    ("rmsle", "root_mean_squared_log_error"),
    ("rocauc", "roc_auc"),
    ("sensitivity", "recall"),
    ("smape", "symmetric_mean_absolute_percentage_error"),
    ("tnr", "specificity"),
    ("tpr", "recall"),
    ("wmape", "weighted_mean_absolute_percentage_error"),
];

/// The metric that was probably meant: by another common name, else by the most similar name.
fn nearest_metric(name: &str, metrics: impl Iterator<Item = &'static MetricDef>) -> Option<String> {
    let names: Vec<_> = metrics.map(|metric| metric.name).collect();
    let lower = name.to_ascii_lowercase();
    let alias = ALIASES.iter().find(|(alias, ours)| *alias == lower && names.contains(ours));
    match alias {
        Some((_, ours)) => Some((*ours).to_owned()),
        None => nearest(name, names.into_iter()),
    }
}

/// The name with these initials (mse, rmse, mae), else the most similar one, if any is similar.
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
