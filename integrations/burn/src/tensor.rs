//! One type for tensors of any rank and kind.

use burn::backend::{DispatchTensor, TensorMetadata};
use burn::tensor::{DType, Device, Tensor, kind::Autodiff};

/// A tensor of floats, integers or booleans, of any rank.
///
/// Converts from a tensor or a reference to one, without copying or waiting for its contents.
/// Gradients are dropped.
#[derive(Clone, Debug)]
pub struct AnyTensor {
    pub(crate) tensor: DispatchTensor,
    pub(crate) device: Device,
}

impl AnyTensor {
    /// The dimensions.
    pub fn shape(&self) -> Vec<usize> {
        self.tensor.shape().to_vec()
    }

    /// The element type.
    pub fn dtype(&self) -> DType {
        self.tensor.dtype()
    }
}

impl<const D: usize, K: Autodiff> From<Tensor<D, K>> for AnyTensor {
    fn from(tensor: Tensor<D, K>) -> Self {
        let tensor = tensor.without_autodiff();
        let device = tensor.device();
        Self { tensor: tensor.into_dispatch(), device }
    }
}

impl<const D: usize, K: Autodiff> From<&Tensor<D, K>> for AnyTensor {
    fn from(tensor: &Tensor<D, K>) -> Self {
        tensor.clone().into()
    }
}
