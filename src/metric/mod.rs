//! Metrics: each names the statistics it needs and turns their totals into a number.
//!
//! A metric is a [`MetricDef`] in the `METRICS` of one file here, and that file is one line in the
//! list below. Everything else is driven from the list: the command's help, the README's table,
//! tests and benches.

pub mod aggregation;
mod average;
pub mod calibration;
pub mod classification;
pub mod curve;
pub(crate) mod custom_value;
mod multioutput;
pub(crate) mod one_vs_rest;
mod reduction;
pub mod regression;
mod spec;
mod value;
mod view;

pub use self::calibration::bins::{PROBABILITY_BINS, STRATEGY};
pub use self::classification::binary_counts::{COUNT_AVERAGE, THRESHOLD};
pub use self::classification::class_counts::{ABSENT, AVERAGE};
pub use self::curve::ranking::{HISTOGRAM_BINS, SPACING};
pub use self::multioutput::OUTPUT_AVERAGE;
pub use self::one_vs_rest::{CLASS_AVERAGE, MULTI_CLASS};
pub use self::reduction::{REDUCTION, Reduction};
pub use self::spec::{Arguments, Settings, Spec};
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

/// What the letters in the formulas of a task's metrics stand for; w is a weight everywhere, and 1 in
/// unweighted values.
pub fn symbols(task: Task) -> &'static str {
    match task {
        Task::Regression => {
            "p is the prediction and t the truth, p̄ and t̄ their weighted means, Var and Cov weighted \
             moments about them; of several outputs k is one"
        }
        Task::Binary => {
            "s is the score, y the label and p the probability of label 1; TP, FP, FN and TN are the \
             sums of the weights of true and false positives and negatives; b is a bin"
        }
        Task::Multiclass => {
            "T, P and H are the sums of the weights of a class's samples, of those predicted to be of \
             it, and of those that are both, N that of all; s_k, p_k and y_k are the score, the \
             probability and the one-hot truth of class k; rank counts the classes before the true \
             one; in bins p is the probability of the top class, and y whether it is the true one; i \
             is the true class and j the predicted one; over thresholds x a class is held against the \
             rest, as label 1 against label 0 in the binary task"
        }
        Task::Multilabel => {
            "s is the score of a label, y whether it is 1 and p the probability of that; TP, FP, FN \
             and TN are the sums of the weights of true and false positives and negatives of one of L \
             labels; b is a bin"
        }
        Task::Aggregation => "x is a value, and N how many there are",
    }
}

/// A metric: what it needs, and how it is finished.
#[derive(Debug)]
pub struct MetricDef {
    /// Its name in specs, reports and JSON.
    pub name: &'static str,
    /// One sentence: what it measures.
    pub summary: &'static str,
    /// Its formula, in plain text; w is the weight, p the prediction, t the truth.
    pub formula: &'static str,
    /// The tasks it belongs to.
    pub tasks: &'static [Task],
    /// Whether it is reported when no metric is asked for.
    pub standard: bool,
    /// How it looks at outputs, labels or classes.
    pub family: MetricFamily,
    /// Its parameters, but for that of averages of labels or outputs.
    pub parameters: &'static [Parameter],
    /// How its values for several labels become one, if they can.
    pub label_average: Option<&'static Parameter>,
    /// Its parameters besides where classes make binary problems.
    pub class_parameters: &'static [Parameter],
    /// What the rows and columns of its value are, if that is a matrix.
    pub axes: Axes,
    /// The statistics it needs.
    pub statistics: fn(&Arguments) -> Vec<Statistic>,
    /// Fails if its arguments contradict each other.
    pub check: fn(&Arguments) -> Result<(), Error>,
    /// Its value from the totals, called once for the unweighted and once for the weighted side.
    pub finish: fn(&Arguments, &TotalsView<'_>) -> Result<Value, Undefined>,
    /// What a label weighs in an average that is weighted by support.
    pub support: fn(&Arguments, &TotalsView<'_>) -> Result<BigInt, Undefined>,
    /// Laws that every metric obeys but this one, and why.
    pub exemptions: &'static [(Law, &'static str)],
}

impl MetricDef {
    /// No parameters, no exemptions: what most metrics build on.
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
        statistics: |_| Vec::new(),
        check: |_| Ok(()),
        finish: |_, _| Err(Undefined::internal("a metric does not say how it is finished")),
        support: |arguments, view| {
            Ok(classification::binary_counts::BinaryCounts::of(arguments, view)?.positives())
        },
        exemptions: &[],
    };
}

/// How a metric looks at the outputs, labels or classes of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricFamily {
    /// At each output or label by itself.
    Outputs,
    /// At all outputs as a vector.
    Vector,
    /// At whether all labels are right.
    ExactMatch,
    /// At two labels: in the multiclass task, at each class against the rest or against each other.
    BinaryProblems,
}

/// A parameter of a metric: a number, or one of a few words.
#[derive(Debug, PartialEq)]
pub struct Parameter {
    /// Its name in specs.
    pub name: &'static str,
    /// Its value if none is given; none for a parameter that may be left out.
    pub default: Option<f64>,
    /// The smallest value it can take.
    pub least: f64,
    /// The largest value it can take.
    pub greatest: f64,
    /// Numbers between which, both excluded, there is none that it can take.
    pub gap: Option<[f64; 2]>,
    /// Whether it takes whole numbers only.
    pub whole: bool,
    /// The words that it takes instead of a number: its value is the index of one.
    pub choices: &'static [&'static str],
    /// What it does.
    pub summary: &'static str,
}

impl Parameter {
    /// Any number: what most parameters build on.
    pub const NUMBER: Self = Self {
        name: "",
        default: None,
        least: f64::MIN,
        greatest: f64::MAX,
        gap: None,
        whole: false,
        choices: &[],
        summary: "",
    };

    /// A value of it as it is written in a spec.
    pub fn text(&self, value: f64) -> String {
        match self.choices.get(value as usize) {
            Some(choice) => (*choice).to_owned(),
            None => value.to_string(),
        }
    }
}

/// Overrides the value of a ratio with nothing in its denominator.
pub const ZERO_DIVISION: Parameter = Parameter {
    name: "zero_division",
    default: None,
    least: 0.0,
    greatest: 1.0,
    summary: "the value where there is nothing to divide by, instead of undefined or, for a class or \
              label in an average, 0",
    ..Parameter::NUMBER
};

/// A law that the weighted value of every metric obeys, to the last bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Law {
    /// A sample of weight 2 is the sample of weight 1, twice.
    Repetition,
    /// A sample of weight 0 is no sample, whatever it holds.
    Deletion,
    /// Weights of 1 are no weights.
    Ones,
    /// All weights times a power of two change nothing.
    Scaling,
}

/// What the rows and columns of a matrix are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axes {
    /// Rows are classes of the truth, columns those of the prediction.
    Classes,
    /// Rows are labels; columns are called so.
    Labels(&'static [&'static str]),
    /// Rows have no names; columns are called so, after that of the label or class that they are of, where
    /// there are several.
    Columns(&'static [&'static str]),
}
