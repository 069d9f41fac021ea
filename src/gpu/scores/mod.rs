//! Stored scores on the device: chunks of samples for each total that stores scores, which grow as
//! batches are added.
//!
//! The places of a batch in its chunk are determined on the device when its work is done, since
//! recorded work may be submitted late or never. The host only ensures that there is room for all
//! recorded work.

pub mod slots;
pub mod sort;

use self::sort::Sorter;
use super::device::connection::Connection;
use super::device::layouts::Layouts;
use super::device::readback::PendingMap;
use super::dispatch::bindings::bind;
use super::source::Module;
use crate::error::Error;
use crate::statistic::scores::SAMPLE_BYTES;
use crate::statistic::{Family, Plan, StoredSample, StoredScores};
use std::sync::Arc;
use wgpu::{BindGroup, Buffer, BufferUsages, CommandEncoder, ComputePassDescriptor, MapMode};

/// Samples of the first chunk; each later chunk is as large as all chunks before it.
const MIN_SAMPLES: u64 = 1 << 16;

/// Samples of the smallest chunk, if the limit leaves room for fewer.
const MIN_REMAINING: u64 = 1 << 12;

/// Samples of the largest chunk.
const MAX_SAMPLES: u64 = 1 << 27;

/// Bytes of a chunk's header: the number of places taken, and the binary problem.
const HEAD_BYTES: u64 = SAMPLE_BYTES;
const TAKEN_BYTES: u64 = 4;

/// The stored scores of all totals.
#[derive(Debug)]
pub(in crate::gpu) struct Stored {
    connection: Arc<Connection>,
    layouts: Arc<Layouts>,
    plan: Plan,
    /// The chunks of each total; none after scores were dropped.
    totals: Option<Vec<Vec<ScoreChunk>>>,
    sorter: Sorter,
    /// The largest number of samples of a total.
    limit: u64,
}

#[derive(Debug)]
struct ScoreChunk {
    buffer: Buffer,
    bindings: BindGroup,
    capacity: u64,
    /// The largest number of places taken when all recorded work is done.
    reserved: u64,
    /// The number of these places for work that others submit, since the last reset.
    encoded: u64,
    /// Whether work was ever recorded for others to submit.
    was_encoded: bool,
}

/// A copy of a chunk of a total.
#[derive(Debug)]
struct ChunkCopy {
    total: usize,
    buffer: Buffer,
    arrival: Option<PendingMap>,
}

/// Sorted copies of stored scores, on their way to the host.
#[derive(Debug)]
pub(in crate::gpu) struct Copies {
    copies: Vec<ChunkCopy>,
    totals: usize,
    dropped: bool,
}

/// The largest number of samples of a chunk that the device can bind.
fn max_samples(connection: &Connection) -> u64 {
    let limits = connection.device.limits();
    let bytes = limits.max_storage_buffer_binding_size.min(limits.max_buffer_size);
    MAX_SAMPLES.min(bytes.saturating_sub(HEAD_BYTES) / SAMPLE_BYTES)
}

/// The number of places that `samples` samples take: a multiple of 4.
fn places(samples: usize) -> u64 {
    (samples as u64).next_multiple_of(4)
}

impl Stored {
    pub fn new(
        connection: &Arc<Connection>,
        layouts: &Arc<Layouts>,
        plan: &Plan,
        edit: impl Fn(Module) -> Module,
    ) -> Result<Self, Error> {
        let sorter = Sorter::new(connection, layouts, edit)?;
        let totals = Some((0..plan.number_of_totals()).map(|_| Vec::new()).collect());
        let (connection, layouts) = (connection.clone(), layouts.clone());
        Ok(Self { connection, layouts, plan: plan.clone(), totals, sorter, limit: u64::MAX })
    }

    /// Sets the limit in bytes of all stored scores.
    pub fn limit(&mut self, bytes: u64) {
        self.limit = bytes / SAMPLE_BYTES / self.plan.number_of_stored().max(1) as u64;
    }

    /// The largest number of samples that can be stored at a time: a multiple of 64, the alignment
    /// of the chunks of a batch.
    pub fn max_samples(&self) -> usize {
        (max_samples(&self.connection) / 64 * 64).max(64) as usize
    }

    /// Drops all scores, including later ones until a reset.
    pub fn drop_all(&mut self) {
        self.totals = None;
    }

    /// Reserves places for samples of a total of a family that stores scores; none if scores were
    /// dropped.
    pub fn reserve(
        &mut self,
        family: &Family,
        total: usize,
        samples: usize,
        is_encoded: bool,
    ) -> Result<Option<BindGroup>, Error> {
        let Some(totals) = &mut self.totals else { return Ok(None) };
        let chunks = totals.get_mut(total);
        let chunks =
            chunks.ok_or_else(|| Error::internal(format!("total {total} does not exist")))?;
        let problem = total - family.totals.start;
        let places = places(samples);
        let has_room = |chunk: &ScoreChunk| chunk.capacity - chunk.reserved >= places;
        let index = match chunks.iter().position(has_room) {
            Some(index) => index,
            None => {
                let all: u64 = chunks.iter().map(|chunk| chunk.capacity).sum();
                let max = max_samples(&self.connection);
                // Rounding up to multiples of 4 takes more places than there are samples.
                let left = self.limit.saturating_sub(all).max(MIN_REMAINING.min(self.limit));
                let wanted = all.max(MIN_SAMPLES).min(left);
                let capacity = wanted.clamp(places, max.max(places));
                chunks.push(Self::chunk(&self.connection, &self.layouts, problem, capacity)?);
                chunks.len() - 1
            }
        };
        let chunk = &mut chunks[index];
        chunk.reserved += places;
        chunk.encoded += if is_encoded { places } else { 0 };
        chunk.was_encoded |= is_encoded;
        Ok(Some(chunk.bindings.clone()))
    }

    fn chunk(
        connection: &Connection,
        layouts: &Layouts,
        problem: usize,
        capacity: u64,
    ) -> Result<ScoreChunk, Error> {
        let size = HEAD_BYTES + SAMPLE_BYTES * capacity;
        let usage = BufferUsages::STORAGE | BufferUsages::COPY_SRC | BufferUsages::COPY_DST;
        let buffer = connection.buffer("stored scores", size, usage)?;
        let (queue, problem) = (&connection.queue, problem as u32);
        connection.guarded(|| queue.write_buffer(&buffer, TAKEN_BYTES, &problem.to_le_bytes()))?;
        let bindings = bind(connection, &layouts.stored.0, [buffer.as_entire_binding()])?;
        Ok(ScoreChunk { buffer, bindings, capacity, reserved: 0, encoded: 0, was_encoded: false })
    }

    /// Records that all places are free. Places for work that was recorded since the last reset
    /// stay reserved, since it may still be submitted.
    pub fn reset(&mut self, encoder: &mut CommandEncoder) {
        let number = self.plan.number_of_totals();
        let all = self.totals.get_or_insert_with(|| (0..number).map(|_| Vec::new()).collect());
        for chunk in all.iter_mut().flatten() {
            // Work recorded before may have taken more places than are reserved now.
            let bytes = SAMPLE_BYTES * chunk.reserved;
            let bytes = (!chunk.was_encoded).then_some(bytes);
            encoder.clear_buffer(&chunk.buffer, 0, Some(TAKEN_BYTES));
            encoder.clear_buffer(&chunk.buffer, HEAD_BYTES, bytes);
            chunk.reserved = std::mem::take(&mut chunk.encoded);
        }
    }

    /// Records the sort and the copy of samples. The copies can be mapped once that is submitted.
    pub fn copy(&mut self, encoder: &mut CommandEncoder) -> Result<Copies, Error> {
        let Self { connection, plan, totals: all, sorter, .. } = self;
        let mut copies = Vec::new();
        for (total, chunks) in all.iter().flatten().enumerate() {
            for chunk in chunks.iter().filter(|chunk| chunk.reserved > 0) {
                let sort = sorter.prepare(&chunk.buffer, chunk.reserved)?;
                let bytes = HEAD_BYTES + SAMPLE_BYTES * chunk.reserved;
                let usage = BufferUsages::MAP_READ | BufferUsages::COPY_DST;
                let buffer = connection.buffer("copy of scores", bytes, usage)?;
                connection.guarded(|| {
                    let mut pass = encoder.begin_compute_pass(&ComputePassDescriptor::default());
                    sorter.record(&mut pass, &sort);
                    drop(pass);
                    encoder.copy_buffer_to_buffer(&chunk.buffer, 0, &buffer, 0, bytes);
                })?;
                copies.push(ChunkCopy { total, buffer, arrival: None });
            }
        }
        Ok(Copies { copies, totals: plan.number_of_totals(), dropped: all.is_none() })
    }
}

impl Copies {
    /// Requests maps of the copies, after their work was submitted.
    pub fn map(&mut self) {
        for copy in &mut self.copies {
            copy.arrival = Some(PendingMap::new(&copy.buffer, MapMode::Read));
        }
    }

    /// Whether all copies have arrived.
    pub fn are_ready(&mut self, connection: &Connection) -> Result<bool, Error> {
        for arrival in self.copies.iter_mut().filter_map(|copy| copy.arrival.as_mut()) {
            if !arrival.is_ready(connection)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The scores of each total; waits for the copies.
    pub fn read(&mut self, connection: &Connection) -> Result<Vec<StoredScores>, Error> {
        let mut runs: Vec<Vec<Vec<StoredSample>>> = vec![Vec::new(); self.totals];
        for ChunkCopy { total, buffer, arrival } in &mut self.copies {
            let unmapped = || Error::internal("a copy of scores was not mapped");
            arrival.as_mut().ok_or_else(unmapped)?.wait(connection, None)?;
            let bytes = buffer.get_mapped_range(..).map_err(|error| connection.failed(error))?;
            let mut samples = bytes.as_chunks().0.iter().copied().map(words);
            let header = samples.next();
            let [taken, _] = header.ok_or_else(|| Error::internal("a copy of no scores"))?;
            let taken = u64::from(taken);
            let room = buffer.size() / SAMPLE_BYTES - 1;
            if taken > room {
                return Err(connection.failed(format!(
                    "{taken} scores were to be stored where {room} were expected: work was submitted \
                     that had been recorded before more than one reset; reset the evaluator to go on"
                )));
            }
            let samples = samples.take(taken as usize).filter_map(StoredSample::from_words);
            runs[*total].push(samples.collect());
        }
        if self.dropped {
            return Ok(vec![StoredScores::dropped(); self.totals]);
        }
        Ok(runs.into_iter().map(StoredScores::from_runs).collect())
    }
}

/// The two words of a sample.
fn words(bytes: [u8; 8]) -> [u32; 2] {
    let pair = u64::from_le_bytes(bytes);
    [pair as u32, (pair >> 32) as u32]
}
