//! Every Rust example of the README and of `docs/` is compiled, and run unless it needs a device.

#[cfg(feature = "gpu")]
#[doc = include_str!("../README.md")]
mod readme {}

#[doc = include_str!("../docs/command.md")]
mod command {}

#[doc = include_str!("../docs/guide.md")]
mod guide {}

#[cfg(feature = "gpu")]
#[doc = include_str!("../docs/training-loops.md")]
mod training_loops {}

#[doc = include_str!("../docs/curves.md")]
mod curves {}

#[doc = include_str!("../docs/custom-values.md")]
mod custom_values {}

#[doc = include_str!("../docs/numerics.md")]
mod numerics {}

#[doc = include_str!("../docs/determinism.md")]
mod determinism {}

#[doc = include_str!("../docs/metrics.md")]
mod metrics {}

#[doc = include_str!("../docs/names.md")]
mod names {}

#[doc = include_str!("../ARCHITECTURE.md")]
mod architecture {}

#[doc = include_str!("../CONTRIBUTING.md")]
mod contributing {}
