//! Samples of one family, in any order and in batches of any sizes.

use crate::CLASSES;
use crate::common::columns::Columns;
use crate::common::families::{Labels, Numbers, Random, Weights};
use libtest_mimic::Failed;
use weighbridge::batch::FaultPolicy;
use weighbridge::{Evaluator, State, Task};

impl Columns {
    pub fn new(kinds: (Numbers, Weights, Labels), len: usize, random: &mut Random) -> Self {
        let (numbers, weights, labels) = kinds;
        let mut data =
            Self { weight: (weights != Weights::Absent).then(Vec::new), ..Self::default() };
        for _ in 0..len {
            let [prediction, truth] = numbers.sample(random);
            data.prediction.push(prediction);
            data.truth.push(truth);
            data.labels.push(labels.label(random));
            for column in &mut data.classes {
                column.push(labels.class(CLASSES, random));
            }
            if let Some(column) = &mut data.weight {
                column.push(weights.weight(random));
            }
        }
        data
    }

    pub fn len(&self) -> usize {
        self.prediction.len()
    }

    /// The samples in another order.
    pub fn reordered(&self, order: &[usize]) -> Self {
        fn pick<T: Copy>(column: &[T], order: &[usize]) -> Vec<T> {
            order.iter().map(|&index| column[index]).collect()
        }
        Self {
            prediction: pick(&self.prediction, order),
            truth: pick(&self.truth, order),
            labels: pick(&self.labels, order),
            classes: self.classes.each_ref().map(|column| pick(column, order)),
            weight: self.weight.as_ref().map(|weight| pick(weight, order)),
        }
    }

    /// Adds the samples in batches that end at these indices.
    pub fn add(
        &self,
        evaluator: &mut Evaluator,
        task: Task,
        ends: &[usize],
    ) -> Result<State, Failed> {
        evaluator.reset()?;
        let mut start = 0;
        for &end in ends.iter().chain([&self.len()]) {
            evaluator.update(&self.batch(task, start..end).on_fault(FaultPolicy::Count))?;
            start = end;
        }
        Ok(evaluator.state()?)
    }
}
