//! A device that belongs to the caller.

use super::connection::Connection;
use crate::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

/// A caller's device and queue. Clones share its compiled shaders and its self-test.
#[derive(Clone)]
pub struct SharedDevice(Arc<Shared>);

struct Shared {
    device: wgpu::Device,
    queue: wgpu::Queue,
    connection: Mutex<Option<Arc<Connection>>>,
}

impl SharedDevice {
    pub(crate) fn new(device: wgpu::Device, queue: wgpu::Queue) -> Self {
        Self(Arc::new(Shared { device, queue, connection: Mutex::default() }))
    }

    /// The device, after running `test` if it has not passed yet.
    pub(in crate::gpu) fn connect(
        &self,
        test: impl FnOnce(&Arc<Connection>) -> Result<(), Error>,
    ) -> Result<Arc<Connection>, Error> {
        let Shared { device, queue, connection } = &*self.0;
        let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(connection) = &*connection {
            return Ok(connection.clone());
        }
        let new = Arc::new(Connection::of_caller(device.clone(), queue.clone()));
        check_limits(&new)?;
        // wgpu panics if a queue does not belong to the device.
        catch_unwind(AssertUnwindSafe(|| test(&new))).unwrap_or_else(|_| {
            Err(new.failed("it could not be used: the queue must be that of the device"))
        })?;
        *connection = Some(new.clone());
        Ok(new)
    }
}

/// Fails if the device's limits are below the kernels' needs, which every WebGPU device meets.
fn check_limits(connection: &Connection) -> Result<(), Error> {
    let (limits, required) = (connection.device.limits(), wgpu::Limits::default());
    let needed = [
        (
            "storage buffers per shader stage",
            limits.max_storage_buffers_per_shader_stage,
            required.max_storage_buffers_per_shader_stage,
        ),
        (
            "bytes of workgroup storage",
            limits.max_compute_workgroup_storage_size,
            required.max_compute_workgroup_storage_size,
        ),
        (
            "invocations per workgroup",
            limits.max_compute_invocations_per_workgroup,
            required.max_compute_invocations_per_workgroup,
        ),
        (
            "dynamic storage buffers",
            limits.max_dynamic_storage_buffers_per_pipeline_layout,
            required.max_dynamic_storage_buffers_per_pipeline_layout,
        ),
    ];
    match needed.into_iter().find(|(_, has, needs)| has < needs) {
        None => Ok(()),
        Some((what, has, needs)) => Err(connection.failed(format!(
            "it has {has} {what}, and {needs} are needed: request it with wgpu's default limits, or more"
        ))),
    }
}

/// Devices of different instances can look alike, so only clones are equal.
impl PartialEq for SharedDevice {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for SharedDevice {}

impl fmt::Debug for SharedDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SharedDevice").field(&self.0.device.adapter_info().name).finish()
    }
}
