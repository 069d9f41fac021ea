//! Host samples on their way to the device: a ring of reused slots.
//!
//! A slot is a mapped buffer that the host writes, a device buffer of the same layout that it is
//! copied to, and the bind group over the latter. Parameters travel in the slot too, so each
//! piece of work has its own.

use super::connection::Connection;
use crate::batch::Piece;
use crate::error::Error;
use futures::channel::oneshot::{Receiver, channel};
use std::sync::Arc;
use wgpu::{
    BindGroup, BindGroupDescriptor, BindGroupEntry, BindGroupLayout, BindingResource, Buffer,
    BufferAsyncError, BufferBinding, BufferUsages, CommandEncoder, MapMode, SubmissionIndex,
};

/// Slots of a ring: one is written while others travel.
const SLOTS: usize = 3;

/// Samples of the largest slot: 12 MiB of prediction, truth and weight.
pub(super) const SLOT_SAMPLES: usize = 1 << 20;

/// Samples of the smallest slot.
const LEAST_SAMPLES: usize = 1 << 12;

/// Sections of a slot begin at multiples of this, the strictest alignment of bindings.
const ALIGNMENT_BYTES: u64 = 256;

/// Reused memory for host samples.
#[derive(Debug)]
pub(super) struct Ring {
    connection: Arc<Connection>,
    bind_group_layout: BindGroupLayout,
    state: Buffer,
    parameter_words: usize,
    slots: Vec<Slot>,
    next: usize,
}

#[derive(Debug)]
pub(super) struct Slot {
    samples: usize,
    staging: Buffer,
    device: Buffer,
    bind_group: BindGroup,
    /// Says whether the staging buffer could be mapped again, so that the host may write it.
    mapped: Receiver<Result<(), BufferAsyncError>>,
    submission: Option<SubmissionIndex>,
}

/// Byte offsets of a slot's sections.
struct Sections {
    columns: [u64; 3],
    column_bytes: u64,
    size_bytes: u64,
}

impl Sections {
    fn new(parameter_words: usize, samples: usize) -> Self {
        let align = |bytes: usize| (bytes as u64).next_multiple_of(ALIGNMENT_BYTES);
        let (first, column_bytes) = (align(4 * parameter_words), align(4 * samples));
        let columns = [0, 1, 2].map(|column| first + column * column_bytes);
        Self { columns, column_bytes, size_bytes: first + 3 * column_bytes }
    }
}

impl Ring {
    pub fn new(
        connection: Arc<Connection>,
        bind_group_layout: BindGroupLayout,
        state: Buffer,
        parameter_words: usize,
    ) -> Self {
        Self { connection, bind_group_layout, state, parameter_words, slots: Vec::new(), next: 0 }
    }

    /// Writes parameters and samples into the next slot; waits if it is still travelling.
    pub fn write(&mut self, parameters: &[u32], piece: &Piece<'_>) -> Result<&mut Slot, Error> {
        let index = self.next;
        self.next = (index + 1) % SLOTS;
        if self.slots.len() <= index {
            let slot = self.slot(piece.len())?;
            self.slots.push(slot);
        } else if self.slots[index].samples < piece.len() {
            self.slots[index] = self.slot(piece.len())?;
        }
        let slot = &mut self.slots[index];
        slot.acquire(&self.connection)?;
        slot.fill(&self.connection, parameters, piece)?;
        Ok(slot)
    }

    /// A bind group over prediction, truth and weight, the state, and parameters.
    pub fn bind_group(
        &self,
        columns: [BindingResource<'_>; 3],
        parameters: BindingResource<'_>,
    ) -> Result<BindGroup, Error> {
        let resources = columns.into_iter().chain([self.state.as_entire_binding(), parameters]);
        let entries: Vec<_> = resources
            .zip(0..)
            .map(|(resource, binding)| BindGroupEntry { binding, resource })
            .collect();
        self.connection.bind_group(&BindGroupDescriptor {
            label: Some("samples"),
            layout: &self.bind_group_layout,
            entries: &entries,
        })
    }

    fn slot(&self, samples: usize) -> Result<Slot, Error> {
        let samples = samples.next_power_of_two().clamp(LEAST_SAMPLES, SLOT_SAMPLES);
        let sections = Sections::new(self.parameter_words, samples);
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
        let columns = sections.columns.map(|offset| section(offset, sections.column_bytes));
        let parameters = section(0, 4 * self.parameter_words as u64);
        let bind_group = self.bind_group(columns, parameters)?;
        let mapped = map(&staging);
        Ok(Slot { samples, staging, device, bind_group, mapped, submission: None })
    }
}

impl Slot {
    /// Waits until the host may write the slot.
    fn acquire(&mut self, connection: &Connection) -> Result<(), Error> {
        let mapped = || self.mapped.try_recv().ok().flatten();
        let mapped = connection.wait_for(self.submission.take(), mapped)?;
        mapped.map_err(|error| connection.failed(error))
    }

    fn fill(
        &mut self,
        connection: &Connection,
        parameters: &[u32],
        piece: &Piece<'_>,
    ) -> Result<(), Error> {
        let sections = Sections::new(parameters.len(), self.samples);
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
        let sections = Sections::new(parameter_words, self.samples);
        let columns = if piece.weight.is_some() { 3 } else { 2 };
        let used = (4 * piece.len() as u64).next_multiple_of(16);
        let copies = [(0, 4 * parameter_words as u64)]
            .into_iter()
            .chain(sections.columns[..columns].iter().map(|&offset| (offset, used)));
        for (offset, bytes) in copies {
            encoder.copy_buffer_to_buffer(&self.staging, offset, &self.device, offset, bytes);
        }
    }

    pub fn bind_group(&self) -> &BindGroup {
        &self.bind_group
    }

    /// Says which submission reads the slot, so that it can be written again after that; none if
    /// the submission failed.
    pub fn release(&mut self, submission: Option<SubmissionIndex>) {
        self.submission = submission;
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
