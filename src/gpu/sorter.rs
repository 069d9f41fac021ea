//! The sort of stored scores on its own, for benchmarks and tests of this repository.

use super::device::adapter::AdapterSummary;
use super::device::connection::Connection;
use super::device::readback::read_back;
use super::open::connect;
use super::scores::sort::{Sort, Sorter};
use crate::error::Error;
use crate::statistic::scores::SAMPLE_BYTES;
use std::ops::Range;
use std::sync::Arc;
use wgpu::{Buffer, BufferUsages, ComputePassDescriptor};

/// Pairs of a key and another word on a device, and memory to sort them in.
#[derive(Debug)]
pub struct PairSorter {
    connection: Arc<Connection>,
    sorter: Sorter,
    sort: Sort,
    /// The pairs as written, after a header with their number.
    unsorted: Buffer,
    sorted: Buffer,
}

impl PairSorter {
    /// Memory for `pairs` pairs.
    ///
    /// # Errors
    ///
    /// A device that fails, or that cannot bind this many pairs.
    pub fn new(adapter: &AdapterSummary, pairs: u64) -> Result<Self, Error> {
        let connection = connect(adapter.clone())?;
        let mut sorter = Sorter::new(&connection, &connection.layouts()?, |module| module)?;
        let bytes = SAMPLE_BYTES * (pairs + 1);
        let usage = BufferUsages::STORAGE | BufferUsages::COPY_SRC | BufferUsages::COPY_DST;
        let buffer = || connection.buffer("pairs", bytes, usage);
        let (unsorted, sorted) = (buffer()?, buffer()?);
        let count = bytemuck::bytes_of(&[pairs as u32, 0]).to_vec();
        connection.guarded(|| connection.queue.write_buffer(&unsorted, 0, &count))?;
        let sort = sorter.prepare(&sorted, pairs)?;
        Ok(Self { connection, sorter, sort, unsorted, sorted })
    }

    /// Writes pairs, starting at the pair with index `first`.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub fn write(&self, first: u64, pairs: &[[u32; 2]]) -> Result<(), Error> {
        let (offset, bytes) = (SAMPLE_BYTES * (first + 1), bytemuck::cast_slice(pairs));
        let queue = &self.connection.queue;
        self.connection.guarded(|| queue.write_buffer(&self.unsorted, offset, bytes))
    }

    /// Copies the pairs as written to the memory in which they are sorted; waits for the device.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub fn copy(&self) -> Result<(), Error> {
        self.submit(|encoder| {
            encoder.copy_buffer_to_buffer(&self.unsorted, 0, &self.sorted, 0, self.sorted.size());
        })
    }

    /// Sorts the copy; waits for the device.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub fn sort(&self) -> Result<(), Error> {
        self.submit(|encoder| {
            let mut pass = encoder.begin_compute_pass(&ComputePassDescriptor::default());
            self.sorter.record(&mut pass, &self.sort);
        })
    }

    /// The keys of a range of pairs of the copy; waits for the device.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub fn keys(&self, pairs: Range<u64>) -> Result<Vec<u32>, Error> {
        let bytes = SAMPLE_BYTES * (pairs.start + 1)..SAMPLE_BYTES * (pairs.end + 1);
        let bytes = read_back(&self.connection, &self.sorted, bytes)?;
        let pairs = bytes.chunks_exact(SAMPLE_BYTES as usize);
        Ok(pairs.map(|pair| u32::from_le_bytes([pair[0], pair[1], pair[2], pair[3]])).collect())
    }

    fn submit(&self, record: impl FnOnce(&mut wgpu::CommandEncoder)) -> Result<(), Error> {
        let submission = self.connection.guarded(|| {
            let mut encoder = self.connection.device.create_command_encoder(&Default::default());
            record(&mut encoder);
            self.connection.submit(encoder)
        })?;
        self.connection.wait(Some(submission))
    }
}
