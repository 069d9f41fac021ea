//! The settings of an evaluator that affect its metrics.

use super::parameter::Range;
use crate::error::{BuildError, Error, shortest_number};
use crate::statistic::Constant;
use crate::task::Task;
use serde::{Deserialize, Serialize};

/// The settings of an evaluator that affect its metrics.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The task.
    pub task: Task,
    /// Whether predictions are logits, not probabilities.
    pub from_logits: bool,
    /// The probability above which a binary prediction is positive, if one was given; else 0.5 is,
    /// and predictions that are not logits must be probabilities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// The number of classes; 2 except in the multiclass task.
    pub classes: u32,
    /// The number of outputs of a sample (labels in the multilabel task); usually 1.
    pub outputs: u32,
    /// The number of bins in which scores are also counted, for use if the memory for stored scores
    /// is full; if none, that is an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback_bins: Option<u32>,
}

impl Settings {
    /// The default settings of a task: two classes, one output, no threshold given.
    pub fn new(task: Task) -> Self {
        Self {
            task,
            from_logits: false,
            threshold: None,
            classes: 2,
            outputs: 1,
            fallback_bins: None,
        }
    }

    /// Fails if the threshold is not a probability; for logits, also if it has no logit.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let threshold = self.threshold();
        let is_valid = if self.from_logits {
            threshold > 0.0 && threshold < 1.0
        } else {
            Range::THRESHOLD.contains(threshold)
        };
        if is_valid {
            return Ok(());
        }
        Err(Error::Build(BuildError::InvalidThreshold {
            value: shortest_number(threshold),
            expected: if self.from_logits {
                "a probability between 0 and 1, both excluded, since predictions are logits"
            } else {
                "a probability, from 0 to 1; for scores of another kind, subtract the threshold \
                 from them, and use 0"
            },
        }))
    }

    /// The probability above which a binary prediction is positive.
    pub fn threshold(&self) -> f64 {
        self.threshold.unwrap_or(0.5)
    }

    /// Whether predictions that are compared with the threshold must be probabilities: no threshold
    /// was given for scores of another kind.
    pub fn needs_probabilities(&self) -> bool {
        !self.from_logits && self.threshold.is_none()
    }

    /// The number that scores are compared with, a probability or its logit.
    pub fn score_threshold(&self) -> Constant {
        let threshold = self.threshold();
        if self.from_logits {
            (libm::log(threshold) - libm::log1p(-threshold)).into()
        } else {
            threshold.into()
        }
    }
}
