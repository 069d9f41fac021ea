//! Batches in buffers on the caller's device give the same states as slices on the host, for every
//! element type, offset and stride. Recorded work may be submitted late or never.

mod agreement;
mod data;
mod errors;
mod order;
mod scores;
pub mod shared;
