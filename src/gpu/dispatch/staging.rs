//! Copies host samples to the device through a ring of reused slots.
//!
//! A slot consists of a mapped buffer that the host writes, a device buffer of the same layout that
//! it is copied to, and the bind group over the latter. The slot also contains the parameters, so
//! that each piece of work has its own.

use super::bindings::{ALIGNMENT_BYTES, Bindings};
use crate::batch::Chunk;
use crate::error::{Error, UpdateError};
use crate::gpu::device::connection::Connection;
use crate::gpu::device::layouts::Layouts;
use crate::gpu::device::readback::PendingMap;
use crate::kernel::row::ROW_WORDS;
use crate::statistic::Schema;
use std::sync::Arc;
use wgpu::{
    BindingResource, Buffer, BufferBinding, BufferUsages, CommandEncoder, MapMode, SubmissionIndex,
};

/// Slots of a ring: one is written while others are being copied.
pub(in crate::gpu) const SLOTS: usize = 3;

/// The largest number of prediction elements of a slot, unless one row has more: with truth and
/// weight of each, at most 12 MiB.
pub(in crate::gpu) const SLOT_ELEMENTS: usize = 1 << 20;

/// The smallest number of prediction elements of a slot.
const MIN_ELEMENTS: usize = 1 << 12;

/// Bytes of the largest binding of a slot for each of its elements: those of a reduced row.
const ELEMENT_BYTES: u64 = 4 * ROW_WORDS as u64;

/// The smallest limit of bindings and of buffers with which a slot fits.
pub(in crate::gpu) const MIN_BINDING_BYTES: u64 = ELEMENT_BYTES * MIN_ELEMENTS as u64;

/// The largest number of prediction elements of a slot on a device, unless one row has more.
pub(in crate::gpu) fn slot_elements(connection: &Connection) -> usize {
    let elements = (connection.max_binding_bytes() / ELEMENT_BYTES).max(1);
    SLOT_ELEMENTS.min(1 << elements.ilog2())
}

/// Reused memory for host samples.
#[derive(Debug)]
pub(in crate::gpu) struct Ring {
    connection: Arc<Connection>,
    layouts: Arc<Layouts>,
    state: Buffer,
    parameter_words: usize,
    /// Whether there are one-vs-rest or one-vs-one curves.
    has_problems: bool,
    slots: Vec<Slot>,
    next: usize,
    /// Whether a wait within the current batch ended too late, so that others are not worth it.
    is_impatient: bool,
}

#[derive(Debug)]
pub(in crate::gpu) struct Slot {
    schema: Schema,
    samples: usize,
    staging: Buffer,
    device: Buffer,
    bindings: Bindings,
    /// The map of the staging buffer, after which the host may write it again.
    arrival: PendingMap,
    submission: Option<SubmissionIndex>,
}

/// Byte offsets of a slot's sections.
struct Sections {
    columns: [u64; 3],
    column_bytes: [u64; 3],
    size_bytes: u64,
}

impl Sections {
    fn new(parameter_words: usize, schema: Schema, samples: usize) -> Self {
        let align = |words: usize| (4 * words as u64).next_multiple_of(ALIGNMENT_BYTES);
        let widths = [schema.prediction_width(), schema.truth_width(), 1];
        let column_bytes = widths.map(|width| align(width * samples));
        let mut size_bytes = align(parameter_words);
        let columns = column_bytes.map(|bytes| {
            size_bytes += bytes;
            size_bytes - bytes
        });
        Self { columns, column_bytes, size_bytes }
    }
}

impl Ring {
    pub fn new(
        connection: Arc<Connection>,
        layouts: Arc<Layouts>,
        state: Buffer,
        parameter_words: usize,
        has_problems: bool,
    ) -> Self {
        let slots = Vec::new();
        Self {
            connection,
            layouts,
            state,
            parameter_words,
            has_problems,
            slots,
            next: 0,
            is_impatient: false,
        }
    }

    /// Whether the next slot can be written without waiting. Fails if its copy has timed out.
    pub fn has_room(&mut self) -> Result<bool, Error> {
        let Self { connection, slots, next, .. } = self;
        slots.get_mut(*next).map_or(Ok(true), |slot| slot.arrival.is_ready(connection))
    }

    /// Writes parameters and samples into the next slot; waits if it is still being copied.
    ///
    /// A wait that ends too late fails, unless part of the batch `is_submitted`: the rest is then
    /// written to new memory, since a batch that fails half-way loses everything.
    pub fn write(
        &mut self,
        parameters: &[u32],
        chunk: &Chunk<'_>,
        is_submitted: bool,
    ) -> Result<&mut Slot, Error> {
        let index = self.next;
        self.next = (index + 1) % SLOTS;
        let (schema, samples) = (chunk.schema, chunk.len());
        if self.slots.len() <= index {
            let slot = self.slot(schema, samples)?;
            self.slots.push(slot);
        } else if self.slots[index].schema != schema || self.slots[index].samples < samples {
            self.slots[index] = self.slot(schema, samples)?;
        }
        let connection = &self.connection;
        let slot = &mut self.slots[index];
        self.is_impatient &= is_submitted;
        let is_free = if self.is_impatient {
            slot.arrival.is_ready(connection).unwrap_or(false)
        } else {
            let waited = slot.arrival.wait(connection, slot.submission.clone());
            if !is_submitted {
                waited.clone()?;
            }
            waited.is_ok()
        };
        if !is_free {
            self.connection.check()?;
            self.is_impatient = true;
            self.slots[index] = self.slot(schema, samples)?;
            self.slots[index].arrival.wait(&self.connection, None)?;
        }
        let slot = &mut self.slots[index];
        slot.fill(&self.connection, parameters, chunk)?;
        Ok(slot)
    }

    fn slot(&self, schema: Schema, samples: usize) -> Result<Slot, Error> {
        let width = schema.prediction_width();
        let elements = (samples * width).next_power_of_two().clamp(MIN_ELEMENTS, SLOT_ELEMENTS);
        let elements = elements.min(slot_elements(&self.connection));
        let samples = (elements / width).max(samples);
        let sections = Sections::new(self.parameter_words, schema, samples);
        let (connection, size) = (&self.connection, sections.size_bytes);
        let limit = connection.max_binding_bytes();
        if sections.column_bytes.iter().any(|&bytes| bytes > limit)
            || size > connection.max_buffer_bytes()
        {
            return Err(
                UpdateError::SampleTooLarge { adapter: connection.name.clone(), limit }.into()
            );
        }
        let staging =
            connection.buffer("staging", size, BufferUsages::MAP_WRITE | BufferUsages::COPY_SRC)?;
        let device = connection.buffer(
            "samples",
            size,
            BufferUsages::STORAGE | BufferUsages::UNIFORM | BufferUsages::COPY_DST,
        )?;
        let section = |offset, bytes| {
            BindingResource::Buffer(BufferBinding {
                buffer: &device,
                offset,
                size: wgpu::BufferSize::new(bytes),
            })
        };
        let column =
            |column: usize| section(sections.columns[column], sections.column_bytes[column]);
        let parameters = section(0, 4 * self.parameter_words as u64);
        let size = 4 * u64::from(ROW_WORDS) * samples as u64;
        let rows = schema.rows.then(|| connection.buffer("rows", size, BufferUsages::STORAGE));
        let rows = rows.transpose()?;
        let bindings = Bindings::new(
            connection,
            &self.layouts,
            [0, 1, 2].map(column),
            &self.state,
            parameters,
            rows.as_ref(),
            self.has_problems,
        )?;
        let arrival = PendingMap::new(&staging, MapMode::Write);
        Ok(Slot { schema, samples, staging, device, bindings, arrival, submission: None })
    }
}

impl Slot {
    fn fill(
        &mut self,
        connection: &Connection,
        parameters: &[u32],
        chunk: &Chunk<'_>,
    ) -> Result<(), Error> {
        let sections = Sections::new(parameters.len(), self.schema, self.samples);
        let [prediction, truth, weight] = sections.columns;
        let words = [
            (0, Some(parameters)),
            (prediction, Some(chunk.prediction)),
            (truth, Some(chunk.truth)),
            (weight, chunk.weight),
        ];
        for (offset, words) in words {
            let Some(words) = words.filter(|words| !words.is_empty()) else { continue };
            let bytes: &[u8] = bytemuck::cast_slice(words);
            let mut view = self
                .staging
                .get_mapped_range_mut(offset..offset + bytes.len() as u64)
                .map_err(|error| connection.failed(error))?;
            view.copy_from_slice(bytes);
        }
        self.staging.unmap();
        Ok(())
    }

    /// Records the copy of the slot to the device.
    pub fn encode(&self, encoder: &mut CommandEncoder, parameter_words: usize, chunk: &Chunk<'_>) {
        let sections = Sections::new(parameter_words, self.schema, self.samples);
        let columns = if chunk.weight.is_some() { 3 } else { 2 };
        let words = [chunk.prediction.len(), chunk.truth.len(), chunk.len()];
        let used = words.map(|words| (4 * words as u64).next_multiple_of(16));
        let copies = [(0, 4 * parameter_words as u64)]
            .into_iter()
            .chain(sections.columns.into_iter().zip(used).take(columns));
        for (offset, bytes) in copies {
            encoder.copy_buffer_to_buffer(&self.staging, offset, &self.device, offset, bytes);
        }
    }

    pub fn bindings(&self) -> &Bindings {
        &self.bindings
    }

    /// Sets the submission that reads the slot, after which the slot can be written again; none if
    /// the submission failed.
    pub fn release(&mut self, submission: Option<SubmissionIndex>) {
        self.submission = submission;
        self.arrival = PendingMap::new(&self.staging, MapMode::Write);
    }
}
