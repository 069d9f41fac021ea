//! Checks before a device is trusted: its arithmetic, its exact sums, and custom values.

pub mod custom_value;
pub mod custom_wgsl;
pub mod probe;
pub mod self_test;
pub mod vectors;
