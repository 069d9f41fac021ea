//! Host samples on their way to the device: a ring of reused slots.
//!
//! A slot is a mapped buffer that the host writes, a device buffer of the same layout that it is
//! copied to, and the bind group over the latter. Parameters travel in the slot too, so each
//! piece of work has its own.

use super::connection::{Connection, PATIENCE};
use super::pipelines::Layouts;
use crate::batch::Piece;
use crate::error::Error;
use crate::statistic::Form;
use crate::statistic::row::ROW_WORDS;
use futures::channel::oneshot::{Receiver, channel};
use std::sync::Arc;
use std::time::Instant;
use wgpu::{
    BindGroup, BindGroupDescriptor, BindGroupEntry, BindGroupLayout, BindingResource, Buffer,
    BufferAsyncError, BufferBinding, BufferUsages, CommandEncoder, MapMode, PollType,
    SubmissionIndex,
};

/// Slots of a ring: one is written while others travel.
pub(super) const SLOTS: usize = 3;

/// Elements of predictions of the largest slot: with truth and weight of each at most 12 MiB, and
/// one row at least.
pub(super) const SLOT_ELEMENTS: usize = 1 << 20;

/// Elements of predictions of the smallest slot.
const LEAST_ELEMENTS: usize = 1 << 12;

/// Sections of a slot begin at multiples of this, the strictest alignment of bindings.
const ALIGNMENT_BYTES: u64 = 256;

/// Reused memory for host samples.
#[derive(Debug)]
pub(super) struct Ring {
    connection: Arc<Connection>,
    layouts: Arc<Layouts>,
    state: Buffer,
    parameter_words: usize,
    slots: Vec<Slot>,
    next: usize,
}

#[derive(Debug)]
pub(super) struct Slot {
    form: Form,
    samples: usize,
    staging: Buffer,
    device: Buffer,
    bindings: Bindings,
    /// Says whether the staging buffer could be mapped again, so that the host may write it.
    mapped: Receiver<Result<(), BufferAsyncError>>,
    /// What it has said.
    arrived: Option<Result<(), BufferAsyncError>>,
    released: Instant,
    submission: Option<SubmissionIndex>,
}

/// What the kernels bind over the same samples.
#[derive(Debug)]
pub(super) struct Bindings {
    /// Of the passes.
    pub passes: BindGroup,
    /// Of the reduction of rows, which the passes then read.
    pub rows: Option<BindGroup>,
}

/// Byte offsets of a slot's sections.
struct Sections {
    columns: [u64; 3],
    column_bytes: [u64; 3],
    size_bytes: u64,
}

impl Sections {
    fn new(parameter_words: usize, form: Form, samples: usize) -> Self {
        let align = |words: usize| (4 * words as u64).next_multiple_of(ALIGNMENT_BYTES);
        let widths = [form.prediction_width(), form.truth_width(), 1];
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
    ) -> Self {
        Self { connection, layouts, state, parameter_words, slots: Vec::new(), next: 0 }
    }

    /// What its bind groups are made for.
    pub fn layouts(&self) -> &Layouts {
        &self.layouts
    }

    /// Whether the next slot can be written without waiting. Fails where it has been travelling for as
    /// long as a device may take.
    pub fn has_room(&mut self) -> Result<bool, Error> {
        let Self { connection, slots, next, .. } = self;
        let Some(slot) = slots.get_mut(*next) else { return Ok(true) };
        connection.poll(PollType::Poll)?;
        if slot.has_arrived() {
            return Ok(true);
        }
        if slot.released.elapsed() > PATIENCE {
            return Err(connection.failed("memory was not mapped in time"));
        }
        Ok(false)
    }

    /// Writes parameters and samples into the next slot; waits if it is still travelling.
    pub fn write(&mut self, parameters: &[u32], piece: &Piece<'_>) -> Result<&mut Slot, Error> {
        let index = self.next;
        self.next = (index + 1) % SLOTS;
        let (form, samples) = (piece.form, piece.len());
        if self.slots.len() <= index {
            let slot = self.slot(form, samples)?;
            self.slots.push(slot);
        } else if self.slots[index].form != form || self.slots[index].samples < samples {
            self.slots[index] = self.slot(form, samples)?;
        }
        let slot = &mut self.slots[index];
        slot.acquire(&self.connection)?;
        slot.fill(&self.connection, parameters, piece)?;
        Ok(slot)
    }

    /// Binds prediction, truth and weight of so many samples, the state, and parameters.
    pub fn bindings(
        &self,
        form: Form,
        samples: usize,
        columns: [BindingResource<'_>; 3],
        parameters: BindingResource<'_>,
    ) -> Result<Bindings, Error> {
        let [prediction, truth, weight] = columns;
        let state = self.state.as_entire_binding();
        if !form.rows {
            let resources = [prediction, truth, weight, state, parameters];
            return Ok(Bindings {
                passes: self.bind(&self.layouts.pass.0, resources)?,
                rows: None,
            });
        }
        let size = 4 * u64::from(ROW_WORDS) * samples as u64;
        let rows = self.connection.buffer("rows", size, BufferUsages::STORAGE)?;
        let rows = rows.as_entire_binding();
        let inputs = [prediction, truth.clone(), rows.clone(), parameters.clone(), state.clone()];
        let reduction = self.bind(&self.layouts.rows.0, inputs)?;
        let resources = [rows, truth, weight, state, parameters];
        Ok(Bindings { passes: self.bind(&self.layouts.pass.0, resources)?, rows: Some(reduction) })
    }

    fn bind<const N: usize>(
        &self,
        layout: &BindGroupLayout,
        resources: [BindingResource<'_>; N],
    ) -> Result<BindGroup, Error> {
        let entries: Vec<_> = resources
            .into_iter()
            .zip(0..)
            .map(|(resource, binding)| BindGroupEntry { binding, resource })
            .collect();
        let label = Some("samples");
        self.connection.bind_group(&BindGroupDescriptor { label, layout, entries: &entries })
    }

    fn slot(&self, form: Form, samples: usize) -> Result<Slot, Error> {
        let width = form.prediction_width();
        let elements = (samples * width).next_power_of_two().clamp(LEAST_ELEMENTS, SLOT_ELEMENTS);
        let samples = (elements / width).max(samples);
        let sections = Sections::new(self.parameter_words, form, samples);
        let (connection, size) = (&self.connection, sections.size_bytes);
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
        let bindings = self.bindings(form, samples, [0, 1, 2].map(column), parameters)?;
        let mapped = map(&staging);
        Ok(Slot {
            form,
            samples,
            staging,
            device,
            bindings,
            mapped,
            arrived: None,
            released: Instant::now(),
            submission: None,
        })
    }
}

impl Slot {
    /// Waits until the host may write the slot.
    fn acquire(&mut self, connection: &Connection) -> Result<(), Error> {
        if !self.has_arrived() {
            let submission = self.submission.take();
            connection.wait_for(submission, || self.has_arrived().then_some(()))?;
        }
        let mapped = self.arrived.take().unwrap_or(Ok(()));
        mapped.map_err(|error| connection.failed(error))
    }

    /// Whether the host may write the slot, or never will.
    fn has_arrived(&mut self) -> bool {
        if self.arrived.is_none() {
            self.arrived = self.mapped.try_recv().ok().flatten();
        }
        self.arrived.is_some()
    }

    fn fill(
        &mut self,
        connection: &Connection,
        parameters: &[u32],
        piece: &Piece<'_>,
    ) -> Result<(), Error> {
        let sections = Sections::new(parameters.len(), self.form, self.samples);
        let [prediction, truth, weight] = sections.columns;
        let words = [
            (0, Some(parameters)),
            (prediction, Some(piece.prediction)),
            (truth, Some(piece.truth)),
            (weight, piece.weight),
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
    pub fn encode(&self, encoder: &mut CommandEncoder, parameter_words: usize, piece: &Piece<'_>) {
        let sections = Sections::new(parameter_words, self.form, self.samples);
        let columns = if piece.weight.is_some() { 3 } else { 2 };
        let words = [piece.prediction.len(), piece.truth.len(), piece.len()];
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

    /// Says which submission reads the slot, so that it can be written again after that; none if
    /// the submission failed.
    pub fn release(&mut self, submission: Option<SubmissionIndex>) {
        self.submission = submission;
        self.released = Instant::now();
        self.mapped = map(&self.staging);
    }
}

/// Asks for a staging buffer to be mapped once the work that reads it is done.
fn map(staging: &Buffer) -> Receiver<Result<(), BufferAsyncError>> {
    let (sender, receiver) = channel();
    staging.map_async(MapMode::Write, .., move |result| {
        let _ = sender.send(result); // a slot that is gone needs no answer
    });
    receiver
}
