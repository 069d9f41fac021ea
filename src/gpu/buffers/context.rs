//! The plan and the device for which work over buffers is prepared.

use crate::gpu::device::connection::Connection;
use crate::gpu::device::layouts::Layouts;
use crate::gpu::layout::Layout;
use crate::statistic::Plan;
use wgpu::Buffer;

/// The state of a plan on a device.
pub(in crate::gpu) struct Context<'a> {
    pub connection: &'a Connection,
    pub layouts: &'a Layouts,
    pub plan: &'a Plan,
    pub state: &'a Buffer,
    pub layout: &'a Layout,
    /// Parameters of the passes; the parameters of the samples are set later.
    pub parameters: &'a [u32],
    /// The largest number of samples of a chunk, if stored scores or loops limit it.
    pub max_samples: Option<usize>,
}
