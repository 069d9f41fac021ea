//! The tasks: what a truth is.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What the truth is, and so which metrics apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// Real predictions and truths.
    Regression,
    /// Scores, probabilities or logits, against labels 0 and 1.
    Binary,
}

impl Task {
    /// Every task.
    pub const ALL: &[Self] = &[Self::Regression, Self::Binary];

    /// Its name, as `--task` takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Regression => "regression",
            Self::Binary => "binary",
        }
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
