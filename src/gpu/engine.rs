//! The GPU engine: records and submits work, and reads totals back.

use super::buffers::readback::{ReadBatch, read_batch};
use super::buffers::{BufferWork, Context, PreparedBatch};
#[cfg(test)]
use super::device::adapter::AdapterSummary;
use super::device::connection::Connection;
use super::device::layouts::Layouts;
use super::dispatch::kernels::{Kernels, MAX_LIMITED_GROUPS, THREAD_SAMPLES};
use super::dispatch::pipelines;
use super::dispatch::pipelines::PipelineCache;
use super::dispatch::staging::Ring;
use super::layout::{Layout, MAY_BE_MASKED, MIN_GROUP};
use super::pending_totals::{BufferPool, PendingTotals};
use super::scores::Stored;
use super::scores::slots::ScoreSlots;
use super::source;
use super::source::{Module, ShaderPatch};
use super::verify::custom_value;
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
    /// The largest number of samples of a thread.
    thread_samples: usize,
    pipelines: PipelineCache,
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
    pub(super) samples: u64,
    /// Whether the device has part of a batch that failed.
    pub(super) broken: bool,
    /// Number of samples of batches that were recorded for others to submit, and may not have been
    /// submitted yet.
    encoded: u64,
    last_submission: Option<SubmissionIndex>,
}

impl Engine {
    pub(super) fn new(connection: Arc<Connection>, plan: &Plan) -> Result<Self, Error> {
        Self::patched(connection, plan, ShaderPatch::default())
    }

    /// An engine on a separate device that no other test shares.
    #[cfg(test)]
    pub fn on_own_device(adapter: AdapterSummary, plan: &Plan) -> Result<Self, Error> {
        Self::new(Arc::new(Connection::new(adapter)?), plan)
    }

    /// Replaces the conversion kernel for short rows.
    pub(super) fn replace_conversion(&mut self, module: Module) -> Result<(), Error> {
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
        let thread_samples = custom_value::thread_samples(&connection, plan)?;
        let bytes = layout.state_size_bytes(plan);
        let limit = connection.max_binding_bytes();
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
            thread_samples,
            pipelines: PipelineCache::default(),
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
            last_submission: None,
        };
        engine.prepare(plan.schema(plan.row_needs().rows))?;
        Ok(engine)
    }

    /// Compiles the pipelines for samples of a schema, unless they exist.
    pub(super) fn prepare(&mut self, schema: Schema) -> Result<(), Error> {
        let Self { connection, plan, layouts, pipelines, patch, .. } = self;
        pipelines.prepare(connection, layouts, plan, schema, |module| patch.apply(module))
    }

    /// Whether the next chunk can be written without waiting.
    ///
    /// # Errors
    ///
    /// A device that fails, or whose copy has timed out.
    pub fn has_room(&mut self) -> Result<bool, Error> {
        self.ring.has_room()
    }

    /// Submits the work of adding a chunk to the total of a view, after
    /// [`prepare`](Self::prepare) for its schema; waits only if staging memory is full.
    /// `is_submitted` says that part of the batch is on the device.
    pub(super) fn submit(
        &mut self,
        chunk: &Chunk<'_>,
        view: usize,
        is_submitted: bool,
    ) -> Result<(), Error> {
        let score_slots = self.score_slots(view, chunk.len(), false)?;
        let has_weight = chunk.weight.is_some().into();
        let base = self.layout.entry_of(&self.plan, view)?;
        let flags = if chunk.masked { MAY_BE_MASKED } else { 0 };
        let fixed = [chunk.len() as u32, has_weight, flags, base];
        self.parameters[..FIXED_PARAMETERS].copy_from_slice(&fixed);
        let parameter_words = self.parameters.len();
        let pipelines = self.pipelines.get(chunk.schema)?;
        let slot = self.ring.write(&self.parameters, chunk, is_submitted)?;
        let device = &self.connection.device;
        self.connection.check()?;
        let submission = self.connection.guarded(|| {
            let mut encoder = device.create_command_encoder(&Default::default());
            slot.encode(&mut encoder, parameter_words, chunk);
            let mut pass = encoder.begin_compute_pass(&ComputePassDescriptor::default());
            let &mut Self { ref layout, ref plan, thread_samples, .. } = self;
            let schema = chunk.schema;
            let kernels = Kernels { layout, pipelines, schema, plan, thread_samples };
            kernels.dispatch(&mut pass, slot.bindings(), &score_slots, chunk.len())?;
            drop(pass);
            Ok(self.connection.submit(encoder))
        });
        let submission = submission.flatten();
        slot.release(submission.as_ref().ok().cloned());
        self.last_submission = Some(submission?);
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
        ScoreSlots::reserve(plan, stored.as_mut(), view, samples, is_encoded)
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
            let device = &self.connection.device;
            let submitted = self.connection.guarded(|| {
                let mut encoder = device.create_command_encoder(&Default::default());
                self.record(&mut encoder, &prepared, &slots)?;
                Ok(self.connection.submit(encoder))
            });
            submitted.flatten()
        });
        self.buffers.put_back(prepared);
        self.last_submission = Some(submission?);
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
        let recorded = self.slots_of(&prepared, true).and_then(|slots| {
            self.connection.guarded(|| self.record(encoder, &prepared, &slots)).flatten()
        });
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
        let thread_samples = self.thread_samples;
        if batch.samples(schema, plan.outputs as usize) == 0 {
            return Ok(None);
        }
        connection.check()?;
        let mut max_samples = stored.as_ref().map(Stored::max_samples);
        if thread_samples < THREAD_SAMPLES {
            let limited = MAX_LIMITED_GROUPS * MIN_GROUP * thread_samples;
            max_samples = Some(max_samples.map_or(limited, |samples| samples.min(limited)));
        }
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
        // Each chunk has work for every view, and the totals of views come first.
        let views = 0..self.plan.problem_totals().start;
        let work = prepared.work().iter().zip(views.cycle());
        work.map(|(work, view)| self.score_slots(view, work.samples(), is_encoded)).collect()
    }

    /// Records work over buffers.
    fn record(
        &self,
        encoder: &mut CommandEncoder,
        batch: &PreparedBatch,
        slots: &[ScoreSlots],
    ) -> Result<(), Error> {
        let mut pass = encoder.begin_compute_pass(&ComputePassDescriptor::default());
        for (work, slots) in batch.work().iter().zip(slots) {
            work.record_conversion(&mut pass);
            let (schema, &Self { ref layout, ref plan, thread_samples, .. }) =
                (work.schema(), self);
            let pipelines = self.pipelines.get(schema)?;
            let kernels = Kernels { layout, pipelines, schema, plan, thread_samples };
            kernels.dispatch(&mut pass, &work.bindings, slots, work.samples())?;
        }
        Ok(())
    }

    /// Reads a batch in buffers back; waits for the device.
    pub fn read(&self, batch: &BufferBatch<'_>) -> Result<ReadBatch, Error> {
        read_batch(&self.connection, batch)
    }

    /// Submits a copy of the current totals, to be read later.
    pub fn copy_totals(&mut self) -> Result<PendingTotals, Error> {
        let Self { connection, plan, layout, state, stored, spare, .. } = self;
        if self.broken {
            let reason = "it has part of a batch that failed; reset the evaluator to go on";
            return Err(connection.failed(reason));
        }
        let samples = self.samples..=self.samples.saturating_add(self.encoded);
        let state = (&*state, stored.as_mut());
        let pending = PendingTotals::new(connection, plan, layout, state, samples, spare)?;
        self.last_submission = Some(pending.submission());
        Ok(pending)
    }

    /// Reads the totals of each output with one copy and one wait.
    pub fn totals(&mut self) -> Result<Vec<Totals>, Error> {
        self.copy_totals()?.totals().map(|(totals, _)| totals)
    }

    /// Waits until all submitted work has completed.
    pub(super) fn finish(&mut self) -> Result<(), Error> {
        match self.last_submission.take() {
            None => Ok(()),
            submission => self.connection.wait(submission),
        }
    }

    /// Sets the totals to zero.
    pub fn reset(&mut self) -> Result<(), Error> {
        let Self { connection, state, stored, .. } = self;
        let device = &connection.device;
        connection.check()?;
        let submission = connection.guarded(|| {
            let mut encoder = device.create_command_encoder(&Default::default());
            encoder.clear_buffer(state, 0, None);
            if let Some(stored) = stored {
                stored.reset(&mut encoder);
            }
            connection.submit(encoder)
        })?;
        self.last_submission = Some(submission);
        self.samples = 0;
        self.broken = false;
        Ok(())
    }

    pub fn adapter_name(&self) -> &str {
        &self.connection.name
    }
}

impl Drop for Engine {
    /// Waits for the engine's own work, since some drivers crash at exit if work is pending.
    fn drop(&mut self) {
        let _ = self.finish(); // an error has nowhere to go
    }
}
