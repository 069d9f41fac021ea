//! What can go wrong between burn and weighbridge.

use burn::tensor::{DType, wgpu::WgpuInitError};
use weighbridge::error::Input;

/// What can go wrong; each message says what, where, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// burn's wgpu runtime was initialised before, by a tensor or by another call.
    #[error(
        "burn's wgpu runtime is in use already ({reason}): call weighbridge_burn::init before the \
         first tensor, once in the process, and share what it returns"
    )]
    AlreadyInitialized {
        /// What burn says.
        reason: String,
    },

    /// burn could not make a device.
    #[error("burn could not initialise its wgpu runtime: {0}")]
    Init(WgpuInitError),

    /// A tensor of another device than the evaluator's.
    #[error(
        "the {input}s are on {found}, but the evaluator reads {expected}: make them there, or move \
         them with Tensor::to_device"
    )]
    OtherDevice {
        /// Which input.
        input: Input,
        /// The device of the tensor.
        found: String,
        /// That of the evaluator.
        expected: String,
    },

    /// Elements of a type that is not read on the device.
    #[error("the {input}s are of type {dtype:?}: {advice}")]
    Dtype {
        /// Which input.
        input: Input,
        /// The element type.
        dtype: DType,
        /// What to do.
        advice: &'static str,
    },

    /// A shape that does not go with that of the other tensors. Nothing is broadcast.
    #[error("the {input}s have shape {found:?}, where the {reference}s have {shape:?}: {expected}")]
    Shape {
        /// Which input.
        input: Input,
        /// Its shape.
        found: Vec<usize>,
        /// The input that it must go with.
        reference: Input,
        /// The shape of that.
        shape: Vec<usize>,
        /// What would do.
        expected: String,
    },

    /// burn has no result for a tensor: an operation that it comes from failed.
    #[error("burn could not hand over the {input}s: {reason}")]
    Tensor {
        /// Which input.
        input: Input,
        /// What burn says.
        reason: String,
    },

    /// A metric that is no single number, in a dashboard of numbers.
    #[error(
        "{spec} is no single number, which burn's dashboard needs: read it from a TensorEvaluator, \
         or ask for an average"
    )]
    NotANumber {
        /// The metric.
        spec: String,
    },

    /// What weighbridge itself says.
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
