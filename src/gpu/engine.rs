//! The GPU engine: records and submits work, and reads totals back.

use super::buffers::readback::{ReadBatch, read_batch};
use super::buffers::{BufferWork, Context, PreparedBatch};
#[cfg(test)]
use super::device::adapter::AdapterSummary;
use super::device::connection::Connection;
use super::device::layouts::Layouts;
use super::dispatch::kernels::{Kernels, ScoreSlots};
#[cfg(test)]
use super::dispatch::pipelines;
use super::dispatch::pipelines::Pipelines;
use super::dispatch::staging::{Ring, SLOT_ELEMENTS};
use super::layout::Layout;
use super::scores::Stored;
use super::snapshot::{BufferPool, Snapshot};
use super::source;
#[cfg(test)]
use super::source::Module;
use super::source::ShaderPatch;
use crate::batch::{BufferBatch, Chunk, ClassWeighting};
use crate::error::{DeviceError, Error};
use crate::statistic::{Plan, Schema, Totals};
use std::sync::Arc;
use wgpu::{Buffer, BufferUsages, CommandEncoder, ComputePassDescriptor, SubmissionIndex};

/// Words of the parameters before those of the statistics.
const FIXED_PARAMETERS: usize = 4;

/// The totals of a plan on a device.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(super) connection: Arc<Connection>,
    pub(super) layouts: Arc<Layouts>,
    pub(super) plan: Plan,
    pub(super) layout: Layout,
    /// For columns, for rows, and for rows with soft truths.
    pipelines: [Option<Pipelines>; 3],
    patch: ShaderPatch,
    pub(super) state: Buffer,
    pub(super) stored: Option<Stored>,
    spare: BufferPool,
    ring: Ring,
    /// Work over batches in buffers.
    pub(super) buffers: BufferWork,
    parameters: Vec<u32>,
    /// Number of samples of complete batches, which must equal the device's count when its work is
    /// done.
    samples: u64,
    /// Whether the device has part of a batch that failed.
    broken: bool,
    /// Number of samples of batches that were recorded for others to submit, and may not have been
    /// submitted yet.
    encoded: u64,
    last: Option<SubmissionIndex>,
}

impl Engine {
    pub(super) fn new(connection: Arc<Connection>, plan: &Plan) -> Result<Self, Error> {
        Self::patched(connection, plan, ShaderPatch::default())
    }

    /// An engine on a separate device that no other test shares.
    #[cfg(test)]
    pub fn apart(adapter: AdapterSummary, plan: &Plan) -> Result<Self, Error> {
        Self::new(Arc::new(Connection::new(adapter)?), plan)
    }

    /// Replaces the conversion kernel.
    #[cfg(test)]
    pub fn replace_conversion(&mut self, module: Module) -> Result<(), Error> {
        let pipeline = pipelines::convert(&self.connection, &self.layouts, module)?;
        self.buffers.set_conversion(pipeline);
        Ok(())
    }

    /// Destroys the device.
    #[cfg(test)]
    pub fn destroy(&self) {
        self.connection.device.destroy();
    }

    /// An engine whose modules are those that `edit` returns.
    #[cfg(test)]
    pub(super) fn edited(
        connection: Arc<Connection>,
        plan: &Plan,
        edit: impl Fn(Module) -> Module + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        Self::patched(connection, plan, ShaderPatch(Some(Box::new(edit))))
    }

    fn patched(
        connection: Arc<Connection>,
        plan: &Plan,
        patch: ShaderPatch,
    ) -> Result<Self, Error> {
        let layout = Layout::new(plan);
        let bytes = layout.state_size_bytes(plan);
        let limits = connection.device.limits();
        let limit = limits.max_storage_buffer_binding_size.min(limits.max_buffer_size);
        if bytes > limit {
            let adapter = connection.name.clone();
            return Err(DeviceError::StateTooLarge { adapter, bytes, limit }.into());
        }
        let layouts = connection.layouts()?;
        let size = bytes;
        let state = connection.buffer(
            "state",
            size,
            BufferUsages::STORAGE | BufferUsages::COPY_SRC | BufferUsages::COPY_DST,
        )?;
        let stores = plan.number_of_stored() > 0;
        let stored = stores
            .then(|| Stored::new(&connection, &layouts, plan, |module| patch.apply(module)))
            .transpose()?;
        let mut parameters = vec![0; FIXED_PARAMETERS];
        parameters.extend(plan.view_statistics.iter().map(|statistic| statistic.parameter()));
        // The parameters of one-vs-rest curves are bound, but not read.
        let vectors = plan.families.iter().map(source::parameter_vectors).max().unwrap_or(1);
        parameters.resize(FIXED_PARAMETERS + 4 * vectors as usize, 0);
        let (words, has_problems) = (parameters.len(), plan.has_binary_problems());
        let ring =
            Ring::new(connection.clone(), layouts.clone(), state.clone(), words, has_problems);
        let mut engine = Self {
            connection,
            layouts,
            plan: plan.clone(),
            layout,
            pipelines: [None, None, None],
            patch,
            state,
            stored,
            spare: BufferPool::default(),
            ring,
            buffers: BufferWork::default(),
            parameters,
            samples: 0,
            broken: false,
            encoded: 0,
            last: None,
        };
        engine.prepare(plan.schema(plan.row_needs().rows))?;
        Ok(engine)
    }

    /// Compiles the pipelines for samples of a schema, unless they exist.
    fn prepare(&mut self, schema: Schema) -> Result<(), Error> {
        let Self { connection, plan, layouts, patch, .. } = self;
        let pipelines = &mut self.pipelines[pipeline_index(schema)];
        if pipelines.is_none() {
            let patch = |module| patch.apply(module);
            *pipelines = Some(Pipelines::new(connection, layouts, plan, schema, patch)?);
        }
        Ok(())
    }

    /// Begins a batch.
    pub fn begin(&mut self) -> PendingBatch<'_> {
        PendingBatch { engine: self, is_partial: false }
    }

    /// Whether the next chunk can be written without waiting.
    ///
    /// # Errors
    ///
    /// A device that fails, or whose copy has timed out.
    pub fn has_room(&mut self) -> Result<bool, Error> {
        self.ring.has_room()
    }

    fn submit(&mut self, chunk: &Chunk<'_>, view: usize) -> Result<(), Error> {
        let score_slots = self.score_slots(view, chunk.len(), false)?;
        self.set_parameters(chunk.len(), chunk.weight.is_some(), chunk.masked);
        let parameter_words = self.parameters.len();
        let slot = self.ring.write(&self.parameters, chunk)?;
        let Connection { device, queue, .. } = &*self.connection;
        let pipelines = self.pipelines[pipeline_index(chunk.schema)].as_ref();
        self.connection.check()?;
        let submission = self.connection.guarded(|| {
            let mut encoder = device.create_command_encoder(&Default::default());
            slot.encode(&mut encoder, parameter_words, chunk);
            if let Some(pipelines) = pipelines {
                let mut pass = encoder.begin_compute_pass(&ComputePassDescriptor::default());
                let samples = chunk.len();
                let Self { layout, plan, .. } = self;
                let kernels = Kernels { layout, pipelines, schema: chunk.schema, plan };
                kernels.dispatch(&mut pass, slot.bindings(), &score_slots, samples);
            }
            queue.submit([encoder.finish()])
        });
        slot.release(submission.as_ref().ok().cloned());
        self.last = Some(submission?);
        Ok(())
    }

    /// Reserves places for the stored scores of samples of a view, and of all binary problems.
    fn score_slots(
        &mut self,
        view: usize,
        samples: usize,
        is_encoded: bool,
    ) -> Result<ScoreSlots, Error> {
        let Self { plan, stored, .. } = self;
        let mut slots = ScoreSlots { view, families: Vec::new() };
        for family in &plan.families {
            let totals = match family.kind.is_view() {
                false => family.totals.clone(),
                true if family.totals.contains(&view) => view..view + 1,
                true => 0..0,
            };
            let stored = stored.as_mut().filter(|_| family.stores());
            let of_family = stored.map(|stored| {
                totals.map(|total| stored.reserve(family, total, samples, is_encoded)).collect()
            });
            slots.families.push(of_family.transpose()?.unwrap_or_default());
        }
        Ok(slots)
    }

    /// Limits the bytes of stored scores.
    pub fn limit_scores(&mut self, bytes: u64) {
        if let Some(stored) = &mut self.stored {
            stored.limit(bytes);
        }
    }

    /// Drops all scores, including later ones until a reset.
    pub fn drop_scores(&mut self) {
        if let Some(stored) = &mut self.stored {
            stored.drop_all();
        }
    }

    /// Submits the work of adding a batch in buffers, without waiting.
    pub fn add_buffers(
        &mut self,
        batch: &BufferBatch<'_>,
        schema: Schema,
        class_weighting: &ClassWeighting,
    ) -> Result<(), Error> {
        let prepared = self.prepare_buffers(batch, schema, class_weighting, false)?;
        let Some(prepared) = prepared else { return Ok(()) };
        let submission = self.slots_of(&prepared, false).and_then(|slots| {
            let Connection { device, queue, .. } = &*self.connection;
            self.connection.guarded(|| {
                let mut encoder = device.create_command_encoder(&Default::default());
                self.record(&mut encoder, &prepared, &slots);
                queue.submit([encoder.finish()])
            })
        });
        self.buffers.put_back(prepared);
        self.last = Some(submission?);
        self.samples += batch.samples(schema, self.plan.outputs as usize) as u64;
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
        let prepared = self.prepare_buffers(batch, schema, class_weighting, true)?;
        let Some(prepared) = prepared else { return Ok(()) };
        let recorded = self
            .slots_of(&prepared, true)
            .and_then(|slots| self.connection.guarded(|| self.record(encoder, &prepared, &slots)));
        self.buffers.put_back(prepared);
        recorded?;
        self.encoded += batch.samples(schema, self.plan.outputs as usize) as u64;
        Ok(())
    }

    /// The work over a batch in buffers, to be submitted immediately or recorded for others to
    /// submit; none if the batch has no samples.
    fn prepare_buffers(
        &mut self,
        batch: &BufferBatch<'_>,
        schema: Schema,
        class_weighting: &ClassWeighting,
        is_recorded: bool,
    ) -> Result<Option<PreparedBatch>, Error> {
        let Self { connection, layouts, plan, layout, state, stored, parameters, .. } = self;
        if batch.samples(schema, plan.outputs as usize) == 0 {
            return Ok(None);
        }
        connection.check()?;
        let max_samples = stored.as_ref().map(Stored::most_samples);
        let context = Context { connection, layouts, plan, state, layout, parameters, max_samples };
        let prepared = self.buffers.take(&context, batch, schema, class_weighting, is_recorded)?;
        prepared.work().iter().try_for_each(|work| self.prepare(work.schema()))?;
        Ok(Some(prepared))
    }

    /// Reserves places for the stored scores of each part of the work.
    fn slots_of(
        &mut self,
        prepared: &PreparedBatch,
        is_encoded: bool,
    ) -> Result<Vec<ScoreSlots>, Error> {
        // Each chunk has work for every view.
        let views: Vec<_> = self.plan.views().map(|view| view.total).collect();
        let slots = prepared
            .work()
            .iter()
            .zip(views.iter().cycle())
            .map(|(work, &view)| self.score_slots(view, work.samples(), is_encoded));
        slots.collect()
    }

    /// Records work over buffers.
    fn record(&self, encoder: &mut CommandEncoder, batch: &PreparedBatch, slots: &[ScoreSlots]) {
        let mut pass = encoder.begin_compute_pass(&ComputePassDescriptor::default());
        for (work, slots) in batch.work().iter().zip(slots) {
            work.record_conversion(&mut pass);
            let schema = work.schema();
            if let Some(pipelines) = self.pipelines[pipeline_index(schema)].as_ref() {
                let kernels = Kernels { layout: &self.layout, pipelines, schema, plan: &self.plan };
                kernels.dispatch(&mut pass, &work.bindings, slots, work.samples());
            }
        }
    }

    /// Reads a batch in buffers back; waits for the device.
    pub fn read(&self, batch: &BufferBatch<'_>) -> Result<ReadBatch, Error> {
        read_batch(&self.connection, batch)
    }

    fn set_parameters(&mut self, samples: usize, has_weight: bool, has_mask: bool) {
        self.parameters[0] = samples as u32;
        self.parameters[1] = u32::from(has_weight);
        self.parameters[2] = u32::from(has_mask);
    }

    /// Submits a copy of the current totals, to be read later.
    pub fn snapshot(&mut self) -> Result<Snapshot, Error> {
        let Self { connection, plan, layout, state, stored, spare, .. } = self;
        if self.broken {
            let reason = "it has part of a batch that failed; reset the evaluator to go on";
            return Err(connection.failed(reason));
        }
        let samples = self.samples..=self.samples.saturating_add(self.encoded);
        let snapshot =
            Snapshot::new(connection, plan, layout, (state, stored.as_mut()), samples, spare)?;
        self.last = Some(snapshot.submission());
        Ok(snapshot)
    }

    /// Reads the totals of each output with one copy and one wait.
    pub fn totals(&mut self) -> Result<Vec<Totals>, Error> {
        self.snapshot()?.totals().map(|(totals, _)| totals)
    }

    /// Waits until all submitted work has completed.
    pub(super) fn finish(&mut self) -> Result<(), Error> {
        self.last.take().map_or(Ok(()), |submission| self.connection.wait(submission))
    }

    /// Sets the totals to zero.
    pub fn reset(&mut self) -> Result<(), Error> {
        let Self { connection, state, stored, .. } = self;
        let Connection { device, queue, .. } = &**connection;
        connection.check()?;
        let submission = connection.guarded(|| {
            let mut encoder = device.create_command_encoder(&Default::default());
            encoder.clear_buffer(state, 0, None);
            if let Some(stored) = stored {
                stored.reset(&mut encoder);
            }
            queue.submit([encoder.finish()])
        })?;
        self.last = Some(submission);
        self.samples = 0;
        self.broken = false;
        Ok(())
    }

    pub fn adapter_name(&self) -> &str {
        &self.connection.name
    }
}

/// A batch whose chunks are added one by one. If it is dropped before it is committed, the batch
/// has failed: if part of it is on the device, totals cannot be read until a reset.
pub(crate) struct PendingBatch<'a> {
    engine: &'a mut Engine,
    /// Whether part of the batch is on the device.
    is_partial: bool,
}

impl PendingBatch<'_> {
    /// Copies the samples of a view to the device and submits the work that adds them to the view's
    /// total; waits only if staging memory is full.
    pub fn add(&mut self, chunk: &Chunk<'_>, view: usize) -> Result<(), Error> {
        let Self { engine, is_partial } = self;
        engine.parameters[3] = engine.layout.entry_of(&engine.plan, view);
        engine.prepare(chunk.schema)?;
        let samples = (SLOT_ELEMENTS / chunk.schema.prediction_width()).max(1);
        for start in (0..chunk.len()).step_by(samples) {
            engine.submit(&chunk.slice(start..chunk.len().min(start + samples)), view)?;
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

/// The index of the pipelines for samples of a schema.
fn pipeline_index(schema: Schema) -> usize {
    usize::from(schema.rows) + usize::from(schema.soft)
}

impl Drop for Engine {
    /// Waits for the engine's own work, since some drivers crash at exit if work is pending.
    fn drop(&mut self) {
        let _ = self.finish(); // an error has nowhere to go
    }
}
