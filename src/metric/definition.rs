//! The definition of a metric.

use super::arguments::Arguments;
use super::average::{Average, OUTPUT_AVERAGE};
use super::parameter::{Key, Parameter};
use super::value::Value;
use super::view::TotalsView;
use crate::error::{Error, Undefined};
use crate::statistic::Statistic;
use crate::task::Task;
use num_bigint::BigInt;

/// The definition of a metric: its description, the statistics that it needs, and its formula.
#[derive(Debug)]
pub struct MetricDef {
    /// Its name in specs, reports and JSON.
    pub name: &'static str,
    /// A phrase that describes the quantity it measures.
    pub summary: &'static str,
    /// Its formula, in plain text; w is the weight, p the prediction, t the truth.
    pub formula: &'static str,
    /// The tasks it belongs to.
    pub tasks: &'static [Task],
    /// Whether it is reported by default.
    pub is_default: bool,
    /// Its family of totals.
    pub family: MetricFamily,
    /// Its parameters, without those that average its values over labels or classes.
    pub parameters: &'static [&'static dyn Parameter],
    /// The parameter that averages its values over labels, if there is one.
    pub(crate) label_average: Option<&'static Key<Average>>,
    /// Its additional parameters in the multiclass task, if classes form binary problems.
    pub(crate) class_parameters: &'static [&'static dyn Parameter],
    /// The meaning of the rows and columns of its value, if that is a matrix.
    pub axes: Axes,
    /// Which values are better.
    pub better: Better,
    /// The smallest and the largest possible value; infinite if unbounded.
    pub range: [f64; 2],
    /// The statistics it needs.
    pub(crate) statistics: fn(&Arguments) -> Result<Vec<Statistic>, Error>,
    /// Fails if its arguments contradict each other.
    pub(crate) check: fn(&Arguments) -> Result<(), Error>,
    /// Computes its value from one side of the totals, unweighted or weighted.
    pub(crate) finish: fn(&Arguments, &TotalsView<'_>) -> Result<Value, Undefined>,
    /// The weight of a label in an average that is weighted by support.
    pub(crate) support: fn(&Arguments, &TotalsView<'_>) -> Result<BigInt, Undefined>,
    /// Laws that every metric obeys but this one, and why.
    pub exemptions: &'static [(Law, &'static str)],
}

impl MetricDef {
    /// A definition without parameters and exemptions, as a base for others.
    pub(crate) const BASE: Self = Self {
        name: "",
        summary: "",
        formula: "",
        tasks: &[],
        is_default: false,
        family: MetricFamily::Outputs,
        parameters: &[],
        label_average: None,
        class_parameters: &[],
        axes: Axes::Columns(&[]),
        better: Better::Neither,
        range: [f64::NEG_INFINITY, f64::INFINITY],
        statistics: |_| Ok(Vec::new()),
        check: |_| Ok(()),
        finish: |_, _| Err(Undefined::internal("a metric has no formula")),
        support: |_, _| Err(Undefined::internal("a metric has no support by label")),
        exemptions: &[],
    };

    /// Whether it has a parameter of this name, not counting those of averages.
    pub fn has_parameter(&self, name: &str) -> bool {
        self.parameters.iter().any(|parameter| parameter.name() == name)
    }

    /// Its parameters in a task, for samples of `outputs` outputs.
    pub fn parameters_in(&self, task: Task, outputs: u32) -> Vec<&'static dyn Parameter> {
        let of_whole_samples =
            matches!(self.family, MetricFamily::Vector | MetricFamily::ExactMatch);
        let averages: Vec<&'static dyn Parameter> = match task {
            _ if of_whole_samples => Vec::new(),
            Task::Multilabel => self.label_average.into_iter().map(|key| key as _).collect(),
            Task::Multiclass => self.class_parameters.to_vec(),
            Task::Regression if outputs > 1 => vec![&OUTPUT_AVERAGE],
            _ => Vec::new(),
        };
        [self.parameters, &averages].concat()
    }
}

/// How a metric reads the outputs, labels or classes of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricFamily {
    /// Each output or label separately.
    Outputs,
    /// All outputs as a vector.
    Vector,
    /// Whether all labels are correct.
    ExactMatch,
    /// Two labels: in the multiclass task, each class against the rest, or each pair of classes.
    BinaryProblems,
}

/// A law that the weighted value of every metric obeys, to the last bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Law {
    /// A sample of weight 2 counts like two samples of weight 1.
    Repetition,
    /// A sample of weight 0 does not count, whatever its values.
    Deletion,
    /// Weights of 1 give the unweighted value.
    Ones,
    /// Multiplying all weights by a power of two changes nothing.
    Scaling,
}

/// Which values of a metric are better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Better {
    /// Higher values, as for a score.
    Higher,
    /// Lower values, as for a loss.
    Lower,
    /// Neither, or the value is not a single number.
    Neither,
}

/// The meaning of the rows and columns of a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axes {
    /// Rows are true classes, columns are predicted classes.
    Classes,
    /// Rows are labels; columns have these names.
    Labels(&'static [&'static str]),
    /// Rows have no names; columns have these names, after a column with the label or class if
    /// there are several.
    Columns(&'static [&'static str]),
}
