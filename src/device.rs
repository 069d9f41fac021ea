//! Devices: where an evaluator does its work.

use crate::error::{DeviceError, Error};
use std::str::FromStr;

/// The environment variable that [`Device::Auto`] reads.
pub const VARIABLE: &str = "WEIGHBRIDGE_DEVICE";

/// Where an evaluator does its work.
///
/// Results have the same bits on every device. Adapters are restricted by the environment variables
/// `WGPU_BACKEND`, which wgpu defines, and `WGPU_ADAPTER_NAME`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Device {
    /// The device in the environment variable `WEIGHBRIDGE_DEVICE` (`auto`, `cpu` or `gpu`). If it
    /// is not set, a hardware GPU if there is one, else the CPU engine.
    ///
    /// On Linux no driver is loaded if no GPU is possible: if no node in `/dev` has a name that
    /// starts with `dri`, `nvidia`, `nvhost`, `nvmap`, `kfd`, `dxg`, `kgsl`, `mali`, `pvr` or
    /// `galcore`, and there is no PCI device by NVIDIA. `Gpu` and `Named` always search.
    #[default]
    Auto,
    /// The CPU engine.
    Cpu,
    /// A GPU, hardware before software adapters.
    Gpu,
    /// The adapter whose name contains this text, ignoring case.
    Named(String),
    /// A device of the caller; see [`shared`](Self::shared).
    #[cfg(feature = "gpu")]
    Shared(crate::gpu::SharedDevice),
}

impl FromStr for Device {
    type Err = std::convert::Infallible;

    /// Reads `auto`, `cpu`, `gpu`, or (part of) an adapter's name, ignoring case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.to_ascii_lowercase().as_str() {
            "auto" => Self::Auto,
            "cpu" => Self::Cpu,
            "gpu" => Self::Gpu,
            _ => Self::Named(text.to_owned()),
        })
    }
}

impl Device {
    /// A device of the caller, such as the device of a training loop, and its queue. Batches in
    /// [buffers](crate::BufferColumn) of this device are read in place.
    ///
    /// The evaluator submits its work to the queue, reports only errors of its own work, and
    /// replaces none of the device's callbacks. WebGPU's default limits are enough, and no features
    /// are needed. The first evaluator runs a self-test and compiles its shaders. Evaluators built
    /// from clones of this value share both, so create it once.
    #[cfg(feature = "gpu")]
    pub fn shared(device: wgpu::Device, queue: wgpu::Queue) -> Self {
        Self::Shared(crate::gpu::SharedDevice::new(device, queue))
    }

    /// The device that `Auto` selects in this environment; other devices unchanged.
    ///
    /// # Errors
    ///
    /// [`DeviceError::InvalidEnvironment`](crate::error::DeviceError::InvalidEnvironment) if
    /// `WEIGHBRIDGE_DEVICE` is not auto, cpu or gpu.
    pub fn resolved(&self) -> Result<Self, Error> {
        let value = match std::env::var_os(VARIABLE) {
            Some(value) if *self == Self::Auto && !value.is_empty() => value,
            _ => return Ok(self.clone()),
        };
        match value.to_str() {
            Some("auto") => Ok(Self::Auto),
            Some("cpu") => Ok(Self::Cpu),
            Some("gpu") => Ok(Self::Gpu),
            _ => Err(Error::Device(DeviceError::InvalidEnvironment {
                variable: VARIABLE,
                value: value.to_string_lossy().into_owned(),
                expected: "auto, cpu or gpu",
            })),
        }
    }
}
