//! Conversions from the outputs of training steps to batches.

use crate::batch::TensorBatch;
use burn::tensor::{ExecutionError, Tensor};
use burn::train::metric::{AccuracyInput, Adaptor, ItemLazy, LossInput};
use burn::train::{
    ClassificationOutput, MultiLabelClassificationOutput, RegressionOutput, SequenceOutput,
};

/// Scores of the multiclass task, or of the binary task if there is a single column.
impl Adaptor<TensorBatch> for ClassificationOutput {
    fn adapt(&self) -> TensorBatch {
        match self.output.dims() {
            [_, 1] => TensorBatch::new(self.output.clone().flatten::<1>(0, 1), &self.targets),
            _ => TensorBatch::new(&self.output, &self.targets),
        }
    }
}

impl Adaptor<TensorBatch> for MultiLabelClassificationOutput {
    fn adapt(&self) -> TensorBatch {
        TensorBatch::new(&self.output, &self.targets)
    }
}

/// Without [outputs](weighbridge::EvaluatorBuilder::outputs), each element is a separate sample.
impl Adaptor<TensorBatch> for RegressionOutput {
    fn adapt(&self) -> TensorBatch {
        TensorBatch::new(&self.output, &self.targets)
    }
}

/// Each token is a sample.
impl Adaptor<TensorBatch> for SequenceOutput {
    fn adapt(&self) -> TensorBatch {
        TensorBatch::new(&self.logits, &self.targets)
    }
}

/// The output of a training step, with weights of the samples.
///
/// ```no_run
/// use burn::tensor::Tensor;
/// use burn::train::ClassificationOutput;
/// use weighbridge_burn::Weighted;
///
/// fn output(output: ClassificationOutput, weights: Tensor<1>) -> Weighted<ClassificationOutput> {
///     Weighted::new(output, weights)
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Weighted<T> {
    /// The output of the step.
    pub output: T,
    /// One weight per sample.
    pub weights: Tensor<1>,
}

impl<T> Weighted<T> {
    /// Combines an output with the weights of its samples.
    pub fn new(output: T, weights: Tensor<1>) -> Self {
        Self { output, weights }
    }
}

impl<T: ItemLazy> ItemLazy for Weighted<T> {
    fn sync(self) -> Result<Self, ExecutionError> {
        Ok(Self { output: self.output.sync()?, weights: self.weights.without_autodiff() })
    }
}

impl<T: Adaptor<TensorBatch>> Adaptor<TensorBatch> for Weighted<T> {
    fn adapt(&self) -> TensorBatch {
        self.output.adapt().weights(&self.weights)
    }
}

/// burn's own loss metric, which only knows the weights that the training step applied.
impl<T: Adaptor<LossInput>> Adaptor<LossInput> for Weighted<T> {
    fn adapt(&self) -> LossInput {
        self.output.adapt()
    }
}

/// burn's own accuracy, which ignores the weights.
impl<T: Adaptor<AccuracyInput>> Adaptor<AccuracyInput> for Weighted<T> {
    fn adapt(&self) -> AccuracyInput {
        self.output.adapt()
    }
}
