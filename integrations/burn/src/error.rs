//! Errors of this crate.

use burn::tensor::{DType, wgpu::WgpuInitError};
use weighbridge::error::Input;

/// An error; the message says what is wrong, where, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// burn's wgpu runtime is already initialised, by a tensor or by an earlier call.
    #[error(
        "burn's wgpu runtime is already in use ({reason}): call weighbridge_burn::init once per \
         process, before the first tensor, and share the returned Gpu"
    )]
    AlreadyInitialized {
        /// burn's message.
        reason: String,
    },

    /// burn could not create a device.
    #[error("burn could not initialise its wgpu runtime: {0}")]
    Init(WgpuInitError),

    /// A tensor on a different device than the evaluator's.
    #[error(
        "the {input}s are on {found}, but the evaluator reads {expected}: create them there, or \
         move them with Tensor::to_device"
    )]
    OtherDevice {
        /// Which input.
        input: Input,
        /// The device of the tensor.
        found: String,
        /// The device of the evaluator.
        expected: String,
    },

    /// An element type that cannot be read on the device.
    #[error("the {input}s are of type {dtype:?}: {advice}")]
    Dtype {
        /// Which input.
        input: Input,
        /// The element type.
        dtype: DType,
        /// What to do.
        advice: &'static str,
    },

    /// A shape that does not match the other tensors. Nothing is broadcast.
    #[error("the {input}s have shape {found:?}, but the {reference}s have {shape:?}: {expected}")]
    Shape {
        /// Which input.
        input: Input,
        /// Its shape.
        found: Vec<usize>,
        /// The input that it must match.
        reference: Input,
        /// The shape of that input.
        shape: Vec<usize>,
        /// The shapes that would match.
        expected: String,
    },

    /// burn cannot provide a tensor, because an operation that computes it failed.
    #[error("burn could not provide the {input}s: {reason}")]
    Tensor {
        /// Which input.
        input: Input,
        /// burn's message.
        reason: String,
    },

    /// A metric that is not a single number; the dashboard only shows numbers.
    #[error(
        "{spec} is not a single number; burn's dashboard needs one: choose an average, or read the \
         metric from a TensorEvaluator"
    )]
    NotANumber {
        /// The metric.
        spec: String,
    },

    /// An error of weighbridge.
    #[error(transparent)]
    Weighbridge(#[from] weighbridge::Error),
}

impl From<WgpuInitError> for Error {
    fn from(error: WgpuInitError) -> Self {
        match error {
            WgpuInitError::Registration { message } => Self::AlreadyInitialized { reason: message },
            error => Self::Init(error),
        }
    }
}
