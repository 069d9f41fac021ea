//! The GPU engine: records and submits, reads once.

use super::buffers::{Scratch, WorkCache};
use super::device::adapter::{AdapterSummary, select};
use super::device::connection::Connection;
use super::dispatch::bindings::Bindings;
use super::dispatch::pipelines::{Layouts, Pipelines};
use super::dispatch::staging::{Ring, SLOT_ELEMENTS};
use super::layout::{GROUP_SAMPLES, Layout, Pass, ROW_GROUP};
use super::scores::Stored;
use super::snapshot::{BufferPool, Snapshot};
use super::source::Module;
use super::verify::{custom_value, custom_wgsl, self_test};
use super::{layout, source};
use crate::batch::Chunk;
use crate::device::Device;
use crate::error::Error;
use crate::statistic::{Plan, Schema, Totals};
use std::fmt;
use std::sync::Arc;
use wgpu::{
    BindGroup, Buffer, BufferUsages, ComputePass, ComputePassDescriptor, ComputePipeline,
    SubmissionIndex,
};

/// Samples of one thread that make up for the work at the end of its workgroup.
const THREAD_SAMPLES: usize = 128;

/// Workgroups of a dispatch: enough to fill the largest devices.
const MAX_GROUPS: usize = 2048;

/// Words of the parameters before those of the statistics.
const FIXED_PARAMETERS: usize = 4;

/// The totals of a plan on a device.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(super) connection: Arc<Connection>,
    pub(super) layouts: Arc<Layouts>,
    pub(super) plan: Plan,
    pub(super) layout: Layout,
    /// For columns, for rows, and for rows beside soft truths.
    pipelines: [Option<Pipelines>; 3],
    /// Of the kernel that conforms.
    pub(super) convert: Option<ComputePipeline>,
    edit: ShaderPatch,
    pub(super) state: Buffer,
    pub(super) stored: Option<Stored>,
    spare: BufferPool,
    ring: Ring,
    pub(super) scratch: Scratch,
    pub(super) kept: WorkCache,
    pub(super) parameters: Vec<u32>,
    /// Samples of whole batches: the device's count when its work is done.
    samples: u64,
    /// Whether part of a batch is on the device whose rest is still to come.
    partial: bool,
    /// Whether part of a batch is on the device whose rest will not come.
    broken: bool,
    /// Samples of batches that were recorded for others to submit, which they may not have done yet.
    pub(super) encoded: u64,
    pub(super) last: Option<SubmissionIndex>,
}

impl Engine {
    /// None where the CPU engine does the work.
    ///
    /// # Errors
    ///
    /// [`Error::NoAdapter`], [`Error::AdapterRefused`], [`Error::Values`],
    /// or a device that fails.
    pub fn open(device: &Device, checked: bool, plan: &Plan) -> Result<Option<Self>, Error> {
        custom_wgsl::check(plan)?;
        let connection = match device {
            Device::Shared(shared) => shared.connect()?,
            _ => match select(device, checked)? {
                Some(adapter) => connect(adapter)?,
                None => return Ok(None),
            },
        };
        custom_value::compare(&connection, plan)?;
        self_test::run_what_is_needed(&connection, plan)?;
        Ok(Some(Self::new(connection, plan)?))
    }

    pub(super) fn new(connection: Arc<Connection>, plan: &Plan) -> Result<Self, Error> {
        Self::edited(connection, plan, |module| module)
    }

    /// An engine on a device of its own, which no other test shares.
    #[cfg(test)]
    pub fn apart(adapter: AdapterSummary, plan: &Plan) -> Result<Self, Error> {
        Self::new(Arc::new(Connection::new(adapter)?), plan)
    }

    /// Makes the device go away.
    #[cfg(test)]
    pub fn destroy(&self) {
        self.connection.device.destroy();
    }

    /// An engine whose modules are as `edit` returns them.
    pub(super) fn edited(
        connection: Arc<Connection>,
        plan: &Plan,
        edit: impl Fn(Module) -> Module + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        let layout = Layout::new(plan);
        let bytes = layout.state_size_bytes(plan);
        let limits = connection.device.limits();
        let limit = limits.max_storage_buffer_binding_size.min(limits.max_buffer_size);
        if bytes > limit {
            let adapter = connection.name.clone();
            return Err(Error::TooLargeForDevice { adapter, bytes, limit });
        }
        let layouts = connection.layouts()?;
        let size = bytes;
        let state = connection.buffer(
            "state",
            size,
            BufferUsages::STORAGE | BufferUsages::COPY_SRC | BufferUsages::COPY_DST,
        )?;
        let stores = plan.number_of_stored() > 0;
        let stored = stores.then(|| Stored::new(&connection, &layouts, plan, &edit)).transpose()?;
        let mut parameters = vec![0; FIXED_PARAMETERS];
        let of_views = plan.view_family().into_iter().flat_map(|family| &family.statistics);
        parameters.extend(of_views.map(|statistic| statistic.parameter()));
        // Those of binary problems are not looked at, but bound.
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
            convert: None,
            edit: ShaderPatch(Box::new(edit)),
            state,
            stored,
            spare: BufferPool::default(),
            ring,
            scratch: Scratch::default(),
            kept: WorkCache::default(),
            parameters,
            samples: 0,
            partial: false,
            broken: false,
            encoded: 0,
            last: None,
        };
        engine.prepare(plan.schema(plan.reduction().rows))?;
        Ok(engine)
    }

    /// Compiles the pipelines for samples of a form, if they are not there yet.
    pub(super) fn prepare(&mut self, schema: Schema) -> Result<(), Error> {
        let Self { connection, plan, layouts, edit: ShaderPatch(edit), .. } = self;
        let pipelines = &mut self.pipelines[location(schema)];
        if pipelines.is_none() {
            *pipelines = Some(Pipelines::new(connection, layouts, plan, schema, &*edit)?);
        }
        Ok(())
    }

    /// The pipelines for samples of a form, once they are prepared.
    pub(super) fn pipelines(&self, schema: Schema) -> Option<&Pipelines> {
        self.pipelines[location(schema)].as_ref()
    }

    /// Copies the samples of a view to the device and submits the work, which adds them to its total;
    /// waits only if staging memory is full.
    pub fn add(&mut self, chunk: &Chunk<'_>, view: usize) -> Result<(), Error> {
        self.parameters[3] = self.layout.entry_of(&self.plan, view);
        self.prepare(chunk.schema)?;
        let samples = (SLOT_ELEMENTS / chunk.schema.prediction_width()).max(1);
        for start in (0..chunk.len()).step_by(samples) {
            self.submit(&chunk.slice(start..chunk.len().min(start + samples)), view)?;
        }
        Ok(())
    }

    /// Whether the next piece can be written without waiting.
    ///
    /// # Errors
    ///
    /// A device that fails, or has not made room for long.
    pub fn has_room(&mut self) -> Result<bool, Error> {
        self.ring.has_room()
    }

    fn submit(&mut self, chunk: &Chunk<'_>, view: usize) -> Result<(), Error> {
        let rooms = self.score_slots(view, chunk.len(), false)?;
        self.set_parameters(chunk.len(), chunk.weight.is_some(), chunk.masked);
        let parameter_words = self.parameters.len();
        let slot = self.ring.write(&self.parameters, chunk)?;
        let Connection { device, queue, .. } = &*self.connection;
        let pipelines = self.pipelines[location(chunk.schema)].as_ref();
        self.connection.check()?;
        let submission = self.connection.guarded(|| {
            let mut encoder = device.create_command_encoder(&Default::default());
            slot.encode(&mut encoder, parameter_words, chunk);
            if let Some(pipelines) = pipelines {
                let mut pass = encoder.begin_compute_pass(&ComputePassDescriptor::default());
                let samples = chunk.len();
                let Self { layout, plan, .. } = self;
                let kernels = Kernels { layout, pipelines, schema: chunk.schema, plan };
                kernels.dispatch(&mut pass, slot.bindings(), &rooms, samples);
            }
            queue.submit([encoder.finish()])
        });
        slot.release(submission.as_ref().ok().cloned());
        self.last = Some(submission?);
        self.partial = true;
        Ok(())
    }

    /// Room for the stored scores of samples of a view, and of all binary problems.
    pub(super) fn score_slots(
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
                totals.map(|total| stored.room(family, total, samples, is_encoded)).collect()
            });
            slots.families.push(of_family.transpose()?.unwrap_or_default());
        }
        Ok(slots)
    }

    /// Says how many bytes stored scores may take.
    pub fn limit_scores(&mut self, bytes: u64) {
        if let Some(stored) = &mut self.stored {
            stored.limit(bytes);
        }
    }

    /// Drops stored scores, and those to come until a reset.
    pub fn drop_scores(&mut self) -> Result<(), Error> {
        if let Some(stored) = &mut self.stored {
            stored.drop_all();
        }
        Ok(())
    }

    /// Says that the pieces added make up whole batches of `samples` more: what the device
    /// must have counted when its work is done. So a batch that fails half-way cannot go unnoticed.
    pub fn commit(&mut self, samples: usize) {
        self.samples += samples as u64;
        self.partial = false;
    }

    /// Says that the pieces added are of a batch that has failed.
    pub fn abandon(&mut self) {
        self.broken |= self.partial;
        self.partial = false;
    }

    fn set_parameters(&mut self, samples: usize, has_weight: bool, has_mask: bool) {
        self.parameters[0] = samples as u32;
        self.parameters[1] = u32::from(has_weight);
        self.parameters[2] = u32::from(has_mask);
    }

    /// Submits a copy of the totals as they are after all that was added, to be read later.
    pub fn snapshot(&mut self) -> Result<Snapshot, Error> {
        let Self { connection, plan, layout, state, stored, spare, .. } = self;
        if self.partial || self.broken {
            let reason = "it has part of a batch that failed; reset the evaluator to go on";
            return Err(connection.failed(reason));
        }
        let samples = self.samples..=self.samples.saturating_add(self.encoded);
        let snapshot =
            Snapshot::new(connection, plan, layout, (state, stored.as_mut()), samples, spare)?;
        self.last = Some(snapshot.submission());
        Ok(snapshot)
    }

    /// Reads the totals of each output: one copy, one wait.
    pub fn totals(&mut self) -> Result<Vec<Totals>, Error> {
        self.snapshot()?.totals().map(|(totals, _)| totals)
    }

    /// Waits until all that was submitted has been worked off.
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
        (self.partial, self.broken) = (false, false);
        Ok(())
    }

    pub fn adapter_name(&self) -> &str {
        &self.connection.name
    }
}

/// Where the pipelines for samples of a form stand.
fn location(schema: Schema) -> usize {
    usize::from(schema.rows) + usize::from(schema.soft)
}

/// Room for the stored scores of a view's samples, none where there are none or they were dropped.
#[derive(Debug)]
pub(super) struct ScoreSlots {
    /// The total of the view.
    view: usize,
    /// For each family.
    families: Vec<Vec<Option<BindGroup>>>,
}

/// The kernels over samples of a form.
pub(super) struct Kernels<'a> {
    pub layout: &'a Layout,
    pub pipelines: &'a Pipelines,
    pub schema: Schema,
    pub plan: &'a Plan,
}

impl Kernels<'_> {
    /// Records the reduction of rows, if samples are such, and the passes of a view and of binary problems;
    /// those that store scores only if there is room for them.
    pub fn dispatch(
        &self,
        pass: &mut ComputePass<'_>,
        bindings: &Bindings,
        slots: &ScoreSlots,
        samples: usize,
    ) {
        let &Self { layout, pipelines, schema, plan } = self;
        let view = slots.view;
        if let (Some(pipeline), Some(rows)) = (&pipelines.rows, &bindings.rows) {
            // A workgroup takes a row for each of its teams at a time.
            let teams = ROW_GROUP / layout::team(schema.classes);
            let tiles = samples.div_ceil(teams as usize);
            pass.set_pipeline(pipeline);
            pass.set_bind_group(0, rows, &bindings.offsets[..2]);
            pass.dispatch_workgroups(tiles.clamp(1, MAX_GROUPS) as u32, 1, 1);
        }
        let [prediction, truth, weight] = bindings.offsets;
        for (index, (family, layout)) in layout.families(plan).enumerate() {
            let (Some(pipelines), Some(slots)) =
                (pipelines.families.get(index), slots.families.get(index))
            else {
                continue;
            };
            let rows = if family.kind.is_view() {
                if !family.totals.contains(&view) {
                    continue;
                }
                // What the passes have of rows are those that were reduced.
                let prediction = if schema.rows { 0 } else { prediction };
                pass.set_bind_group(0, &bindings.passes, &[prediction, truth, weight]);
                1
            } else {
                let Some(problems) = &bindings.problems else { continue };
                pass.set_bind_group(0, problems, &[0, prediction, weight]);
                family.totals.len() as u32
            };
            let group = layout.group as usize;
            let groups = samples.div_ceil(group * THREAD_SAMPLES).clamp(1, MAX_GROUPS);
            debug_assert!(samples.div_ceil(groups) <= GROUP_SAMPLES as usize);
            dispatch_passes(pass, pipelines, &layout.passes, slots, [groups as u32, rows]);
        }
    }
}

/// Records passes with `groups` workgroups in each of `rows` rows; those that store scores once for each
/// room.
fn dispatch_passes(
    pass: &mut ComputePass<'_>,
    pipelines: &[ComputePipeline],
    passes: &[Pass],
    rooms: &[Option<BindGroup>],
    [groups, rows]: [u32; 2],
) {
    for (pipeline, Pass { stores, .. }) in pipelines.iter().zip(passes) {
        pass.set_pipeline(pipeline);
        if !stores {
            pass.dispatch_workgroups(groups, rows, 1);
            continue;
        }
        for room in rooms.iter().flatten() {
            pass.set_bind_group(1, room, &[]);
            pass.dispatch_workgroups(groups, 1, 1);
        }
    }
}

/// What is done to a module before it is compiled: nothing but in tests.
struct ShaderPatch(Box<dyn Fn(Module) -> Module + Send + Sync>);

impl fmt::Debug for ShaderPatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Edit")
    }
}

impl Drop for Engine {
    /// Waits for the engine's own work: some drivers crash at exit with work in flight.
    fn drop(&mut self) {
        let _ = self.finish(); // an error has nowhere to go
    }
}

/// The open device of an adapter, after its self-test.
pub(super) fn connect(adapter: AdapterSummary) -> Result<Arc<Connection>, Error> {
    Connection::open(adapter, self_test::run)
}
