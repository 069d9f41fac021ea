//! Batches that are in buffers on the device: read where they are if they stand there as the kernels
//! read them, else brought into that form, piece by piece, in a buffer that is used again and again.
//!
//! Bind groups belong to buffers, and where columns begin in them is told: columns that wander through
//! the same buffers, as tensors do, need nothing new for work that is submitted at once. What the
//! kernels are told lies in a buffer that belongs to the work over a batch. That of work which is
//! submitted at once is written in order on the queue; that of work which others submit is written once,
//! so that an encoder which is late, dropped, or submitted after others finds what it was recorded
//! with.

mod cache;
mod parameters;
mod planner;
mod readback;
mod window;
mod work;

pub(super) use self::cache::WorkCache;
pub(super) use self::parameters::CONSTANTS;
pub(super) use self::work::Scratch;

use self::cache::Key;
use self::planner::Shape;
use self::work::{Convert, PreparedBatch, Work};
use super::device::connection::Connection;
use super::engine::{Engine, Kernels, ScoreSlots};
use crate::batch::{BufferBatch, ClassWeighting};
use crate::error::Error;
use crate::statistic::Schema;
use wgpu::{CommandEncoder, ComputePassDescriptor};

impl Engine {
    /// Submits the work of adding a batch in buffers, and waits for none of it.
    pub fn add_buffers(
        &mut self,
        batch: &BufferBatch<'_>,
        schema: Schema,
        class_weighting: &ClassWeighting,
    ) -> Result<(), Error> {
        let samples = batch.samples(schema, self.plan.outputs as usize);
        let submission =
            self.with_work(batch, schema, class_weighting, false, |engine, work| {
                let rooms = engine.rooms(work, false)?;
                let Connection { device, queue, .. } = &*engine.connection;
                engine.connection.guarded(|| {
                    let mut encoder = device.create_command_encoder(&Default::default());
                    engine.record(&mut encoder, work, &rooms);
                    queue.submit([encoder.finish()])
                })
            })?;
        if let Some(submission) = submission {
            self.last = Some(submission);
            self.commit(samples);
        }
        Ok(())
    }

    /// Records the work of adding a batch in buffers.
    pub fn encode_buffers(
        &mut self,
        encoder: &mut CommandEncoder,
        batch: &BufferBatch<'_>,
        schema: Schema,
        class_weighting: &ClassWeighting,
    ) -> Result<(), Error> {
        let samples = batch.samples(schema, self.plan.outputs as usize);
        self.with_work(batch, schema, class_weighting, true, |engine, work| {
            let rooms = engine.rooms(work, true)?;
            engine.connection.guarded(|| engine.record(encoder, work, &rooms))
        })?;
        self.encoded += samples as u64;
        Ok(())
    }

    /// Does something with the work over a batch, which is submitted at once or recorded for others to
    /// submit; nothing if it has no samples.
    fn with_work<T>(
        &mut self,
        batch: &BufferBatch<'_>,
        schema: Schema,
        class_weighting: &ClassWeighting,
        is_recorded: bool,
        then: impl FnOnce(&mut Self, &[Work]) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        if batch.samples(schema, self.plan.outputs as usize) == 0 {
            return Ok(None);
        }
        self.connection.check()?;
        let (key, offsets) = Key::new(batch, is_recorded);
        match self.kept.take(&key) {
            Some(made) if made.offsets == offsets => {
                let result = then(self, &made.work);
                self.kept.put_back(key, made);
                result.map(Some)
            }
            Some(made) => {
                let planned = self.plan_batch(batch, schema, class_weighting)?;
                let made = self.moved(made, planned, offsets, class_weighting)?;
                let result = then(self, &made.work);
                self.kept.put_back(key, made);
                result.map(Some)
            }
            None => {
                let planned = self.plan_batch(batch, schema, class_weighting)?;
                let made = self.make(planned, offsets, class_weighting)?;
                let result = then(self, &made.work);
                self.kept.keep(key, made);
                result.map(Some)
            }
        }
    }

    /// Room for the stored scores of each piece of work.
    fn rooms(&mut self, work: &[Work], is_encoded: bool) -> Result<Vec<ScoreSlots>, Error> {
        // Each piece of a batch is looked at in all views.
        let views: Vec<_> = self.plan.views().map(|view| view.total).collect();
        let rooms = work
            .iter()
            .zip(views.iter().cycle())
            .map(|(Work { shape, .. }, &view)| self.score_slots(view, shape.samples, is_encoded));
        rooms.collect()
    }

    /// Records work.
    fn record(&self, encoder: &mut CommandEncoder, work: &[Work], rooms: &[ScoreSlots]) {
        let mut pass = encoder.begin_compute_pass(&ComputePassDescriptor::default());
        for (Work { shape: Shape { schema, samples, .. }, convert, bindings }, rooms) in
            work.iter().zip(rooms)
        {
            if let Some(Convert { pipeline, bindings, groups }) = convert {
                pass.set_pipeline(pipeline);
                pass.set_bind_group(0, bindings, &[]);
                pass.dispatch_workgroups(*groups, 1, 1);
            }
            if let Some(pipelines) = self.pipelines(*schema) {
                let kernels =
                    Kernels { layout: &self.layout, pipelines, schema: *schema, plan: &self.plan };
                kernels.dispatch(&mut pass, bindings, rooms, *samples);
            }
        }
    }
}
