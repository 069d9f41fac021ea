//! The list of metrics, by topic.

use super::definition::MetricDef;
use super::names::nearest_metric;
use super::settings::Settings;
use super::{aggregation, calibration, classification, curve, regression};
use crate::error::{BuildError, Error};
use crate::task::Task;

/// The metrics of each topic, file by file, in the order in which they are listed.
const TOPICS: [&[&[MetricDef]]; 5] = [
    regression::METRICS,
    classification::METRICS,
    calibration::METRICS,
    curve::METRICS,
    aggregation::METRICS,
];

/// Every metric, in the order of the list.
pub fn all() -> impl Iterator<Item = &'static MetricDef> {
    TOPICS.into_iter().flatten().copied().flatten()
}

/// The metrics of a task.
pub fn of_task(task: Task) -> impl Iterator<Item = &'static MetricDef> {
    all().filter(move |metric| metric.tasks.contains(&task))
}

/// The metric of this name in a task.
pub(super) fn find(name: &str, task: Task) -> Result<&'static MetricDef, Error> {
    if let Some(definition) = of_task(task).find(|metric| metric.name == name) {
        return Ok(definition);
    }
    if let Some(definition) = all().find(|metric| metric.name == name) {
        let has = |task: &&Task| of_task(**task).any(|metric| metric.name == name);
        let tasks: Vec<_> = Task::ALL.iter().filter(has).map(|task| task.name()).collect();
        let (metric, tasks) = (definition.name, tasks.join(", "));
        return Err(BuildError::WrongTask { metric, task, tasks }.into());
    }
    Err(unknown_metric(name, of_task(task)))
}

/// The metric of this name in each task that has it, for one output and for several.
pub(super) fn find_anywhere(name: &str) -> impl Iterator<Item = (&'static MetricDef, Settings)> {
    let settings = Task::ALL
        .iter()
        .flat_map(|&task| [1, 2].map(|outputs| Settings { outputs, ..Settings::new(task) }));
    settings.filter_map(move |settings| {
        let metric = of_task(settings.task).find(|metric| metric.name == name)?;
        Some((metric, settings))
    })
}

/// The error for a name that none of these metrics has.
pub(super) fn unknown_metric(
    name: &str,
    metrics: impl Iterator<Item = &'static MetricDef>,
) -> Error {
    let names: Vec<_> = metrics.map(|metric| metric.name).collect();
    let nearest = nearest_metric(name, &names);
    Error::Build(BuildError::UnknownMetric { name: name.to_owned(), nearest })
}
