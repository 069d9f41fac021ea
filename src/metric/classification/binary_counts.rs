//! The four counts of a binary confusion matrix as integers, and their margins.

use crate::error::Undefined;
use crate::metric::{AVERAGE, Arguments, Better, Key, MetricDef, Range, TotalsView};
use crate::statistic::{Statistic, Task};
use num_bigint::BigInt;

/// The common parts of metrics of the four cells.
pub(in crate::metric) const BINARY: MetricDef = MetricDef {
    tasks: &[Task::Binary, Task::Multilabel],
    parameters: &[&THRESHOLD],
    label_average: Some(&AVERAGE),
    statistics: |arguments| Ok(vec![statistic(arguments)]),
    support: |arguments, view| Ok(BinaryCounts::new(arguments, view)?.positives()),
    better: Better::Higher,
    range: [0.0, 1.0],
    ..MetricDef::BASE
};

/// Overrides the evaluator's threshold, so that one pass reports a metric at several of them.
pub const THRESHOLD: Key<Option<f64>> = Key {
    name: "threshold",
    default: None,
    domain: Range::THRESHOLD,
    summary: "the probability above which a prediction is positive, instead of the evaluator's",
};

/// The confusion count at the metric's threshold, or else the evaluator's.
pub(in crate::metric) fn statistic(arguments: &Arguments) -> Statistic {
    let settings = &arguments.settings;
    let probabilities = settings.needs_probabilities();
    Statistic::Confusion { threshold: settings.score_threshold(), probabilities }
}

/// Sums of weights per cell, in units of the exact sum.
pub(in crate::metric) struct BinaryCounts {
    pub true_negatives: BigInt,
    pub false_positives: BigInt,
    pub false_negatives: BigInt,
    pub true_positives: BigInt,
}

impl BinaryCounts {
    pub fn new(arguments: &Arguments, view: &TotalsView<'_>) -> Result<Self, Undefined> {
        let cells = view.cells(statistic(arguments))?.map(|sum| sum.to_integer());
        let [true_negatives, false_positives, false_negatives, true_positives] = cells;
        Ok(Self { true_negatives, false_positives, false_negatives, true_positives })
    }

    /// Samples whose truth is positive.
    pub fn positives(&self) -> BigInt {
        &self.true_positives + &self.false_negatives
    }

    /// Samples whose truth is negative.
    pub fn negatives(&self) -> BigInt {
        &self.true_negatives + &self.false_positives
    }

    /// Samples whose prediction is positive.
    pub fn predicted_positives(&self) -> BigInt {
        &self.true_positives + &self.false_positives
    }

    /// Samples whose prediction is negative.
    pub fn predicted_negatives(&self) -> BigInt {
        &self.true_negatives + &self.false_negatives
    }

    /// Samples whose prediction is correct.
    pub fn correct(&self) -> BigInt {
        &self.true_positives + &self.true_negatives
    }

    /// Samples whose prediction is wrong.
    pub fn wrong(&self) -> BigInt {
        &self.false_positives + &self.false_negatives
    }

    /// All samples.
    pub fn total(&self) -> BigInt {
        self.correct() + self.wrong()
    }

    /// TP·TN − FP·FN: positive if prediction and truth are positively correlated.
    pub fn determinant(&self) -> BigInt {
        &self.true_positives * &self.true_negatives - &self.false_positives * &self.false_negatives
    }
}
