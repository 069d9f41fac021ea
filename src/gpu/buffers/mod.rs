//! Batches in buffers on the device. They are read in place if the kernels can read them there;
//! otherwise they are converted, chunk by chunk, into a buffer that is reused.
//!
//! Bind groups belong to buffers, and the offsets of columns are parameters. So columns at changing
//! offsets in the same buffers, as with tensors from a memory pool, reuse their bind groups if the
//! work is submitted immediately. The parameters are in a buffer that belongs to the work over a
//! batch. For work that is submitted immediately they are written in order on the queue. For work
//! that others submit they are written once, so that an encoder that is submitted late, out of
//! order or never still refers to the parameters it was recorded with.

mod cache;
mod context;
mod key;
mod planner;
pub mod readback;
mod window;
mod work;

pub(super) use self::context::Context;
pub(super) use self::work::PreparedBatch;

use self::cache::WorkCache;
use self::key::Key;
use self::planner::Planner;
use self::work::Resources;
use crate::batch::{BufferBatch, ClassWeighting};
use crate::error::Error;
use crate::statistic::Schema;

/// Prepares the work over batches in buffers, and keeps it for batches that are reused.
#[derive(Debug, Default)]
pub(super) struct BufferWork {
    cache: WorkCache,
    resources: Resources,
}

impl BufferWork {
    /// The work over a batch with at least one sample, to be submitted immediately or recorded for
    /// others to submit. Return it with [`put_back`](Self::put_back).
    pub fn take(
        &mut self,
        context: &Context<'_>,
        batch: &BufferBatch<'_>,
        schema: Schema,
        class_weighting: &ClassWeighting,
        is_recorded: bool,
    ) -> Result<PreparedBatch, Error> {
        let (key, offsets) = Key::new(batch, is_recorded);
        let kept = self.cache.take(&key);
        let was_kept = kept.is_some();
        let kept = match kept {
            Some(kept) if kept.offsets == offsets => return Ok(kept),
            kept => kept,
        };
        let planned = Planner { context, batch, schema, class_weighting }.plan()?;
        let moved = kept.map(|kept| kept.moved(context, &planned, offsets)).transpose()?;
        if let Some(moved) = moved.flatten() {
            return Ok(moved);
        }
        let work = self.resources.prepare(context, planned, class_weighting)?;
        Ok(PreparedBatch { work, key, was_kept, offsets })
    }

    /// Replaces the conversion kernel for short rows, before the first batch.
    pub fn set_conversion(&mut self, pipeline: wgpu::ComputePipeline) {
        self.resources.convert[0] = Some(pipeline);
    }

    /// Keeps work for reuse, if its batch was seen before.
    pub fn put_back(&mut self, prepared: PreparedBatch) {
        self.cache.put_back(prepared);
    }
}

#[cfg(test)]
impl BufferWork {
    /// Number of cached batches.
    pub fn kept(&self) -> usize {
        self.cache.len()
    }

    /// The memory of converted columns.
    pub fn columns(&self) -> Option<&wgpu::Buffer> {
        self.resources.columns.as_ref()
    }
}
