//! The mean of a custom per-sample value, and the rules for its name.

use super::arguments::Arguments;
use super::definition::MetricDef;
use super::list::all;
use super::parameter::UndeclaredParameter;
use crate::error::{BuildError, Error};
use crate::kernel::value::is_identifier;
use crate::statistic::{Plan, Statistic, Task, ValueFn, ValueSpec};

/// The mean of the custom value in its arguments.
pub(super) static MEAN: MetricDef = MetricDef {
    name: "custom_value",
    summary: "the mean of a custom value",
    formula: "Σw v(p, t) / Σw",
    tasks: Task::ALL,
    statistics: |arguments| Ok(vec![Statistic::Sum(value(arguments)?)]),
    finish: |arguments, view| Ok(view.mean(Statistic::Sum(value(arguments)?))?.into()),
    ..MetricDef::BASE
};

/// The custom value whose mean the metric is.
fn value(arguments: &Arguments) -> Result<ValueSpec, UndeclaredParameter> {
    arguments.custom.ok_or(UndeclaredParameter("value"))
}

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
