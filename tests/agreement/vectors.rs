//! Agreement of vector values, which use all outputs of a sample, together with values per output.

use super::rows::{Scores, row};
use super::{Numbers, Random, Weights, equal};
use libtest_mimic::{Failed, Trial};
use weighbridge::batch::FaultPolicy;
use weighbridge::gpu::AdapterSummary;
use weighbridge::{Batch, Device, Evaluator, State, Task};

/// Numbers of outputs: one, a few, and enough that all threads of a workgroup share a row.
const OUTPUTS: [usize; 3] = [1, 5, 1500];

/// Approximate number of elements in a batch.
const ELEMENTS: usize = 6000;

pub fn trials_of(adapter: &AdapterSummary) -> Vec<Trial> {
    let trial = |outputs| {
        let of_adapter = adapter.clone();
        let name = format!("{}::vectors of {outputs}", adapter.name);
        Trial::test(name, move || agree(&of_adapter, outputs))
    };
    OUTPUTS.map(trial).into()
}

struct Data {
    outputs: usize,
    prediction: Vec<f32>,
    truth: Vec<f32>,
    weight: Option<Vec<f32>>,
    mask: Vec<bool>,
}

impl Data {
    fn new(outputs: usize, kind: Scores, weights: Weights, random: &mut Random) -> Self {
        let samples = 1 + random.below(1 + ELEMENTS / outputs);
        let mut rows = || (0..samples).flat_map(|_| row(kind, outputs, random)).collect::<Vec<_>>();
        let (prediction, truth) = (rows(), rows());
        let weight = (weights != Weights::Absent)
            .then(|| (0..samples).map(|_| weights.weight(random)).collect());
        let mask = (0..samples).map(|_| random.below(4) > 0).collect();
        Self { outputs, prediction, truth, weight, mask }
    }

    /// Adds the samples in batches of `samples`.
    fn add(&self, evaluator: &mut Evaluator, samples: usize) -> Result<State, Failed> {
        evaluator.reset()?;
        for start in (0..self.mask.len()).step_by(samples) {
            let range = start..self.mask.len().min(start + samples);
            let elements = range.start * self.outputs..range.end * self.outputs;
            let batch = Batch::new(&self.prediction[elements.clone()], &self.truth[elements]);
            let batch = batch.mask(&self.mask[range.clone()]).on_fault(FaultPolicy::Count);
            evaluator.update(&match &self.weight {
                Some(weight) => batch.weights(&weight[range]),
                None => batch,
            })?;
        }
        Ok(evaluator.state()?)
    }
}

fn agree(adapter: &AdapterSummary, outputs: usize) -> Result<(), Failed> {
    let build = |device| {
        let builder = Evaluator::builder(Task::Regression).outputs(outputs);
        let metrics = ["cosine_similarity", "kl_divergence", "mean_squared_error"];
        // Each single output is a separate unit of work.
        let metrics = &metrics[..if outputs < 100 { 3 } else { 2 }];
        builder.metrics(metrics.iter().copied()).device(device).build()
    };
    let (mut gpu, mut cpu) = (build(Device::Named(adapter.name.clone()))?, build(Device::Cpu)?);
    let mut random = Random::new(outputs as u64);
    let families = Numbers::ALL.iter().map(|&numbers| Scores::Each(numbers));
    let kinds = families.chain([Scores::Model, Scores::Distribution, Scores::Ties]);
    for (kind, &weights) in kinds.zip(Weights::ALL.iter().cycle()) {
        let data = Data::new(outputs, kind, weights, &mut random);
        let (expected, samples) = (data.add(&mut cpu, usize::MAX / 2)?, data.mask.len());
        let context = format!("{kind:?} numbers, {weights:?} weights");
        equal(&data.add(&mut gpu, samples)?, &expected, &context)?;
        if outputs < 100 {
            equal(&data.add(&mut gpu, samples.div_ceil(3))?, &expected, &context)?;
        }
    }
    Ok(())
}
