//! Where an evaluator can be tried: the CPU, and every adapter of this machine.

use weighbridge::Device;

/// The CPU, and every adapter of this machine.
pub fn devices() -> Vec<Device> {
    [Device::Cpu].into_iter().chain(adapters()).collect()
}

#[cfg(feature = "gpu")]
fn adapters() -> Vec<Device> {
    if std::env::var_os("WEIGHBRIDGE_GPU").is_some_and(|value| value == "off") {
        eprintln!("skipped on adapters: WEIGHBRIDGE_GPU=off");
        return Vec::new();
    }
    let adapters = weighbridge::gpu::adapters();
    assert!(!adapters.is_empty(), "there is no adapter: run `sh tests/run.sh`, which installs one");
    adapters.into_iter().map(|adapter| Device::Named(adapter.name)).collect()
}

#[cfg(not(feature = "gpu"))]
fn adapters() -> Vec<Device> {
    Vec::new()
}
