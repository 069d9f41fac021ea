//! From what a training step returns to a batch.

use crate::batch::TensorBatch;
use burn::tensor::{ExecutionError, Tensor};
use burn::train::metric::{AccuracyInput, Adaptor, ItemLazy, LossInput};
use burn::train::{
    ClassificationOutput, MultiLabelClassificationOutput, RegressionOutput, SequenceOutput,
};

/// Scores of the multiclass task, or of the binary task where there is a single column of them.
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

/// Without [outputs](weighbridge::EvaluatorBuilder::outputs), each column is a sample of its own.
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

/// What a training step returns, with weights of the samples.
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
    /// What the step returns.
    pub output: T,
    /// A weight for each sample.
    pub weights: Tensor<1>,
}

impl<T> Weighted<T> {
    /// An output and the weights of its samples.
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

/// burn's own loss, which knows no weights but those of the training step.
impl<T: Adaptor<LossInput>> Adaptor<LossInput> for Weighted<T> {
    fn adapt(&self) -> LossInput {
        self.output.adapt()
    }
}

/// burn's own accuracy, without weights.
impl<T: Adaptor<AccuracyInput>> Adaptor<AccuracyInput> for Weighted<T> {
    fn adapt(&self) -> AccuracyInput {
        self.output.adapt()
    }
}
