//! Prediction, truth, weights and masks of some samples, as tensors.

use crate::error::Error;
use crate::pinned::{PinnedBatch, PinnedTensor};
use crate::shape::Samples;
use crate::tensor::AnyTensor;
use burn::tensor::Device;
use weighbridge::batch::{Inputs, TruthEncoding};
use weighbridge::error::Input;
use weighbridge::metric::Settings;

/// Predictions, truths and, optionally, weights of some samples: a [`weighbridge::Batch`] of
/// tensors.
///
/// # Shapes
///
/// (N), or (B, T) where samples are the steps of sequences, with K more in a last dimension of
/// scores, outputs or labels: predictions of the multiclass task are (N, K) or (B, T, K), beside
/// truths (N) or (B, T). In a regression with [outputs](weighbridge::EvaluatorBuilder::outputs) and
/// in the multilabel task both have that last dimension. Weights and masks have the shape of the
/// samples, (N) or (B, T), or (B), one for each sequence, or that of the outputs or labels. Any
/// other shape is an error, since nothing is broadcast: (N, 1) is not (N).
///
/// # Types
///
/// Floats of 32 and 16 bits and `bf16`; labels also of 32-bit integers, `u8` and booleans, which
/// masks may be as well. Tensors may be fused, strided, slices or expanded, and may have gradients:
/// rows are read in place, and burn copies only tensors that do not consist of rows.
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
    /// Samples of weight 1.
    pub fn new(prediction: impl Into<AnyTensor>, truth: impl Into<AnyTensor>) -> Self {
        let mut batch = Self::values(prediction);
        batch.inputs.truth = Some(truth.into());
        batch
    }

    /// Values of weight 1, without a truth: a batch of the aggregation task.
    pub fn values(values: impl Into<AnyTensor>) -> Self {
        let inputs = Inputs::new(values.into());
        Self { inputs, truth_encoding: TruthEncoding::default() }
    }

    /// Sets the weights: one per sample, per output or label, or per sequence.
    pub fn weights(mut self, weight: impl Into<AnyTensor>) -> Self {
        self.inputs.weight = Some(weight.into());
        self
    }

    /// Sets which samples count: true, or not 0, for those that do.
    pub fn mask(mut self, mask: impl Into<AnyTensor>) -> Self {
        self.inputs.mask = Some(mask.into());
        self
    }

    /// Masks padding: how many steps of each sequence count.
    pub fn lengths(mut self, lengths: impl Into<AnyTensor>) -> Self {
        self.inputs.lengths = Some(lengths.into());
        self
    }

    /// Says that truths are rows of K elements, 1 for the sample's class and 0 for all others.
    pub fn one_hot(self) -> Self {
        Self { truth_encoding: TruthEncoding::OneHot, ..self }
    }

    /// Says that truths are [soft](weighbridge::Batch::soft): rows of K probabilities that sum to
    /// 1.
    pub fn soft(self) -> Self {
        Self { truth_encoding: TruthEncoding::Soft, ..self }
    }

    /// Fails if its tensors do not match each other or the device.
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

    /// Holds the tensors in place, once the work that computes them is submitted.
    pub(crate) fn pin(&self, device: &Device, settings: &Settings) -> Result<PinnedBatch, Error> {
        let samples = self.check(device, settings)?;
        let pin = |input, tensor| PinnedTensor::new(tensor, input, device);
        let mut inputs = self.inputs.as_ref().try_map(pin)?;
        if samples.is_empty() {
            // Without samples, sequences may have weights that belong to none.
            (inputs.weight, inputs.mask, inputs.lengths) = (None, None, None);
        }
        Ok(PinnedBatch {
            inputs,
            sequence_length: samples.steps(),
            truth_encoding: self.truth_encoding,
        })
    }
}
