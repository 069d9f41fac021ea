//! The device that burn and weighbridge share.

use crate::error::Error;
use burn::tensor::Device;
use burn::tensor::wgpu::{WgpuOptions, WgpuSetup};

/// Creates burn's device on the adapter that burn picks, and shares it with weighbridge. Call it
/// once per process, before anything else uses burn.
///
/// # Errors
///
/// [`Error::AlreadyInitialized`] or [`Error::Init`].
///
/// # Example
///
/// ```no_run
/// use burn::tensor::Tensor;
///
/// let gpu = weighbridge_burn::init()?;
/// let device = gpu.device().clone().autodiff();
/// let weights = Tensor::<1>::ones([32], &device);
/// # Ok::<(), weighbridge_burn::Error>(())
/// ```
pub fn init() -> Result<Gpu, Error> {
    init_with(Device::wgpu_options())
}

/// [`init`] with custom options: another adapter, graphics API or memory policy.
///
/// # Errors
///
/// As [`init`].
pub fn init_with(options: WgpuOptions) -> Result<Gpu, Error> {
    let (device, setup) = options.init_with_setup()?;
    Ok(Gpu::new(device, setup))
}

/// The device that burn and weighbridge share. Clones refer to the same device.
#[derive(Clone, Debug)]
pub struct Gpu {
    device: Device,
    setup: WgpuSetup,
    shared: weighbridge::Device,
}

impl Gpu {
    /// Wraps a device that was created elsewhere: by burn's `init_with_setup`, or by its
    /// `setup(setup).init()` with a custom setup.
    pub fn new(device: Device, setup: WgpuSetup) -> Self {
        let shared = weighbridge::Device::shared(setup.device.clone(), setup.queue.clone());
        Self { device: device.without_autodiff(), setup, shared }
    }

    /// The device as burn sees it, without autodiff.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// The device as weighbridge sees it.
    pub fn shared(&self) -> &weighbridge::Device {
        &self.shared
    }

    /// The device and queue that both share, for custom work on the same queue.
    pub fn setup(&self) -> &WgpuSetup {
        &self.setup
    }
}
