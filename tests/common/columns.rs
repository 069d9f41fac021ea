//! Columns of samples of any task, and batches of them.

use std::ops::Range;
use weighbridge::{Batch, Task};

/// Samples of one family.
#[derive(Default)]
pub struct Columns {
    pub prediction: Vec<f32>,
    pub truth: Vec<f32>,
    pub labels: Vec<u32>,
    /// Predicted and true classes.
    pub classes: [Vec<u32>; 2],
    pub weight: Option<Vec<f32>>,
}

impl Columns {
    /// The batch of some of the samples for a task.
    pub fn batch(&self, task: Task, range: Range<usize>) -> Batch<'_> {
        let prediction = &self.prediction[range.clone()];
        let batch = match task {
            Task::Regression => Batch::new(prediction, &self.truth[range.clone()]),
            Task::Binary | Task::Multilabel => Batch::new(prediction, &self.labels[range.clone()]),
            Task::Aggregation => Batch::values(prediction),
            Task::Multiclass => {
                let [prediction, truth] = self.classes.each_ref().map(|c| &c[range.clone()]);
                Batch::new(prediction, truth)
            }
        };
        match &self.weight {
            Some(weight) => batch.weights(&weight[range]),
            None => batch,
        }
    }
}
