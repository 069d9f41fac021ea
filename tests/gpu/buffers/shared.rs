//! Devices that the test owns, as a training loop would.

use pollster::block_on;
use std::sync::OnceLock;
use weighbridge::wgpu::{
    Adapter, Backends, Device, DeviceDescriptor, Instance, InstanceDescriptor, Limits, Queue,
};

/// A device and its queue.
#[derive(Clone, Debug)]
pub struct Shared {
    pub name: String,
    pub device: Device,
    pub queue: Queue,
    /// For evaluators.
    pub of_evaluators: weighbridge::Device,
}

impl Shared {
    pub fn of(adapter: &Adapter, required_limits: Limits) -> Self {
        let descriptor = DeviceDescriptor { required_limits, ..Default::default() };
        let (device, queue) = block_on(adapter.request_device(&descriptor)).expect("a device");
        let of_evaluators = weighbridge::Device::shared(device.clone(), queue.clone());
        Self { name: adapter.get_info().name, device, queue, of_evaluators }
    }
}

/// Every adapter. None, with a message, if `WEIGHBRIDGE_GPU=off`.
pub fn adapters() -> Vec<Adapter> {
    if std::env::var_os("WEIGHBRIDGE_GPU").is_some_and(|value| value == "off") {
        eprintln!("skipped: WEIGHBRIDGE_GPU=off");
        return Vec::new();
    }
    let instance = Instance::new(InstanceDescriptor::new_without_display_handle_from_env());
    let adapters = block_on(instance.enumerate_adapters(Backends::all()));
    assert!(
        !adapters.is_empty(),
        "no adapter was found: run `sh tests/run.sh`, which installs one"
    );
    adapters
}

/// A device of every adapter, shared by all tests so that shaders are compiled only once.
pub fn devices() -> Vec<Shared> {
    static DEVICES: OnceLock<Vec<Shared>> = OnceLock::new();
    DEVICES.get_or_init(own_devices).clone()
}

/// A new device of every adapter, which the test may lose.
pub fn own_devices() -> Vec<Shared> {
    adapters().iter().map(|adapter| Shared::of(adapter, Limits::default())).collect()
}
