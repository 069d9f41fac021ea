//! A device that belongs to the caller.

use super::connection::Connection;
use crate::error::Error;
use crate::gpu::dispatch::bindings::ALIGNMENT_BYTES;
use crate::gpu::dispatch::staging::MIN_BINDING_BYTES;
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

/// Fails if the device's limits are below the engine's needs, which every WebGPU device meets.
fn check_limits(connection: &Connection) -> Result<(), Error> {
    let (limits, required) = (connection.device.limits(), wgpu::Limits::default());
    let counts =
        |count: fn(&wgpu::Limits) -> u32| [&limits, &required].map(|l| u64::from(count(l)));
    let needed = [
        ("bind groups", counts(|limits| limits.max_bind_groups)),
        (
            "storage buffers per shader stage",
            counts(|limits| limits.max_storage_buffers_per_shader_stage),
        ),
        (
            "uniform buffers per shader stage",
            counts(|limits| limits.max_uniform_buffers_per_shader_stage),
        ),
        (
            "dynamic storage buffers",
            counts(|limits| limits.max_dynamic_storage_buffers_per_pipeline_layout),
        ),
        (
            "dynamic uniform buffers",
            counts(|limits| limits.max_dynamic_uniform_buffers_per_pipeline_layout),
        ),
        ("bytes of workgroup storage", counts(|limits| limits.max_compute_workgroup_storage_size)),
        (
            "invocations per workgroup",
            counts(|limits| limits.max_compute_invocations_per_workgroup),
        ),
        ("threads in a row of a workgroup", counts(|limits| limits.max_compute_workgroup_size_x)),
        ("workgroups per dimension", counts(|limits| limits.max_compute_workgroups_per_dimension)),
        (
            "bytes per uniform buffer binding",
            [&limits, &required].map(|limits| limits.max_uniform_buffer_binding_size),
        ),
        (
            "bytes per storage buffer binding",
            [limits.max_storage_buffer_binding_size, MIN_BINDING_BYTES],
        ),
        ("bytes per buffer", [limits.max_buffer_size, 4 * MIN_BINDING_BYTES]),
    ];
    if let Some((what, [has, needs])) = needed.into_iter().find(|(_, [has, needs])| has < needs) {
        return Err(connection.failed(format!(
            "it has {has} {what}, and {needs} are needed: request it with wgpu's default limits, or more"
        )));
    }
    let (has, most) = (limits.min_storage_buffer_offset_alignment, ALIGNMENT_BYTES);
    if u64::from(has) > most {
        return Err(connection.failed(format!(
            "its storage buffers are bound at multiples of {has} bytes, and of at most {most} are \
             needed: request it with wgpu's default limits"
        )));
    }
    Ok(())
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
