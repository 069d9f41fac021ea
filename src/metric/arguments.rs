//! The values of a metric's parameters.

use super::average::{AVERAGE, Average};
use super::parameter::{
    Argument, Key, Parameter, ParameterValue, UndeclaredParameter, ZERO_DIVISION,
};
use super::settings::Settings;
use crate::error::{BuildError, Error, Undefined};
use crate::statistic::ValueSpec;

/// The values of a metric's parameters.
#[derive(Clone, Debug)]
pub struct Arguments {
    /// The evaluator's settings, with the metric's own threshold if it has one.
    pub settings: Settings,
    parameters: Vec<&'static dyn Parameter>,
    /// The value of each, as requested or by default; none for an optional one that is not set.
    values: Vec<Option<Argument>>,
    /// The custom value whose mean the metric is.
    pub custom: Option<ValueSpec>,
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
    /// The values that the text of a specification gives to parameters of a metric, or their
    /// defaults.
    pub fn parse(
        metric: &'static str,
        parameters: Vec<&'static dyn Parameter>,
        text: &str,
        settings: Settings,
    ) -> Result<Self, Error> {
        let mut values: Vec<_> =
            parameters.iter().map(|parameter| parameter.default_argument()).collect();
        let mut set = Vec::new();
        for part in text.split(':').skip(1) {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let index = parameters
                .iter()
                .position(|parameter| parameter.name() == key)
                .ok_or_else(|| BuildError::UnknownParameter {
                    metric,
                    parameter: key.to_owned(),
                    task: settings.task,
                    known: parameters.iter().map(|parameter| parameter.name()).collect(),
                })?;
            if set.contains(&index) {
                let parameter = parameters[index].name();
                return Err(BuildError::RepeatedParameter { metric, parameter }.into());
            }
            set.push(index);
            values[index] = Some(parameters[index].parse_for(metric, value)?);
        }
        Ok(Self { settings, parameters, values, custom: None })
    }

    /// Those of the mean of a custom value, which has no parameters.
    pub fn for_value(value: ValueSpec, settings: Settings) -> Self {
        Self { settings, parameters: Vec::new(), values: Vec::new(), custom: Some(value) }
    }

    /// Whether the metric is the mean of a custom value.
    pub fn is_custom(&self) -> bool {
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
    pub fn declared<T: ParameterValue>(&self, key: &Key<T>) -> Option<T> {
        let index = self.parameters.iter().position(|parameter| parameter.name() == key.name)?;
        T::from_argument(self.values[index])
    }

    /// How the values of outputs or classes are averaged; none if they are not.
    pub fn average(&self) -> Option<Average> {
        self.declared(&AVERAGE)
    }

    /// `value`, or if its denominator is zero, the value of `zero_division`, if that is set.
    pub fn zero_division(&self, value: Result<f64, Undefined>) -> Result<f64, Undefined> {
        match (value, self.declared(&ZERO_DIVISION).flatten()) {
            (Err(Undefined::ZeroDenominator { .. }), Some(instead)) => Ok(instead),
            (value, _) => value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::OUTPUT_AVERAGE;
    use crate::metric::reduction::REDUCTION;
    use crate::task::Task;

    #[test]
    fn a_parameter_that_is_not_declared_or_of_another_type_is_an_internal_error() {
        let settings = Settings::new(Task::Regression);
        let parameters: Vec<&'static dyn Parameter> = vec![&OUTPUT_AVERAGE];
        let arguments = Arguments::parse("m", parameters, "m", settings).expect("defaults");
        assert_eq!(arguments.get(&OUTPUT_AVERAGE), Ok(Average::Macro));
        let average = Key { name: "average", ..ZERO_DIVISION };
        let errors = [
            arguments.get(&REDUCTION).map(drop).map_err(Undefined::from),
            arguments.get(&average).map(drop).map_err(Undefined::from),
        ];
        for (error, name) in errors.into_iter().zip(["reduction", "average"]) {
            let error = error.expect_err("not declared").to_string();
            let expected = format!("internal error: a metric reads its parameter {name}, which");
            assert!(error.starts_with(&expected), "{error}");
        }
    }
}
