//! What work over buffers needs: bind groups, what the kernels are told, and memory that is used again.

use super::cache::Offsets;
use super::planner::{Place, Shape, VECTOR_BYTES, WorkPlan, configured};
use super::window::Window;
use crate::batch::ClassWeighting;
use crate::error::Error;
use crate::gpu::device::connection::Connection;
use crate::gpu::dispatch::bindings::{Bindings, bind};
use crate::gpu::dispatch::pipelines;
use crate::gpu::engine::Engine;
use crate::gpu::layout::CONVERT_GROUP;
use crate::gpu::source;
use crate::gpu::source::Module;
use wgpu::{
    BindGroup, BindingResource, Buffer, BufferBinding, BufferSize, BufferUsages, ComputePipeline,
};

/// Most workgroups of the kernel that conforms.
const MAX_GROUPS: usize = 4096;

/// The work over a batch.
#[derive(Debug)]
pub(super) struct PreparedBatch {
    pub work: Vec<Work>,
    /// Where the columns begin that it is for.
    pub offsets: Offsets,
    /// What the kernels are told.
    configured: Buffer,
    content: Vec<u8>,
}

/// The work over some samples of one output.
#[derive(Debug)]
pub(super) struct Work {
    pub shape: Shape,
    pub convert: Option<Convert>,
    pub bindings: Bindings,
}

/// A dispatch of the kernel that conforms.
#[derive(Debug)]
pub(super) struct Convert {
    pub pipeline: ComputePipeline,
    pub bindings: BindGroup,
    pub groups: u32,
}

/// Memory of the work over buffers, reused.
#[derive(Debug, Default)]
pub(in crate::gpu) struct Scratch {
    /// Columns that are made.
    pub(in crate::gpu) made: Option<Buffer>,
    /// Reduced rows.
    rows: Option<Buffer>,
    class_weights: Option<Buffer>,
}

/// The buffer if it has so many bytes, else a new one in its place.
fn grown(
    buffer: &mut Option<Buffer>,
    connection: &Connection,
    label: &str,
    size: u64,
) -> Result<Buffer, Error> {
    match buffer {
        Some(buffer) if buffer.size() >= size => Ok(buffer.clone()),
        _ => {
            let usage = BufferUsages::STORAGE | BufferUsages::COPY_SRC;
            let new = connection.buffer(label, size.max(4096), usage)?;
            *buffer = Some(new.clone());
            Ok(new)
        }
    }
}

impl Engine {
    pub(in crate::gpu) fn convert_pipeline(
        &self,
        module: Module,
    ) -> Result<ComputePipeline, Error> {
        pipelines::convert(&self.connection, &self.layouts, module)
    }

    /// Work that was made for the same buffers, told where columns begin now; made anew where that is
    /// not all.
    pub(super) fn moved(
        &mut self,
        mut made: PreparedBatch,
        planned: Vec<WorkPlan<'_>>,
        offsets: Offsets,
        class_weighting: &ClassWeighting,
    ) -> Result<PreparedBatch, Error> {
        let shapes = planned.iter().map(WorkPlan::shape);
        if !shapes.eq(made.work.iter().map(|work| work.shape)) {
            return self.make(planned, offsets, class_weighting);
        }
        let (content, _) = configured(&planned);
        if content != made.content {
            let queue = &self.connection.queue;
            self.connection.guarded(|| queue.write_buffer(&made.configured, 0, &content))?;
            made.content = content;
        }
        for (work, planned) in made.work.iter_mut().zip(&planned) {
            work.bindings.offsets = planned.offsets();
        }
        Ok(PreparedBatch { offsets, ..made })
    }

    /// Makes what planned work needs.
    pub(super) fn make<'a>(
        &mut self,
        planned: Vec<WorkPlan<'a>>,
        offsets: Offsets,
        class_weighting: &ClassWeighting,
    ) -> Result<PreparedBatch, Error> {
        planned.iter().try_for_each(|planned| self.prepare(planned.schema))?;
        if self.convert.is_none() && planned.iter().any(|planned| planned.convert.is_some()) {
            self.convert = Some(self.convert_pipeline(source::convert())?);
        }
        let Self { connection, layouts, scratch, state, plan, .. } = self;
        let has_problems = plan.has_binary_problems();
        let (content, sections) = configured(&planned);
        let configured =
            connection.filled(&content, BufferUsages::UNIFORM | BufferUsages::COPY_DST)?;
        let made_bytes = planned.iter().map(WorkPlan::made_bytes).max().unwrap_or(0);
        let made = grown(&mut scratch.made, connection, "columns", made_bytes)?;
        let rows = match planned.iter().map(WorkPlan::rows_bytes).max() {
            None | Some(0) => None,
            Some(size) => Some(grown(&mut scratch.rows, connection, "rows", size)?),
        };
        let class_weights = match &scratch.class_weights {
            Some(class_weights) => Some(class_weights.clone()),
            None => class_weighting
                .class_weight_words()
                .map(|words| connection.filled(bytemuck::cast_slice(&words), BufferUsages::STORAGE))
                .transpose()?,
        };
        scratch.class_weights.clone_from(&class_weights);
        let part = |buffer, (offset, size): (u64, u64)| {
            let size = BufferSize::new(size);
            BindingResource::Buffer(BufferBinding { buffer, offset, size })
        };
        let mut work = Vec::new();
        for (planned, (convert, passes)) in planned.into_iter().zip(sections) {
            let (shape, begin) = (planned.shape(), planned.offsets());
            let WorkPlan { schema, places, .. } = planned;
            let columns = places.map(|location| match location {
                Place::There(window) => window.resource_at(0),
                Place::PreparedBatch(first, words) => {
                    part(&made, (4 * first, (4 * words).next_multiple_of(VECTOR_BYTES)))
                }
                Place::None => part(&made, (0, VECTOR_BYTES)),
            });
            let convert = match (planned.convert, convert, &self.convert) {
                (Some((parameters, windows)), Some(section), Some(pipeline)) => {
                    let [prediction, truth, weight, mask, lengths] = windows;
                    // What is not there is not read.
                    let or_any = |window: Option<Window<'a>>| match window.or(prediction) {
                        Some(window) => window.resource(),
                        None => made.as_entire_binding(),
                    };
                    let table = class_weights.as_ref().map(Buffer::as_entire_binding);
                    let resources = [
                        or_any(prediction),
                        or_any(truth),
                        or_any(weight),
                        or_any(mask),
                        or_any(lengths),
                        table.unwrap_or_else(|| or_any(None)),
                        made.as_entire_binding(),
                        state.as_entire_binding(),
                        part(&configured, section),
                    ];
                    let words = parameters.samples.max(parameters.prediction_words);
                    let groups = words.max(parameters.truth_words).div_ceil(CONVERT_GROUP);
                    Some(Convert {
                        pipeline: pipeline.clone(),
                        bindings: bind(connection, &layouts.convert.0, resources)?,
                        groups: groups.min(MAX_GROUPS as u32),
                    })
                }
                _ => None,
            };
            let rows = rows.as_ref().filter(|_| schema.rows);
            let passes = part(&configured, passes);
            let bindings =
                Bindings::new(connection, layouts, columns, state, passes, rows, has_problems)?;
            work.push(Work { shape, convert, bindings: bindings.at(begin) });
        }
        Ok(PreparedBatch { work, offsets, configured, content })
    }
}
