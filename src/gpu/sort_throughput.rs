//! How fast an adapter puts stored scores in order.

use super::device::adapter::AdapterSummary;
use super::device::readback::read_back;
use super::engine::connect;
use super::scores::sort::Sorter;
use super::throughput::median;
use crate::error::Error;
use crate::statistic::scores::SAMPLE_BYTES;
use std::time::Duration;
use wgpu::{BufferUsages, ComputePassDescriptor};

/// Times of one measurement, medians over its runs.
#[derive(Clone, Debug)]
pub struct SortThroughput {
    /// Number of pairs: the key of a score, and a label and weight.
    pub pairs: u64,
    /// Time of one sort.
    pub sort: Duration,
    /// Time of one copy of all pairs on the device.
    pub copy: Duration,
    /// Whether the first pairs and the last, as many as are looked at, came out in order.
    pub is_sorted: bool,
}

/// Pairs that are looked at at either end.
const LOOKED_AT: u64 = 1 << 16;

impl SortThroughput {
    /// Measures the sort of so many pairs in one chunk, `runs` times, from the same random order.
    ///
    /// # Errors
    ///
    /// A device that fails, or does not bind so much.
    pub fn measure(adapter: &AdapterSummary, pairs: u64, runs: usize) -> Result<Self, Error> {
        let connection = connect(adapter.clone())?;
        let mut sorter = Sorter::new(&connection, &connection.layouts()?, |module| module)?;
        let bytes = SAMPLE_BYTES * (pairs + 1);
        let usage = BufferUsages::STORAGE | BufferUsages::COPY_SRC | BufferUsages::COPY_DST;
        let [given, sorted] = [0, 1].map(|_| connection.buffer("pairs", bytes, usage));
        let (given, sorted) = (given?, sorted?);
        // What stands before the pairs is their number.
        let mut state = 1_u64;
        let mut words = vec![pairs as u32, 0];
        let mut written = 0;
        while written < bytes {
            words.extend((words.len()..1 << 20).map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (state >> 32) as u32 | 1
            }));
            words.truncate(((bytes - written) / 4) as usize);
            let part: &[u8] = bytemuck::cast_slice(&words);
            connection.guarded(|| connection.queue.write_buffer(&given, written, part))?;
            written += part.len() as u64;
            words.clear();
        }
        let prepared = sorter.prepare(&sorted, pairs)?;
        let submit = |sorts: bool| {
            let submission = connection.guarded(|| {
                let mut encoder = connection.device.create_command_encoder(&Default::default());
                if sorts {
                    let mut pass = encoder.begin_compute_pass(&ComputePassDescriptor::default());
                    sorter.record(&mut pass, &prepared);
                } else {
                    encoder.copy_buffer_to_buffer(&given, 0, &sorted, 0, bytes);
                }
                connection.queue.submit([encoder.finish()])
            })?;
            connection.wait(submission)
        };
        let mut copies = Vec::new();
        let mut sorts = Vec::new();
        for _ in 0..runs.max(1) {
            copies.push(median(1, || submit(false))?);
            sorts.push(median(1, || submit(true))?);
        }
        copies.sort();
        sorts.sort();
        let looked_at = pairs.min(LOOKED_AT);
        let ends = [0, pairs - looked_at].map(|first| first + 1..first + 1 + looked_at);
        let bytes = ends.map(|end| {
            read_back(&connection, &sorted, SAMPLE_BYTES * end.start..SAMPLE_BYTES * end.end)
        });
        let [first, last] = bytes;
        let (first, last) = (first?, last?);
        let key = |sample: &[u8; 8]| u64::from_le_bytes(*sample) as u32;
        let keys = |bytes: &[u8]| -> Vec<u32> { bytes.as_chunks().0.iter().map(key).collect() };
        let is_sorted = keys(&first).is_sorted() && keys(&last).is_sorted();
        Ok(Self { pairs, sort: sorts[runs / 2], copy: copies[runs / 2], is_sorted })
    }

    /// Pairs that are sorted per second.
    pub fn pairs_per_second(&self) -> f64 {
        self.pairs as f64 / self.sort.as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gpu::tests::kernels::test_adapters;

    /// More blocks of counts than one workgroup has threads.
    #[test]
    fn very_many_pairs_are_put_in_order() {
        let pairs = (9 << 20) + 4097;
        // SwiftShader takes 15 s.
        for adapter in
            test_adapters().iter().filter(|adapter| !adapter.name.contains("SwiftShader"))
        {
            let measured = SortThroughput::measure(adapter, pairs, 1).expect("a device");
            assert!(measured.is_sorted, "{}", adapter.name);
        }
    }
}
