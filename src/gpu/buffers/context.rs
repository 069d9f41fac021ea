//! What work over buffers is made for.

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
    /// Parameters of the passes, of which those of the samples are still to be set.
    pub parameters: &'a [u32],
    /// Most samples whose scores can be stored at a time.
    pub max_samples: Option<usize>,
}
