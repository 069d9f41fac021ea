//! Whether scores that are read as logits look like probabilities.

use crate::batch::{Element, HostBatch, with_column};
use crate::statistic::{Schema, Task};

/// Whether the scores of batches on the host lie within [0, 1]. It is not part of states, and
/// batches in buffers are not looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ScoreRange {
    /// Whether there are scores.
    has_scores: bool,
    /// Whether one of them is outside [0, 1] or is not a number, masked or not.
    has_others: bool,
}

impl ScoreRange {
    /// Looks at the scores of a batch, unless one outside [0, 1] is known: among logits, that is
    /// one of the first.
    pub fn add(&mut self, batch: &HostBatch<'_>, schema: Schema) {
        let are_scores = match schema.task {
            Task::Binary | Task::Multilabel => true,
            Task::Multiclass => schema.rows,
            Task::Regression | Task::Aggregation => false,
        };
        if self.has_others || !are_scores {
            return;
        }
        with_column!(batch.inputs.prediction, scores => {
            self.has_scores |= !scores.is_empty();
            self.has_others = scores.iter().any(|score| !(0.0..=1.0).contains(&score.real()));
        });
    }

    /// Whether there are scores, and all of them lie within [0, 1].
    pub fn looks_like_probabilities(self) -> bool {
        self.has_scores && !self.has_others
    }
}
