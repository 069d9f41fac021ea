//! Exact, weighted model metrics on the GPU and the CPU, to the same bits.

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

pub use batch::{Batch, Column};
pub use cpu::InstructionSet;
pub use device::Device;
pub use error::{Error, Undefined};
pub use evaluator::{Builder, Evaluator};
pub use exact::ExactSum;
pub use report::Report;
pub use state::State;
pub use statistic::Task;

#[cfg(feature = "gpu")]
pub use wgpu;
