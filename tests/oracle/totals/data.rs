//! Samples in the formats of the engine and of the reference.

use super::CLASSES;
use super::reference::Sample;
use crate::common::columns::Columns;
use crate::common::families::{Labels, Numbers, Random, Weights};
use weighbridge::Task;

/// Samples of one family, as columns and as a list.
#[derive(Default)]
pub struct Data {
    pub name: String,
    pub columns: Columns,
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
            ..Self::default()
        };
        let columns = &mut data.columns;
        columns.weight = (weights != Weights::Absent).then(Vec::new);
        for _ in 0..len {
            let [prediction, truth] = numbers.sample(random);
            let (label, weight) = (labels.label(random), weights.weight(random));
            columns.prediction.push(prediction);
            columns.truth.push(truth);
            columns.labels.push(label);
            if let Some(column) = &mut columns.weight {
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
                    let class = labels.class(CLASSES, random);
                    let label = labels.class(CLASSES, random);
                    columns.classes[0].push(class);
                    columns.classes[1].push(label);
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
}
