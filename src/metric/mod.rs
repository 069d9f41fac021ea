//! Metrics: each declares the statistics that it needs and computes a value from their totals.
//!
//! A metric is a [`MetricDef`] in the `METRICS` of one file, and that file is one line in the list
//! of its family. The command's help, the tables in the documentation, constructors, tests and
//! benchmarks are generated from the list.

pub mod aggregation;
mod average;
pub mod calibration;
pub mod classification;
mod constructors;
pub mod curve;
pub(crate) mod custom_value;
mod multioutput;
pub(crate) mod one_vs_rest;
mod parameter;
mod reduction;
pub mod regression;
mod resolved;
mod setters;
mod spec;
mod value;
mod view;

pub use self::average::{
    AVERAGE, Average, CLASS_AVERAGE, COUNT_AVERAGE, CURVE_AVERAGE, OUTPUT_AVERAGE,
};
pub use self::calibration::bins::{BinStrategy, PROBABILITY_BINS, STRATEGY};
pub use self::classification::binary_counts::THRESHOLD;
pub use self::classification::class_counts::{ABSENT, AbsentClass};
pub use self::classification::cohen_kappa::KappaWeights;
pub use self::constructors::*;
pub use self::curve::ranking::{BinSpacing, HISTOGRAM_BINS, SPACING};
pub use self::one_vs_rest::{MULTI_CLASS, MultiClass};
pub use self::parameter::{Choice, Key, Parameter, ParameterValue, Range, UndeclaredParameter, ZERO_DIVISION};
pub use self::reduction::{REDUCTION, Reduction};
pub use self::resolved::{Arguments, ResolvedMetric, Settings};
pub use self::spec::MetricSpec;
pub use self::value::{AtThreshold, Interval, Value};
pub use self::view::TotalsView;

use crate::error::{Error, Undefined};
use crate::statistic::{Statistic, Task};
use num_bigint::BigInt;

/// The families, in the order in which metrics are listed.
const FAMILIES: [&[&[MetricDef]]; 5] = [
    regression::METRICS,
    classification::METRICS,
    calibration::METRICS,
    curve::METRICS,
    aggregation::METRICS,
];

/// Every metric, in the order of the list.
pub fn all() -> impl Iterator<Item = &'static MetricDef> {
    FAMILIES.into_iter().flatten().copied().flatten()
}

/// The metrics of a task.
pub fn of_task(task: Task) -> impl Iterator<Item = &'static MetricDef> {
    all().filter(move |metric| metric.tasks.contains(&task))
}

/// The symbols in the formulas of the metrics of a task. w is the weight, and 1 in unweighted
/// values.
pub fn symbols(task: Task) -> &'static str {
    match task {
        Task::Regression => {
            "p is the prediction and t the truth, p̄ and t̄ their weighted means, Var and Cov weighted \
             moments about them; k is one of several outputs"
        }
        Task::Binary => {
            "s is the score, y the label and p the probability of label 1; TP, FP, FN and TN are the \
             sums of the weights of true and false positives and negatives; b is a bin"
        }
        Task::Multiclass => {
            "T, P and H are the sums of the weights of samples of a class, of samples predicted as this \
             class, and of samples that are both, and N that of all samples; s_k, p_k and y_k are the score, the \
             probability and the one-hot truth of class k; rank counts the classes before the true \
             one; in bins p is the probability of the top class, and y whether it is the true one; i \
             is the true class and j the predicted one; in curves a class is compared \
             with the rest, as label 1 with label 0 in the binary task"
        }
        Task::Multilabel => {
            "s is the score of a label, y whether it is 1 and p the probability of that; TP, FP, FN \
             and TN are the sums of the weights of true and false positives and negatives of one of L \
             labels; b is a bin"
        }
        Task::Aggregation => "x is a value, and N how many there are",
    }
}

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
    pub standard: bool,
    /// Its family of totals.
    pub family: MetricFamily,
    /// Its parameters, without those of the two fields below.
    pub parameters: &'static [&'static dyn Parameter],
    /// The parameter that averages its values over labels, if there is one.
    pub label_average: Option<&'static Key<Average>>,
    /// Its additional parameters in the multiclass task, if it compares classes one-vs-rest.
    pub class_parameters: &'static [&'static dyn Parameter],
    /// The meaning of the rows and columns of its value, if that is a matrix.
    pub axes: Axes,
    /// Which values are better.
    pub better: Better,
    /// The smallest and the largest possible value; infinite where there is no bound.
    pub range: [f64; 2],
    /// The statistics it needs.
    pub statistics: fn(&Arguments) -> Result<Vec<Statistic>, Error>,
    /// Fails if its arguments contradict each other.
    pub check: fn(&Arguments) -> Result<(), Error>,
    /// Computes its value from one side of the totals, unweighted or weighted.
    pub finish: fn(&Arguments, &TotalsView<'_>) -> Result<Value, Undefined>,
    /// The weight of a label in an average that is weighted by support.
    pub support: fn(&Arguments, &TotalsView<'_>) -> Result<BigInt, Undefined>,
    /// Laws that every metric obeys but this one, and why.
    pub exemptions: &'static [(Law, &'static str)],
}

impl MetricDef {
    /// Whether it declares a parameter; those of averages are not counted.
    pub fn takes<T: ParameterValue>(&self, key: &Key<T>) -> bool {
        self.parameters.iter().any(|parameter| parameter.name() == key.name)
    }

    /// A definition without parameters and exemptions, as a base for others.
    pub const BASE: Self = Self {
        name: "",
        summary: "",
        formula: "",
        tasks: &[],
        standard: false,
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
        support: |arguments, view| {
            Ok(classification::binary_counts::BinaryCounts::of(arguments, view)?.positives())
        },
        exemptions: &[],
    };
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
