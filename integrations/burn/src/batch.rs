//! Batches of tensors: predictions, truths, weights and masks.

use crate::error::Error;
use crate::pinned::{PinnedBatch, PinnedTensor};
use crate::shape::Samples;
use crate::tensor::AnyTensor;
use burn::tensor::Device;
use weighbridge::batch::{Inputs, TruthEncoding};
use weighbridge::error::Input;
use weighbridge::metric::Settings;

/// A [`weighbridge::Batch`] of tensors: predictions, truths and, optionally, weights and masks.
///
/// # Shapes
///
/// Samples have shape (N), or (B, T) for the steps of sequences. Scores, outputs and labels add a
/// last dimension K. In the multiclass task, predictions are (N, K) or (B, T, K) and truths (N) or
/// (B, T). In a regression with [outputs](weighbridge::EvaluatorBuilder::outputs) and in the
/// multilabel task, both have the last dimension. Weights and masks have the shape of the samples,
/// (N) or (B, T), the shape (B), one per sequence, or the shape of the outputs or labels. Any other
/// shape is an error, since nothing is broadcast: (N, 1) does not match (N).
///
/// # Types
///
/// Numbers are f32, f16 or bf16. Labels and masks may also be 32-bit integers, `u8` or booleans.
/// Tensors may be fused, strided, sliced or expanded, and may have gradients. Rows are read in
/// place; burn copies only tensors whose elements do not form rows.
///
/// # Example
///
/// ```no_run
/// use burn::tensor::{Int, Tensor};
/// use weighbridge::{Evaluator, Task};
/// use weighbridge_burn::TensorBatch;
///
/// let gpu = weighbridge_burn::init()?;
/// let logits = Tensor::<2>::from_floats([[2.0, 0.5], [0.1, 0.2]], gpu.device());
/// let labels = Tensor::<1, Int>::from_ints([0, 0], gpu.device());
/// let weights = Tensor::<1>::from_floats([3.0, 1.0], gpu.device());
///
/// let mut metrics = gpu.evaluator(Evaluator::builder(Task::Multiclass).classes(2))?;
/// metrics.update(&TensorBatch::new(&logits, &labels).weights(&weights))?;
/// assert_eq!(metrics.result()?.weighted("accuracy")?, 0.75);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct TensorBatch {
    inputs: Inputs<AnyTensor>,
    truth_encoding: TruthEncoding,
}

impl TensorBatch {
    /// Creates a batch whose samples have weight 1.
    pub fn new(prediction: impl Into<AnyTensor>, truth: impl Into<AnyTensor>) -> Self {
        let mut batch = Self::values(prediction);
        batch.inputs.truth = Some(truth.into());
        batch
    }

    /// Creates a batch of the aggregation task: values of weight 1, without a truth.
    pub fn values(values: impl Into<AnyTensor>) -> Self {
        let inputs = Inputs::new(values.into());
        Self { inputs, truth_encoding: TruthEncoding::default() }
    }

    /// Sets the weights: one per sample, per output or label, or per sequence.
    pub fn weights(mut self, weight: impl Into<AnyTensor>) -> Self {
        self.inputs.weight = Some(weight.into());
        self
    }

    /// Sets which samples count: true, or any number but 0, for each sample that does.
    pub fn mask(mut self, mask: impl Into<AnyTensor>) -> Self {
        self.inputs.mask = Some(mask.into());
        self
    }

    /// Masks padding: how many steps of each sequence count.
    pub fn lengths(mut self, lengths: impl Into<AnyTensor>) -> Self {
        self.inputs.lengths = Some(lengths.into());
        self
    }

    /// Declares that truths are rows of K elements: 1 for the sample's class and 0 for all others.
    pub fn one_hot(self) -> Self {
        Self { truth_encoding: TruthEncoding::OneHot, ..self }
    }

    /// Declares that truths are [soft](weighbridge::Batch::soft): rows of K probabilities that sum
    /// to 1.
    pub fn soft(self) -> Self {
        Self { truth_encoding: TruthEncoding::Soft, ..self }
    }

    /// Checks that the tensors match each other and the device.
    pub(crate) fn check(&self, device: &Device, settings: &Settings) -> Result<Samples, Error> {
        let prediction = self.inputs.prediction.shape();
        let samples = match &self.inputs.truth {
            Some(truth) => {
                Samples::of_truths(prediction, truth.shape(), self.truth_encoding, settings)?
            }
            None => Samples::of_values(prediction),
        };
        for (input, tensor) in self.inputs.iter() {
            match input {
                Input::Weight | Input::Mask => samples.check_weights(input, &tensor.shape())?,
                Input::Lengths => samples.check_lengths(&tensor.shape())?,
                _ => {}
            }
            PinnedTensor::check(tensor, input, device)?;
        }
        Ok(samples)
    }

    /// Submits the work that computes the tensors, and holds them in place.
    pub(crate) fn pin(&self, device: &Device, settings: &Settings) -> Result<PinnedBatch, Error> {
        let samples = self.check(device, settings)?;
        let pin = |input, tensor| PinnedTensor::new(tensor, input, device);
        let mut inputs = self.inputs.as_ref().try_map(pin)?;
        if samples.is_empty() {
            // Without samples, weights per sequence belong to no sample.
            (inputs.weight, inputs.mask, inputs.lengths) = (None, None, None);
        }
        Ok(PinnedBatch {
            inputs,
            sequence_length: samples.steps(),
            truth_encoding: self.truth_encoding,
        })
    }
}
