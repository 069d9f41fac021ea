//! The GPU engine: which adapters there are, how a plan's passes are laid out and composed, and how
//! samples get there and totals come back.
//!
//! Totals stay on the device as exact integers, faults and counts included; reading them is one
//! small copy. Nothing above this module knows how many passes a plan takes.

mod buffers;
mod device;
mod dispatch;
mod engine;
mod layout;
mod scores;
mod snapshot;
mod sort_throughput;
pub mod source;
#[cfg(test)]
mod tests;
mod throughput;
mod verify;

pub use self::device::adapter::{AdapterSummary, adapters};
pub use self::device::caller::SharedDevice;
pub(crate) use self::engine::Engine;
pub(crate) use self::snapshot::Snapshot;
pub use self::sort_throughput::SortThroughput;
pub use self::throughput::Throughput;

use crate::error::Error;

/// Opens an adapter and runs its self-test.
///
/// # Errors
///
/// [`Error::AdapterRefused`] if its arithmetic differs from the CPU engine's, or a device that
/// fails.
pub fn self_test(adapter: &AdapterSummary) -> Result<(), Error> {
    engine::connect(adapter.clone()).map(|_| ())
}
