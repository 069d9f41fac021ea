//! The GPU engine: adapters, the layout and composition of a plan's passes, and how samples get to
//! the device and totals come back.
//!
//! Totals stay on the device as exact integers, faults and counts included; reading them is one
//! small copy. Nothing above this module knows how many passes a plan takes.

mod buffers;
mod device;
mod dispatch;
mod engine;
mod layout;
mod open;
mod scores;
mod snapshot;
pub(crate) mod sorter;
pub(crate) mod source;
mod target;
#[cfg(test)]
mod tests;
mod verify;

pub use self::device::adapter::{AdapterSummary, adapters};
pub use self::device::caller::SharedDevice;
pub(crate) use self::engine::{Engine, PendingBatch};
pub(crate) use self::open::open;
pub(crate) use self::snapshot::Snapshot;
pub(crate) use self::target::Target;

use crate::error::Error;

/// Opens an adapter and runs its self-test.
///
/// # Errors
///
/// [`DeviceError::SelfTestFailed`](crate::error::DeviceError::SelfTestFailed) if its arithmetic differs from the CPU engine's, or a device that
/// fails.
pub fn self_test(adapter: &AdapterSummary) -> Result<(), Error> {
    open::connect(adapter.clone()).map(|_| ())
}
