//! The GPU engine: which adapters there are, how a plan's passes are laid out and composed, and how
//! samples get there and totals come back.
//!
//! Totals stay on the device as exact integers, faults and counts included; reading them is one
//! small copy. Nothing above this module knows how many passes a plan takes.

mod adapter;
mod arrival;
mod bindings;
mod buffers;
mod connection;
mod engine;
#[cfg(test)]
mod float;
mod layout;
#[cfg(test)]
mod mutants;
mod own;
mod pipelines;
mod probe;
mod reading;
#[cfg(test)]
mod rows;
mod self_test;
mod shared;
mod snapshot;
mod sort;
mod sort_throughput;
pub mod source;
mod staging;
mod stored;
#[cfg(test)]
mod teeth;
mod throughput;
mod twins;

pub use adapter::{AdapterSummary, adapters};
pub(crate) use engine::Engine;
pub use shared::SharedDevice;
pub(crate) use snapshot::Snapshot;
pub use sort_throughput::SortThroughput;
pub use throughput::Throughput;

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
