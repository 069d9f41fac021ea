//! What work over buffers is made for.

use crate::gpu::device::connection::Connection;
use crate::gpu::device::layouts::Layouts;
use crate::statistic::Plan;
use wgpu::Buffer;

/// The state of a plan on a device.
pub(in crate::gpu) struct Context<'a> {
    pub connection: &'a Connection,
    pub layouts: &'a Layouts,
    pub plan: &'a Plan,
    pub state: &'a Buffer,
    /// Entries of the state that one output has.
    pub entries: u32,
    /// Parameters of the passes, of which those of the samples are still to be set.
    pub parameters: &'a [u32],
    /// Most samples whose scores can be stored at a time.
    pub max_samples: Option<usize>,
}
