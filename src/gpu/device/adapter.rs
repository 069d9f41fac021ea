//! The adapters of this machine, and which one is selected.

use super::{backends, hardware};
use crate::error::{DeviceError, Error};
use std::fmt;
use std::sync::LazyLock;
use wgpu::{Adapter, Backends, DeviceType, Instance, InstanceDescriptor};

/// The environment variable that selects adapters by (part of) their name, as in wgpu's examples.
const NAME_VARIABLE: &str = "WGPU_ADAPTER_NAME";

/// One instance for the process, restricted by `WGPU_BACKEND`. None on a platform whose graphics
/// APIs are not built into wgpu.
static INSTANCE: LazyLock<Option<Instance>> = LazyLock::new(|| {
    let usable = !Instance::enabled_backend_features().is_empty();
    usable.then(|| Instance::new(InstanceDescriptor::new_without_display_handle_from_env()))
});

/// An adapter: a GPU, or software that emulates one.
#[derive(Clone, Debug)]
pub struct AdapterSummary {
    /// Its name.
    pub name: String,
    /// The driver's name and version.
    pub driver: String,
    /// The graphics API, such as Vulkan.
    pub backend: String,
    /// Whether it is software on the CPU.
    pub software: bool,
    pub(in crate::gpu) adapter: Adapter,
    /// Its index among the adapters, since two adapters may be equal in all other fields.
    ordinal: usize,
}

impl AdapterSummary {
    fn new((ordinal, adapter): (usize, Adapter)) -> Self {
        let info = adapter.get_info();
        Self {
            driver: format!("{} {}", info.driver, info.driver_info).trim().to_owned(),
            backend: info.backend.to_string(),
            software: info.device_type == DeviceType::Cpu,
            name: info.name,
            adapter,
            ordinal,
        }
    }

    /// Identifies this adapter.
    pub(in crate::gpu) fn key(&self) -> usize {
        self.ordinal
    }
}

impl fmt::Display for AdapterSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}, {})", self.name, self.backend, self.driver)
    }
}

/// Enumerated once: this takes time, and some drivers print to stderr.
static ADAPTERS: LazyLock<Vec<AdapterSummary>> = LazyLock::new(|| {
    let Some(instance) = &*INSTANCE else { return Vec::new() };
    let adapters = pollster::block_on(instance.enumerate_adapters(Backends::all()));
    let mut adapters: Vec<_> = adapters.into_iter().enumerate().map(AdapterSummary::new).collect();
    adapters.sort_by_key(|adapter| match adapter.adapter.get_info().device_type {
        DeviceType::DiscreteGpu => 0,
        DeviceType::IntegratedGpu => 1,
        DeviceType::VirtualGpu => 2,
        DeviceType::Other => 3,
        DeviceType::Cpu => 4,
    });
    adapters
});

/// The adapters of this machine that `WGPU_BACKEND` allows, hardware first.
pub fn adapters() -> Vec<AdapterSummary> {
    ADAPTERS.clone()
}

/// The adapter whose name contains `name`, ignoring case. If `name` is empty, the adapter named by
/// `WGPU_ADAPTER_NAME`, or else the first. None if it is `optional`, neither names one, and there
/// is no hardware adapter.
///
/// # Errors
///
/// [`DeviceError::NoAdapter`](crate::error::DeviceError::NoAdapter), which reports `purpose` if no
/// adapter is named.
pub(in crate::gpu) fn select(
    name: Option<&str>,
    optional: bool,
    purpose: &str,
) -> Result<Option<AdapterSummary>, Error> {
    let variable = std::env::var(NAME_VARIABLE).unwrap_or_default();
    let name = name.unwrap_or(&variable);
    let contains =
        |adapter: &AdapterSummary| adapter.name.to_lowercase().contains(&name.to_lowercase());
    // A named adapter may be software.
    let optional = optional && name.is_empty();
    if optional && !hardware::is_possible() {
        return Ok(None);
    }
    let all = adapters();
    let found = all.iter().map(ToString::to_string).collect();
    match all.into_iter().find(|adapter| contains(adapter) && !(optional && adapter.software)) {
        Some(adapter) => Ok(Some(adapter)),
        None if optional => Ok(None),
        None => {
            let wanted = match name.is_empty() {
                false => format!("whose name contains {name:?}"),
                true => purpose.to_owned(),
            };
            let restriction = backends::backend_restriction();
            Err(Error::Device(DeviceError::NoAdapter { requested: wanted, found, restriction }))
        }
    }
}
