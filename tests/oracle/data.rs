//! Samples as the engine has them, and as the reference does.

use crate::CLASSES;
use crate::families::{Labels, Numbers, Random, Weights};
use crate::reference::Sample;
use weighbridge::{Batch, Task};

/// Samples of one family: the columns, and the same as samples.
#[derive(Default)]
pub struct Data {
    pub name: String,
    pub prediction: Vec<f32>,
    pub truth: Vec<f32>,
    pub labels: Vec<u32>,
    pub classes: Vec<u32>,
    pub weight: Option<Vec<f32>>,
    pub samples: Vec<Sample>,
}

impl Data {
    pub fn new(
        task: Task,
        numbers: Numbers,
        weights: Weights,
        labels: Labels,
        len: usize,
        random: &mut Random,
    ) -> Self {
        let mut data = Self {
            name: format!("{task}, {numbers:?} numbers, {weights:?} weights, {labels:?} labels"),
            weight: (weights != Weights::Absent).then(Vec::new),
            ..Self::default()
        };
        for _ in 0..len {
            let [prediction, truth] = numbers.sample(random);
            let (label, weight) = (labels.label(random), weights.weight(random));
            data.prediction.push(prediction);
            data.truth.push(truth);
            data.labels.push(label);
            if let Some(column) = &mut data.weight {
                column.push(weight);
            }
            data.samples.push(match task {
                Task::Regression | Task::Aggregation => {
                    Sample { prediction, truth, bad_label: false, weight, row: None }
                }
                Task::Binary | Task::Multilabel => Sample {
                    prediction,
                    truth: label as f32,
                    bad_label: label > 1,
                    weight,
                    row: None,
                },
                Task::Multiclass => {
                    let [class, label] = [(); 2].map(|()| labels.class(CLASSES, random));
                    data.classes.push(class);
                    *data.labels.last_mut().expect("a label") = label;
                    let bad_label = class >= CLASSES || label >= CLASSES;
                    Sample {
                        prediction: class as f32,
                        truth: label as f32,
                        bad_label,
                        weight,
                        row: None,
                    }
                }
            });
        }
        data
    }

    pub fn batch(&self, task: Task, range: std::ops::Range<usize>) -> Batch<'_> {
        let prediction = &self.prediction[range.clone()];
        let batch = match task {
            Task::Regression => Batch::new(prediction, &self.truth[range.clone()]),
            Task::Binary | Task::Multilabel => Batch::new(prediction, &self.labels[range.clone()]),
            Task::Aggregation => Batch::values(prediction),
            Task::Multiclass => {
                Batch::new(&self.classes[range.clone()], &self.labels[range.clone()])
            }
        };
        match &self.weight {
            None => batch,
            Some(weight) => batch.weights(&weight[range]),
        }
    }
}
