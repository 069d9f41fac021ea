//! The settings of an evaluator that affect its metrics.

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
    /// The probability above which a binary prediction is positive.
    pub threshold: f64,
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
    /// The default settings of a task: two classes, one output, a threshold of 0.5.
    pub fn new(task: Task) -> Self {
        Self {
            task,
            from_logits: false,
            threshold: 0.5,
            classes: 2,
            outputs: 1,
            fallback_bins: None,
        }
    }

    /// Fails if the threshold of scores is not finite.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let is_valid = if self.from_logits {
            self.threshold > 0.0 && self.threshold < 1.0
        } else {
            self.score_threshold().is_finite()
        };
        if is_valid {
            return Ok(());
        }
        Err(Error::Build(BuildError::InvalidThreshold {
            value: shortest_number(self.threshold),
            expected: if self.from_logits {
                "a probability between 0 and 1, both excluded, since predictions are logits"
            } else {
                "a number that fits a 32-bit float"
            },
        }))
    }

    /// The number that scores are compared with, a probability or its logit.
    pub fn score_threshold(&self) -> Constant {
        if self.from_logits {
            (libm::log(self.threshold) - libm::log1p(-self.threshold)).into()
        } else {
            self.threshold.into()
        }
    }
}
