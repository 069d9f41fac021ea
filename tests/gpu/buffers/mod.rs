//! Batches in buffers on a device of the caller's own: the same states as those of slices on the host,
//! for every element type, offset and stride; and work that others submit, late, twice or never.

mod agreement;
mod data;
mod errors;
mod order;
mod scores;
mod shared;
