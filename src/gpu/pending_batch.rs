//! A batch that is added chunk by chunk.

use super::dispatch::staging::slot_elements;
use super::engine::Engine;
use crate::batch::Chunk;
use crate::error::Error;
use crate::statistic::Schema;

/// A batch whose chunks are added one by one. If it is dropped before it is committed, the batch
/// has failed: if part of it is on the device, totals cannot be read until a reset.
pub(crate) struct PendingBatch<'a> {
    engine: &'a mut Engine,
    /// Whether part of the batch is on the device.
    is_partial: bool,
}

impl<'a> PendingBatch<'a> {
    /// Begins a batch of `samples` samples.
    ///
    /// A caller's device may have any other work to do. If the batch has several chunks, this waits
    /// until that is done, so that a wait that ends too late usually ends here, before any chunk is
    /// on the device.
    pub fn begin(engine: &'a mut Engine, samples: usize, schema: Schema) -> Result<Self, Error> {
        let elements = samples * schema.prediction_width();
        let is_one =
            engine.plan.views().count() == 1 && elements <= slot_elements(&engine.connection);
        if engine.connection.is_callers() && !is_one {
            engine.connection.wait(None)?;
        }
        Ok(Self { engine, is_partial: false })
    }

    /// Begins a batch of one chunk.
    pub fn new(engine: &'a mut Engine) -> Self {
        Self { engine, is_partial: false }
    }

    /// Copies the samples of a view to the device and submits the work that adds them to the view's
    /// total; waits only if staging memory is full.
    pub fn add(&mut self, chunk: &Chunk<'_>, view: usize) -> Result<(), Error> {
        let Self { engine, is_partial } = self;
        engine.prepare(chunk.schema)?;
        let elements = slot_elements(&engine.connection);
        let samples = (elements / chunk.schema.prediction_width()).max(1);
        for start in (0..chunk.len()).step_by(samples) {
            let part = chunk.slice(start..chunk.len().min(start + samples));
            engine.submit(&part, view, *is_partial)?;
            *is_partial = true;
        }
        Ok(())
    }

    /// Completes a batch of `samples` samples. The device must have counted them when its work is
    /// done, so that a missing part is noticed.
    pub fn commit(mut self, samples: usize) {
        self.engine.samples += samples as u64;
        self.is_partial = false;
    }
}

impl Drop for PendingBatch<'_> {
    fn drop(&mut self) {
        self.engine.broken |= self.is_partial;
    }
}
