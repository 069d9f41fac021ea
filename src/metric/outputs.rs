//! Metrics of samples with several outputs or labels: computed for each, and averaged.

use super::cells::Cells;
use super::ratio::ratio;
use super::{AVERAGE, Arguments, Definition, Parameter, Side, Spec, Value};
use crate::error::Undefined;
use crate::statistic::{Joint, Plan, Task, Totals};
use num_bigint::{BigInt, Sign};

/// How the values of several outputs become one.
pub const OUTPUT_AVERAGE: Parameter = Parameter {
    name: "average",
    default: Some(1.0),
    choices: &["none", "macro"],
    summary: "a value for each output or label, or the mean of their values (macro)",
    ..Parameter::NUMBER
};

/// Looks at the outputs of a sample as the elements of a vector.
pub const VECTORS: Option<fn(&Arguments) -> Joint> = Some(|_| Joint::Vectors);

impl Definition {
    /// Its parameters in a task, for samples of so many outputs.
    pub fn parameters_in(&self, task: Task, outputs: u32) -> Vec<&'static Parameter> {
        let average = match task {
            _ if self.joint.is_some() => None,
            Task::Multilabel => self.label_average,
            Task::Regression if outputs > 1 => Some(&OUTPUT_AVERAGE),
            _ => None,
        };
        self.parameters.iter().chain(average).collect()
    }
}

impl Spec {
    /// The value of one side of the totals of every output.
    pub(crate) fn finish(
        &self,
        plan: &Plan,
        totals: &[Totals],
        weighted: bool,
    ) -> Result<Value, Undefined> {
        let side = |totals| Side::new(plan, totals, weighted);
        let settings = &self.arguments.settings;
        let several = settings.task == Task::Multilabel || settings.outputs > 1;
        if let Some(joint) = self.definition.joint {
            let joint = joint(&self.arguments);
            let index = plan.joint.iter().position(|way| *way == joint);
            let whole = index.and_then(|index| totals.get(plan.singles() + index));
            let whole = whole.ok_or(Undefined::NoSamples)?;
            return (self.definition.finish)(&self.arguments, &side(whole));
        }
        let totals = &totals[..totals.len().min(plan.singles())];
        let (true, [first, others @ ..]) = (several, totals) else {
            let only = totals.first().ok_or(Undefined::NoSamples)?;
            return (self.definition.finish)(&self.arguments, &side(only));
        };
        if self.average() == "micro" {
            let mut all = first.clone();
            others.iter().for_each(|totals| all.merge(totals));
            return (self.definition.finish)(&self.arguments, &side(&all));
        }
        let values: Vec<_> = totals.iter().map(|totals| self.of_output(&side(totals))).collect();
        let values = unless_alike_undefined(values)?;
        // What is no number has no average, but a row for each label.
        if self.average().is_empty() && !self.arguments.is_of_ones_own() {
            let rows = values.into_iter().map(|value| value?.numbers());
            return Ok(Value::Matrix(rows.collect()));
        }
        let numbers = values.into_iter().map(|value| Ok(value?.scalar().unwrap_or_default()));
        if self.average() == "none" {
            return Ok(Value::Vector(numbers.collect()));
        }
        let of_label = settings.task == Task::Multilabel;
        let named = |(index, value): (usize, Result<f64, Undefined>)| {
            value.map_err(|reason| match of_label {
                true => Undefined::Label { label: index, reason: reason.into() },
                false => Undefined::Output { output: index, reason: reason.into() },
            })
        };
        let numbers = numbers.enumerate().map(named).collect::<Result<Vec<_>, _>>()?;
        match self.average() {
            "weighted" => {
                let support = |totals| Ok(Cells::of(&self.arguments, &side(totals))?.positives());
                let supports = totals.iter().map(support).collect::<Result<Vec<BigInt>, _>>()?;
                let total: BigInt = supports.iter().sum();
                let values = numbers.iter().zip(&supports);
                let weighted = values.map(|(value, support)| value * ratio(support, &total));
                let sum = match total.sign() {
                    Sign::NoSign => {
                        let reason = "no label is ever 1".to_owned();
                        Err(Undefined::ZeroDenominator { reason })
                    }
                    _ => Ok(weighted.sum()),
                };
                Ok(self.arguments.zero_division(sum)?.into())
            }
            _ => Ok((numbers.iter().sum::<f64>() / numbers.len() as f64).into()),
        }
    }

    /// The word for how outputs are averaged.
    fn average(&self) -> &'static str {
        let named = |parameter: &&Parameter| parameter.name == AVERAGE.name;
        let parameter = self.arguments.parameters().find(named);
        let index = self.arguments.optional(AVERAGE.name).unwrap_or_default() as usize;
        parameter.and_then(|parameter| parameter.choices.get(index)).copied().unwrap_or_default()
    }

    /// The value of one output; 0 where one of several labels that are averaged has nothing to divide
    /// by.
    fn of_output(&self, side: &Side<'_>) -> Result<Value, Undefined> {
        match (self.definition.finish)(&self.arguments, side) {
            Err(Undefined::ZeroDenominator { .. })
                if self.arguments.settings.task == Task::Multilabel && self.average() != "none" =>
            {
                Ok(Value::Scalar(0.0))
            }
            value => value,
        }
    }
}

/// The values of all outputs, unless all are undefined for the same reason.
fn unless_alike_undefined(
    values: Vec<Result<Value, Undefined>>,
) -> Result<Vec<Result<Value, Undefined>>, Undefined> {
    let alike = values.windows(2).all(|pair| pair[0] == pair[1]);
    match values.first() {
        Some(Err(reason)) if alike => Err(reason.clone()),
        _ => Ok(values),
    }
}
