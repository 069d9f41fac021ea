//! The resources of work over buffers: bind groups, parameters, and reused memory.

use super::context::Context;
use super::key::{Key, Offsets};
use super::planner::{ColumnSource, Shape, VECTOR_BYTES, WorkPlan, parameter_bytes};
use super::window::Window;
use crate::batch::ClassWeighting;
use crate::error::Error;
use crate::gpu::device::connection::Connection;
use crate::gpu::dispatch::bindings::{Bindings, bind};
use crate::gpu::dispatch::pipelines;
use crate::gpu::layout::CONVERT_GROUP;
use crate::gpu::source;
use crate::statistic::Schema;
use wgpu::{
    BindGroup, BindingResource, Buffer, BufferBinding, BufferSize, BufferUsages, ComputePass,
    ComputePipeline,
};

/// The largest number of workgroups of the conversion kernel.
const MAX_GROUPS: usize = 4096;

/// The work over a batch.
#[derive(Debug)]
pub(in crate::gpu) struct PreparedBatch {
    pub(super) work: PreparedWork,
    pub(super) key: Key,
    /// Whether it was in the cache.
    pub(super) was_kept: bool,
    /// The offsets of the columns for which it was prepared.
    pub(super) offsets: Offsets,
}

/// The work over the chunks and outputs of a batch, and the parameters of all its kernels.
#[derive(Debug)]
pub(super) struct PreparedWork {
    parts: Vec<Work>,
    parameters: Buffer,
    content: Vec<u8>,
}

/// The work over some samples of one output.
#[derive(Debug)]
pub(in crate::gpu) struct Work {
    shape: Shape,
    conversion: Option<Conversion>,
    pub bindings: Bindings,
}

/// A dispatch of the conversion kernel.
#[derive(Debug)]
struct Conversion {
    pipeline: ComputePipeline,
    bindings: BindGroup,
    groups: u32,
}

/// Resources that the work over all batches shares.
#[derive(Debug, Default)]
pub(super) struct Resources {
    /// The conversion kernels for short and for long rows, once they have been compiled.
    pub convert: [Option<ComputePipeline>; 2],
    /// Converted columns.
    pub columns: Option<Buffer>,
    /// Reduced rows.
    rows: Option<Buffer>,
    class_weights: Option<Buffer>,
}

impl Work {
    /// The contents of its samples.
    pub fn schema(&self) -> Schema {
        self.shape.schema
    }

    /// The number of its samples.
    pub fn samples(&self) -> usize {
        self.shape.samples
    }

    /// Records the conversion of its columns, if needed.
    pub fn record_conversion(&self, pass: &mut ComputePass<'_>) {
        if let Some(Conversion { pipeline, bindings, groups }) = &self.conversion {
            pass.set_pipeline(pipeline);
            pass.set_bind_group(0, bindings, &[]);
            pass.dispatch_workgroups(*groups, 1, 1);
        }
    }
}

impl PreparedBatch {
    /// The work for the same buffers with columns at other offsets, if only its parameters differ.
    pub(super) fn moved(
        mut self,
        context: &Context<'_>,
        planned: &[WorkPlan<'_>],
        offsets: Offsets,
    ) -> Result<Option<Self>, Error> {
        let shapes = planned.iter().map(WorkPlan::shape);
        if !shapes.eq(self.work.parts.iter().map(|work| work.shape)) {
            return Ok(None);
        }
        let (content, _) = parameter_bytes(planned);
        if content != self.work.content {
            let Connection { queue, .. } = context.connection;
            let write = || queue.write_buffer(&self.work.parameters, 0, &content);
            context.connection.guarded(write)?;
            self.work.content = content;
        }
        for (work, planned) in self.work.parts.iter_mut().zip(planned) {
            work.bindings.offsets = planned.offsets();
        }
        Ok(Some(Self { offsets, ..self }))
    }

    /// The work over each part.
    pub fn work(&self) -> &[Work] {
        &self.work.parts
    }
}

impl Resources {
    /// Creates the resources of planned work.
    pub fn prepare<'a>(
        &mut self,
        context: &Context<'_>,
        planned: Vec<WorkPlan<'a>>,
        class_weighting: &ClassWeighting,
    ) -> Result<PreparedWork, Error> {
        let &Context { connection, layouts, plan, state, .. } = context;
        for planned in planned.iter().filter(|planned| planned.convert.is_some()) {
            let pipeline = &mut self.convert[usize::from(planned.has_long_rows)];
            if pipeline.is_none() {
                let module = source::convert(planned.has_long_rows);
                *pipeline = Some(pipelines::convert(connection, layouts, module)?);
            }
        }
        let has_problems = plan.has_binary_problems();
        let (content, sections) = parameter_bytes(&planned);
        let parameters =
            connection.filled(&content, BufferUsages::UNIFORM | BufferUsages::COPY_DST)?;
        let converted_bytes = planned.iter().map(WorkPlan::converted_bytes).max().unwrap_or(0);
        let converted = grown(&mut self.columns, connection, "columns", converted_bytes)?;
        let rows = match planned.iter().map(WorkPlan::rows_bytes).max() {
            None | Some(0) => None,
            Some(size) => Some(grown(&mut self.rows, connection, "rows", size)?),
        };
        let class_weights = match &self.class_weights {
            Some(class_weights) => Some(class_weights.clone()),
            None => class_weighting
                .class_weight_words()
                .map(|words| connection.filled(bytemuck::cast_slice(&words), BufferUsages::STORAGE))
                .transpose()?,
        };
        self.class_weights.clone_from(&class_weights);
        let part = |buffer, (offset, size): (u64, u64)| {
            let size = BufferSize::new(size);
            BindingResource::Buffer(BufferBinding { buffer, offset, size })
        };
        let mut parts = Vec::new();
        for (planned, (section, passes)) in planned.into_iter().zip(sections) {
            let (shape, begin) = (planned.shape(), planned.offsets());
            let WorkPlan { schema, columns, has_long_rows, .. } = planned;
            let pipeline = &self.convert[usize::from(has_long_rows)];
            let columns = columns.map(|column| match column {
                ColumnSource::InPlace(window) => window.resource_at(0),
                ColumnSource::Converted(first, words) => {
                    part(&converted, (4 * first, (4 * words).next_multiple_of(VECTOR_BYTES)))
                }
                ColumnSource::Absent => part(&converted, (0, VECTOR_BYTES)),
            });
            let conversion = match (planned.convert, section, pipeline) {
                (Some((numbers, windows)), Some(section), Some(pipeline)) => {
                    let prediction = windows.prediction;
                    // Any buffer can be bound for an absent input, since it is not read.
                    let or_any =
                        |window: Option<Window<'a>>| window.unwrap_or(prediction).resource();
                    let table = class_weights.as_ref().map(Buffer::as_entire_binding);
                    let not_inputs = [
                        table.unwrap_or_else(|| or_any(None)),
                        converted.as_entire_binding(),
                        state.as_entire_binding(),
                        part(&parameters, section),
                    ];
                    let resources = windows.into_array().map(or_any).into_iter().chain(not_inputs);
                    let words = numbers.prediction_words.max(numbers.truth_words);
                    let group_samples = if has_long_rows { 1 } else { CONVERT_GROUP };
                    let groups = numbers.samples.div_ceil(group_samples);
                    let groups = groups.max(words.div_ceil(CONVERT_GROUP));
                    Some(Conversion {
                        pipeline: pipeline.clone(),
                        bindings: bind(connection, &layouts.convert.0, resources)?,
                        groups: groups.min(MAX_GROUPS as u32),
                    })
                }
                (None, None, _) => None,
                _ => return Err(Error::internal("the conversion of a batch was not prepared")),
            };
            let rows = if schema.rows { rows.as_ref() } else { None };
            let passes = part(&parameters, passes);
            let bindings =
                Bindings::new(connection, layouts, columns, state, passes, rows, has_problems)?;
            parts.push(Work { shape, conversion, bindings: bindings.at(begin) });
        }
        Ok(PreparedWork { parts, parameters, content })
    }
}

/// The buffer if it has `size` bytes, else a new one that replaces it.
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
