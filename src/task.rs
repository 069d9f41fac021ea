//! The tasks, and the contents of batches in each.

use crate::error::UnknownName;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The type of prediction problem, which determines the metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// Real numbers as predictions and truths.
    Regression,
    /// Scores (probabilities or logits) as predictions, labels 0 and 1 as truths.
    Binary,
    /// Classes 0 to K − 1, or a row of K scores, as predictions; classes as truths.
    Multiclass,
    /// L labels of 0 or 1 per sample, each of which is a binary task.
    Multilabel,
    /// Values without a truth, such as losses computed elsewhere.
    Aggregation,
}

impl Task {
    /// Every task.
    pub const ALL: &[Self] =
        &[Self::Regression, Self::Binary, Self::Multiclass, Self::Multilabel, Self::Aggregation];

    /// Its name, which [`FromStr`] reads.
    pub fn name(self) -> &'static str {
        match self {
            Self::Regression => "regression",
            Self::Binary => "binary",
            Self::Multiclass => "multiclass",
            Self::Multilabel => "multilabel",
            Self::Aggregation => "aggregation",
        }
    }

    /// Whether predictions are compared with truths.
    pub fn has_truth(self) -> bool {
        self != Self::Aggregation
    }

    /// Whether truths are labels or classes.
    pub fn has_labels(self) -> bool {
        matches!(self, Self::Binary | Self::Multiclass | Self::Multilabel)
    }
}

/// The largest number of classes: an `f32` holds their numbers exactly, and a device their tables.
pub const MAX_CLASSES: u32 = 1 << 20;

/// The largest number of outputs or labels of a sample.
pub(crate) const MAX_OUTPUTS: u32 = 1 << 16;

/// The contents of a batch's columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Schema {
    /// The task.
    pub task: Task,
    /// The number of classes K, or of elements of a row; 2 in the binary task.
    pub classes: u32,
    /// Whether a sample is a row of K elements: in the multiclass task, scores with one class as
    /// truth; in the regression task, numbers with a row of truths.
    pub rows: bool,
    /// Whether the truths of rows of scores are soft: a probability for each class.
    pub soft: bool,
}

impl Schema {
    /// Number of classes if predictions are classes; none if they are numbers.
    pub fn prediction_classes(self) -> Option<u32> {
        (self.task == Task::Multiclass && !self.rows).then_some(self.classes)
    }

    /// Number of elements that a prediction has.
    pub fn prediction_width(self) -> usize {
        if self.rows { self.classes as usize } else { 1 }
    }

    /// Number of elements that a truth has.
    pub fn truth_width(self) -> usize {
        if self.has_vectors() || self.soft { self.classes as usize } else { 1 }
    }

    /// Whether truths are rows of arbitrary numbers, like predictions.
    pub fn has_vectors(self) -> bool {
        self.rows && self.task == Task::Regression
    }

    /// Number of classes if truths are classes; none if they are numbers.
    pub fn truth_classes(self) -> Option<u32> {
        (self.task.has_labels() && !self.soft).then_some(self.classes)
    }
}

impl FromStr for Task {
    type Err = UnknownName;

    /// Reads the [`name`](Self::name) of a task.
    fn from_str(name: &str) -> Result<Self, UnknownName> {
        let known = Self::ALL.iter().copied().find(|task| task.name() == name);
        known.ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|task| task.name()).collect();
            UnknownName::new("task", name, &names)
        })
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
