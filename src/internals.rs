//! What tests and benchmarks of this repository reach into. Nothing here is stable.

#[cfg(feature = "gpu")]
pub use crate::gpu::sorter::PairSorter;

pub use crate::statistic::examples::examples;

/// The shaders.
#[cfg(feature = "gpu")]
pub mod source {
    pub use crate::gpu::source::{Module, convert, fragments, modules, sort};
}
