//! How fast an adapter works off samples that are on it already, beside how fast it copies.

use super::adapter::AdapterSummary;
use super::connection::Connection;
use super::engine::{Engine, connect};
use crate::error::Error;
use crate::statistic::{Plan, Statistic, Task, Totals};
use std::time::{Duration, Instant};
use wgpu::{Buffer, BufferUsages};

/// Samples of a buffer: 128 MiB, the most that the least device binds.
const BUFFER_SAMPLES: usize = 1 << 25;

/// Bytes of prediction, truth and weight of one sample.
const SAMPLE_BYTES: usize = 12;

/// Times of one measurement, medians over its runs.
#[derive(Clone, Debug)]
pub struct Throughput {
    /// Number of samples, prediction, truth and weight of each.
    pub samples: usize,
    /// Time of one pass of all statistics over the samples.
    pub evaluation: Duration,
    /// Time of one copy of `copied_bytes` on the device.
    pub copy: Duration,
    /// Bytes copied, each read once and written once.
    pub copied_bytes: usize,
    /// The totals of the samples, once.
    pub totals: Totals,
}

impl Throughput {
    /// Measures the regression task with weights: `samples` of them, `runs` times.
    ///
    /// # Errors
    ///
    /// A device that fails, or has not enough memory.
    pub fn measure(
        adapter: &AdapterSummary,
        statistics: &[Statistic],
        samples: usize,
        runs: usize,
    ) -> Result<Self, Error> {
        let connection = connect(adapter.clone())?;
        let plan = Plan::new(Task::Regression, statistics.iter().copied());
        let mut engine = Engine::new(connection.clone(), &plan)?;
        let mut buffers = Vec::new();
        let mut bound = Vec::new();
        for start in (0..samples).step_by(BUFFER_SAMPLES) {
            let len = BUFFER_SAMPLES.min(samples - start);
            let column = |seed| column(&connection, seed, start, len);
            let columns = [column(1)?, column(2)?, column(3)?];
            bound.push(engine.bind([&columns[0], &columns[1], &columns[2]], len)?);
            buffers.push(columns);
        }
        engine.add_bound(&bound)?;
        let totals = engine.totals()?.remove(0);
        let evaluation = median(runs, || {
            engine.add_bound(&bound)?;
            engine.finish()
        })?;
        let usage = BufferUsages::STORAGE | BufferUsages::COPY_DST;
        let largest = buffers.first().map_or(4, |columns| columns[0].size());
        let target = connection.buffer("copy", largest, usage)?;
        let copied_bytes = samples * SAMPLE_BYTES;
        let copy = median(runs, || {
            let submission = connection.guarded(|| {
                let mut encoder = connection.device.create_command_encoder(&Default::default());
                for buffer in buffers.iter().flatten() {
                    encoder.copy_buffer_to_buffer(buffer, 0, &target, 0, buffer.size());
                }
                connection.queue.submit([encoder.finish()])
            })?;
            connection.wait(submission)
        })?;
        Ok(Self { samples, evaluation, copy, copied_bytes, totals })
    }

    /// Bytes that the evaluation reads per second.
    pub fn evaluation_bytes_per_second(&self) -> f64 {
        (self.samples * SAMPLE_BYTES) as f64 / self.evaluation.as_secs_f64()
    }

    /// Bytes that the copy reads and writes per second.
    pub fn copy_bytes_per_second(&self) -> f64 {
        (2 * self.copied_bytes) as f64 / self.copy.as_secs_f64()
    }
}

/// A buffer of the [`numbers`] of a column.
fn column(connection: &Connection, seed: u32, start: usize, len: usize) -> Result<Buffer, Error> {
    let numbers = numbers(seed, start, len);
    let usage = BufferUsages::STORAGE | BufferUsages::COPY_DST | BufferUsages::COPY_SRC;
    let size = (4 * len as u64).next_multiple_of(16);
    let buffer = connection.buffer("column", size, usage)?;
    let bytes = bytemuck::cast_slice(&numbers);
    connection.guarded(|| connection.queue.write_buffer(&buffer, 0, bytes))?;
    Ok(buffer)
}

/// Numbers from 0 to 1, the same in every run.
pub(super) fn numbers(seed: u32, start: usize, len: usize) -> Vec<f32> {
    let number = |index: usize| {
        let mixed = (index as u32).wrapping_add(seed << 28).wrapping_mul(0x9e37_79b1);
        ((mixed ^ mixed >> 15).wrapping_mul(0x85eb_ca77) >> 8) as f32 * 2_f32.powi(-24)
    };
    (start..start + len).map(number).collect()
}

fn median(runs: usize, mut work: impl FnMut() -> Result<(), Error>) -> Result<Duration, Error> {
    let mut times = Vec::new();
    for _ in 0..runs.max(1) {
        let start = Instant::now();
        work()?;
        times.push(start.elapsed());
    }
    times.sort();
    Ok(times[times.len() / 2])
}
