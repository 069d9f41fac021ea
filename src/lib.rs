#![doc = include_str!("../README.md")]
//!
//! # Where things are
//!
//! A [`Batch`] of predictions, truths and weights goes to an [`Evaluator`], whose [`metric`]s name the
//! [`statistic`]s they need. An engine, CPU or [`gpu`](crate::gpu), adds batches to the
//! [`State`]: exact integers ([`ExactSum`]). A metric turns the totals into a [`Report`] of values, or
//! says why a value is [`Undefined`]. What can go wrong otherwise is an [`Error`].

pub mod batch;
mod cpu;
mod device;
pub mod error;
mod evaluator;
pub mod exact;
#[cfg(feature = "gpu")]
pub mod gpu;
#[cfg(not(feature = "gpu"))]
#[path = "gpu/disabled.rs"]
mod gpu;
#[doc(hidden)]
pub mod internals;
pub mod kernel;
pub mod metric;
pub mod report;
mod state;
pub mod statistic;
pub mod suite;
mod task;
mod window;

#[doc(inline)]
pub use crate::batch::{AsBatch, Batch, Column};
#[cfg(feature = "gpu")]
#[doc(inline)]
pub use crate::batch::{BufferColumn, Dtype};
pub use crate::cpu::InstructionSet;
pub use crate::device::Device;
#[doc(inline)]
pub use crate::error::{Error, Undefined};
pub use crate::evaluator::{Evaluator, EvaluatorBuilder, Snapshot};
#[doc(inline)]
pub use crate::exact::ExactSum;
#[doc(inline)]
pub use crate::report::Report;
pub use crate::state::State;
#[doc(inline)]
pub use crate::suite::MultiOutput;
pub use crate::task::Task;
pub use crate::window::Window;

#[cfg(feature = "gpu")]
pub use wgpu;
