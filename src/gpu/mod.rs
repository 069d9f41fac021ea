//! The GPU engine: adapters, the layout and composition of a plan's passes, and the transfer of
//! samples to the device and of totals back.
//!
//! Totals stay on the device as exact integers, including faults and counts; reading them is one
//! small copy. The number of passes of a plan is not visible outside this module.

mod buffers;
mod device;
mod dispatch;
mod engine;
mod layout;
mod open;
mod pending_batch;
mod pending_totals;
mod scores;
pub(crate) mod sorter;
pub(crate) mod source;
mod target;
#[cfg(test)]
pub(crate) mod tests;
mod verify;

pub use self::device::adapter::{AdapterSummary, adapters};
pub use self::device::backends::backend_restriction;
pub use self::device::caller::SharedDevice;
pub(crate) use self::engine::Engine;
pub(crate) use self::open::open;
pub(crate) use self::pending_batch::PendingBatch;
pub(crate) use self::pending_totals::PendingTotals;
pub(crate) use self::target::Target;

use crate::error::Error;

/// Opens an adapter and runs its self-test.
///
/// # Errors
///
/// [`DeviceError::SelfTestFailed`](crate::error::DeviceError::SelfTestFailed) if its arithmetic
/// differs from the CPU engine's, or a device that fails.
pub fn self_test(adapter: &AdapterSummary) -> Result<(), Error> {
    open::connect(adapter.clone()).map(|_| ())
}
