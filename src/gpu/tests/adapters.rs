//! The adapters and devices to test.

use crate::gpu::device::adapter::{AdapterSummary, adapters};
use crate::gpu::device::connection::Connection;
use crate::gpu::open::connect;
use std::sync::{Arc, OnceLock};

/// Every adapter; none, with a message, if `WEIGHBRIDGE_GPU=off`.
pub(crate) fn test_adapters() -> Vec<AdapterSummary> {
    if std::env::var_os("WEIGHBRIDGE_GPU").is_some_and(|value| value == "off") {
        eprintln!("skipped: WEIGHBRIDGE_GPU=off");
        return Vec::new();
    }
    let adapters = adapters();
    assert!(
        !adapters.is_empty(),
        "no adapter was found: run `sh tests/run.sh`, which installs one"
    );
    adapters
}

/// Connections to every adapter, open until the process ends, so that each shader is compiled once.
pub(in crate::gpu) fn test_connections() -> Vec<Arc<Connection>> {
    static OPEN: OnceLock<Vec<Arc<Connection>>> = OnceLock::new();
    let open = |adapter| connect(adapter).expect("a sound adapter");
    OPEN.get_or_init(|| test_adapters().into_iter().map(open).collect()).clone()
}
