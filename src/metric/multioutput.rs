//! Metrics of samples with several outputs or labels: computed for each, and averaged.

use super::average::{Average, OUTPUT_AVERAGE, average, shares};
use super::{Axes, MetricDef, MetricFamily, Parameter, ResolvedMetric, TotalsView, Value};
use crate::error::Undefined;
use crate::statistic::{FamilyKind, Plan, Task, Totals};
use num_bigint::{BigInt, Sign};

impl MetricDef {
    /// Its parameters in a task, for samples of `outputs` outputs.
    pub fn parameters_in(&self, task: Task, outputs: u32) -> Vec<&'static dyn Parameter> {
        let (average, of_classes): (Option<&'static dyn Parameter>, _) = match task {
            _ if matches!(self.family, MetricFamily::Vector | MetricFamily::ExactMatch) => {
                (None, [].as_slice())
            }
            Task::Multilabel => (self.label_average.map(|key| key as _), [].as_slice()),
            Task::Multiclass => (None, self.class_parameters),
            Task::Regression if outputs > 1 => (Some(&OUTPUT_AVERAGE), [].as_slice()),
            _ => (None, [].as_slice()),
        };
        self.parameters.iter().copied().chain(average).chain(of_classes.iter().copied()).collect()
    }
}

impl ResolvedMetric {
    /// The family of totals that it reads.
    pub(crate) fn family(&self) -> FamilyKind {
        let settings = &self.arguments.settings;
        match self.definition.family {
            MetricFamily::Vector => FamilyKind::Vector,
            MetricFamily::ExactMatch => {
                FamilyKind::ExactMatch { threshold: settings.score_threshold() }
            }
            MetricFamily::BinaryProblems if settings.task == Task::Multiclass => {
                self.binary_problems()
            }
            MetricFamily::Outputs | MetricFamily::BinaryProblems => FamilyKind::Outputs,
        }
    }

    /// The metric for one side of the totals of every output.
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
            return Err(Undefined::internal(format!("there are no totals of {kind}")));
        };
        if !kind.is_view() {
            return self.finish_problems(family, totals, weighted);
        }
        let view = |totals| TotalsView::new(family, totals, weighted);
        let settings = &self.arguments.settings;
        let several = kind == FamilyKind::Outputs
            && (settings.task == Task::Multilabel || settings.outputs > 1);
        let (true, [first, others @ ..]) = (several, totals) else {
            let only = totals.first().ok_or_else(|| Undefined::internal("there are no outputs"))?;
            return (self.definition.finish)(&self.arguments, &view(only));
        };
        let how = self.arguments.average();
        if how == Some(Average::Micro) {
            let mut all = first.clone();
            others.iter().for_each(|totals| all.merge(totals));
            all.settle();
            return (self.definition.finish)(&self.arguments, &view(&all));
        }
        let values: Vec<_> = totals.iter().map(|totals| self.of_output(&view(totals))).collect();
        let values = collapse_identical_errors(values)?;
        // A value that is not a number cannot be averaged: it has a row per label, or several rows
        // that start with the label.
        let has_average = !matches!(how, None | Some(Average::None));
        if matches!(self.definition.axes, Axes::Columns([_, ..])) && !has_average {
            return Ok(rows_by_label(values, of_label));
        }
        if how.is_none() && !self.arguments.is_custom() {
            let rows = values.into_iter().map(|value| value?.numbers());
            return Ok(Value::Matrix(rows.collect()));
        }
        if how == Some(Average::None) {
            return Ok(into_rows(values));
        }
        let named = |(index, value): (usize, Result<Value, Undefined>)| {
            value.map_err(|reason| match settings.task {
                Task::Multilabel => of_label(index, reason),
                _ => Undefined::Output { output: index, reason: reason.into() },
            })
        };
        let values = values.into_iter().enumerate().map(named).collect::<Result<Vec<_>, _>>()?;
        if how != Some(Average::Weighted) {
            return average(&values, None);
        }
        let support = |totals| (self.definition.support)(&self.arguments, &view(totals));
        let supports = totals.iter().map(support).collect::<Result<Vec<BigInt>, _>>()?;
        if supports.iter().all(|support| support.sign() == Sign::NoSign) {
            let reason = "no label is ever 1".to_owned();
            let nothing = Err(Undefined::ZeroDenominator { reason });
            return Ok(self.arguments.zero_division(nothing)?.into());
        }
        average(&values, Some(&shares(&supports)))
    }

    /// The metric for one output; 0 if one of several averaged labels has a denominator of zero.
    fn of_output(&self, view: &TotalsView<'_>) -> Result<Value, Undefined> {
        match (self.definition.finish)(&self.arguments, view) {
            Err(Undefined::ZeroDenominator { .. })
                if self.arguments.settings.task == Task::Multilabel
                    && self.arguments.average() != Some(Average::None) =>
            {
                Ok(Value::Scalar(0.0))
            }
            value => value,
        }
    }
}

/// One number per output, or a row per output if values have several numbers. Rows omit the
/// additional numbers of outputs that are undefined or have none.
pub(super) fn into_rows(values: Vec<Result<Value, Undefined>>) -> Value {
    let no_number = || Undefined::internal("a list of values that are not numbers");
    let rows = values.into_iter().map(|value| value?.row().ok_or_else(no_number));
    let rows: Vec<Result<Vec<f64>, _>> = rows.collect();
    if rows.iter().flatten().any(|row| row.len() > 1) {
        return Value::Matrix(rows);
    }
    let number = |row: Vec<f64>| row.first().copied().ok_or_else(no_number);
    Value::Vector(rows.into_iter().map(|row| row.and_then(number)).collect())
}

/// The reason why one of several labels has no value.
fn of_label(label: usize, reason: Undefined) -> Undefined {
    Undefined::Label { label, reason: reason.into() }
}

/// The rows of every label, starting with those of the first label. Each row starts with its label.
/// `of` adds to a reason that it concerns this label.
pub(super) fn rows_by_label(
    values: Vec<Result<Value, Undefined>>,
    of: fn(usize, Undefined) -> Undefined,
) -> Value {
    let rows = values.into_iter().enumerate().flat_map(|(label, value)| {
        let named = move |reason: Undefined| of(label, reason);
        let rows = match value {
            Ok(Value::Matrix(rows)) => rows,
            Ok(value) => vec![value.numbers()],
            Err(reason) => vec![Err(reason)],
        };
        let rows = rows.into_iter();
        rows.map(move |row| Ok([vec![label as f64], row.map_err(named)?].concat()))
    });
    Value::Matrix(rows.collect())
}

/// The values of all outputs, or the reason if all are undefined for the same reason.
pub(super) fn collapse_identical_errors(
    values: Vec<Result<Value, Undefined>>,
) -> Result<Vec<Result<Value, Undefined>>, Undefined> {
    let alike = values.windows(2).all(|pair| pair[0] == pair[1]);
    match values.first() {
        Some(Err(reason)) if alike => Err(reason.clone()),
        _ => Ok(values),
    }
}
