//! Checks before a device is trusted: its loops, its arithmetic, its exact sums, the kernels that
//! read buffers, and custom values.

pub mod conversion;
pub mod conversion_cases;
pub mod custom_value;
pub mod custom_wgsl;
pub mod loops;
pub mod probe;
pub mod self_test;
pub mod vectors;
