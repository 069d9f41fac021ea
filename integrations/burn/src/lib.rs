#![doc = include_str!("../README.md")]
//!
//! # Overview
//!
//! A [`Gpu`] is the device that burn and weighbridge share. A [`TensorEvaluator`] takes a
//! [`TensorBatch`] and reads its tensors in place; errors are of type [`Error`]. [`LearnerMetrics`]
//! shows the same metrics in the dashboard of burn's `Learner`.

mod batch;
mod error;
mod evaluator;
mod gpu;
mod layout;
pub mod learner;
mod pinned;
mod shape;
mod tensor;

pub use batch::TensorBatch;
pub use error::Error;
pub use evaluator::TensorEvaluator;
pub use gpu::{Gpu, init, init_with};
pub use learner::{LearnerMetrics, Side, Weighted};
pub use pinned::PinnedBatch;
pub use tensor::AnyTensor;
