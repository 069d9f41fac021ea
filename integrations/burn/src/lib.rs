#![doc = include_str!("../README.md")]
//!
//! # Where things are
//!
//! A [`Gpu`] is burn's device and weighbridge's, which are one. A [`TensorBatch`] of tensors goes to a
//! [`TensorEvaluator`], which reads them where they are; what can go wrong is an [`Error`].
//! [`LearnerMetrics`] shows the same metrics in the dashboard of burn's `Learner`.

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
