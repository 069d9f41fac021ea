//! The mean of a custom per-sample value, and the rules for its name.

use super::{MetricDef, all};
use crate::error::{BuildError, Error, Undefined};
use crate::kernel::value::is_identifier;
use crate::statistic::{Plan, Statistic, Task, ValueFn};

/// The mean of the custom value in its arguments.
pub(super) static MEAN: MetricDef = MetricDef {
    name: "custom_value",
    summary: "the mean of a custom value",
    formula: "Σw v(p, t) / Σw",
    tasks: Task::ALL,
    statistics: |arguments| arguments.custom.into_iter().map(Statistic::Sum).collect(),
    finish: |arguments, view| match arguments.custom {
        Some(value) => Ok(view.mean(Statistic::Sum(value))?.into()),
        None => Err(Undefined::internal("the mean of a custom value lacks its value")),
    },
    ..MetricDef::BASE
};

/// Fails if a custom value cannot have its name.
pub(crate) fn check(plan: &Plan) -> Result<(), Error> {
    let values = plan.custom_values();
    for (value, _) in &values {
        let name = value.name();
        let reason = if !is_identifier(name) {
            "a name is letters, digits and single underscores, and begins with a letter"
        } else if ValueFn::ALL.iter().any(|function| function.name() == name) {
            "it is the name of a value of the library"
        } else if all().any(|metric| metric.name == name) {
            "it is the name of a metric"
        } else if values.iter().any(|(other, _)| other.name() == name && other != value) {
            "two different values have this name"
        } else {
            continue;
        };
        return Err(BuildError::InvalidValueName { name, reason }.into());
    }
    Ok(())
}
