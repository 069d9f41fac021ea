//! The devices to test: the CPU, and every adapter of this machine.

use weighbridge::Device;

/// The CPU, and every adapter of this machine.
pub fn devices() -> Vec<Device> {
    [Device::Cpu].into_iter().chain(adapters()).collect()
}

/// Every adapter of this machine. None, with a message, if `WEIGHBRIDGE_GPU=off`.
#[cfg(feature = "gpu")]
pub fn adapters() -> Vec<Device> {
    if std::env::var_os("WEIGHBRIDGE_GPU").is_some_and(|value| value == "off") {
        eprintln!("skipped on adapters: WEIGHBRIDGE_GPU=off");
        return Vec::new();
    }
    let adapters = weighbridge::gpu::adapters();
    assert!(
        !adapters.is_empty(),
        "no adapter was found: run `sh tests/run.sh`, which installs one"
    );
    keep_open();
    adapters.into_iter().map(|adapter| Device::Named(adapter.name)).collect()
}

/// Keeps every adapter open until the process ends, so that each is tested, and each of its shaders
/// compiled, only once.
#[cfg(feature = "gpu")]
pub fn keep_open() {
    use std::sync::OnceLock;
    use weighbridge::{Evaluator, Task};

    static IN_USE: OnceLock<Vec<Evaluator>> = OnceLock::new();
    IN_USE.get_or_init(|| {
        let adapters = weighbridge::gpu::adapters().into_iter();
        let open = |name| Evaluator::builder(Task::Regression).device(Device::Named(name)).build();
        adapters.filter_map(|adapter| open(adapter.name).ok()).collect()
    });
}

#[cfg(not(feature = "gpu"))]
fn adapters() -> Vec<Device> {
    Vec::new()
}
