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
#[path = "gpu/absent.rs"]
mod gpu;
pub mod metric;
pub mod report;
mod state;
pub mod statistic;
pub mod suite;
mod task;
mod window;

#[doc(inline)]
pub use batch::{AsBatch, Batch, Column};
#[cfg(feature = "gpu")]
#[doc(inline)]
pub use batch::{BufferColumn, Dtype};
pub use cpu::InstructionSet;
pub use device::Device;
#[doc(inline)]
pub use error::{Error, Undefined};
pub use evaluator::{Builder, Evaluator, Snapshot};
#[doc(inline)]
pub use exact::ExactSum;
#[doc(inline)]
pub use report::Report;
pub use state::State;
#[doc(inline)]
pub use suite::Suite;
pub use task::Task;
pub use window::Window;

#[cfg(feature = "gpu")]
pub use wgpu;
