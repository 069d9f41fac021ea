//! How fast an adapter works off samples that are on it already, beside how fast it copies.

use super::device::adapter::AdapterSummary;
use super::device::connection::Connection;
use super::engine::{Engine, connect};
use crate::batch::{BufferBatch, BufferColumn, ClassWeighting, Dtype, TruthEncoding};
use crate::error::Error;
use crate::statistic::{Plan, Schema, Totals};
use std::ops::Range;
use std::time::{Duration, Instant};
use wgpu::{Buffer, BufferUsages};

/// Elements of a buffer: 128 MiB, the most that the least device binds.
const BUFFER_ELEMENTS: usize = 1 << 25;

/// Times of one measurement, medians over its runs.
#[derive(Clone, Debug)]
pub struct Throughput {
    /// Number of samples, prediction, truth and weight of each.
    pub samples: usize,
    /// Bytes of a sample.
    pub sample_bytes: usize,
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
    /// Measures a plan with weights over `samples` samples, `runs` times. Predictions are rows where
    /// the plan needs them.
    ///
    /// # Errors
    ///
    /// A device that fails, or has not enough memory.
    pub fn measure(
        adapter: &AdapterSummary,
        plan: &Plan,
        samples: usize,
        runs: usize,
    ) -> Result<Self, Error> {
        let connection = connect(adapter.clone())?;
        let mut engine = Engine::new(connection.clone(), plan)?;
        let schema = plan.schema(plan.row_needs().rows);
        let widths = [schema.prediction_width(), schema.truth_width(), 1];
        let sample_bytes = 4 * widths.iter().sum::<usize>();
        let buffer_samples = (BUFFER_ELEMENTS / widths[0]).max(1);
        let mut buffers = Vec::new();
        for start in (0..samples).step_by(buffer_samples) {
            let len = buffer_samples.min(samples - start);
            let column = |index: usize| {
                let range = start * widths[index]..(start + len) * widths[index];
                column(&connection, &words(schema, index, range))
            };
            buffers.push((len, [column(0)?, column(1)?, column(2)?]));
        }
        let batches: Vec<_> =
            buffers.iter().map(|(len, columns)| batch(schema, columns, *len)).collect();
        let class_weighting = ClassWeighting::default();
        let evaluate = |engine: &mut Engine| {
            let mut batches = batches.iter();
            batches.try_for_each(|batch| engine.add_buffers(batch, schema, &class_weighting))
        };
        evaluate(&mut engine)?;
        let totals = engine.totals()?.remove(0);
        let evaluation = median(runs, || {
            evaluate(&mut engine)?;
            engine.finish()
        })?;
        let usage = BufferUsages::STORAGE | BufferUsages::COPY_DST;
        let largest = buffers.first().map_or(4, |(_, columns)| columns[0].size());
        let target = connection.buffer("copy", largest, usage)?;
        let copied_bytes = samples * sample_bytes;
        let copy = median(runs, || {
            let submission = connection.guarded(|| {
                let mut encoder = connection.device.create_command_encoder(&Default::default());
                for buffer in buffers.iter().flat_map(|(_, columns)| columns) {
                    encoder.copy_buffer_to_buffer(buffer, 0, &target, 0, buffer.size());
                }
                connection.queue.submit([encoder.finish()])
            })?;
            connection.wait(submission)
        })?;
        Ok(Self { samples, sample_bytes, evaluation, copy, copied_bytes, totals })
    }

    /// Bytes that the evaluation reads per second.
    pub fn evaluation_bytes_per_second(&self) -> f64 {
        (self.samples * self.sample_bytes) as f64 / self.evaluation.as_secs_f64()
    }

    /// Bytes that the copy reads and writes per second.
    pub fn copy_bytes_per_second(&self) -> f64 {
        (2 * self.copied_bytes) as f64 / self.copy.as_secs_f64()
    }
}

/// The batch of so many samples, with weights.
fn batch<'a>(schema: Schema, columns: &'a [Buffer; 3], len: usize) -> BufferBatch<'a> {
    let dtype = |classes: Option<u32>| if classes.is_some() { Dtype::U32 } else { Dtype::F32 };
    let column = |index: usize, dtype, width: usize| {
        BufferColumn::new(dtype, columns[index].slice(..4 * (len * width) as u64))
    };
    BufferBatch {
        prediction: column(0, dtype(schema.prediction_classes()), schema.prediction_width()),
        truth: column(1, dtype(schema.truth_classes()), schema.truth_width()),
        weight: Some(column(2, Dtype::F32, 1)),
        mask: None,
        lengths: None,
        steps: 1,
        truth_encoding: TruthEncoding::default(),
        is_values_only: false,
    }
}

/// A buffer of the words of a column.
fn column(connection: &Connection, words: &[u32]) -> Result<Buffer, Error> {
    let usage = BufferUsages::STORAGE | BufferUsages::COPY_DST | BufferUsages::COPY_SRC;
    let size = (4 * words.len() as u64).next_multiple_of(16);
    let buffer = connection.buffer("column", size, usage)?;
    let bytes = bytemuck::cast_slice(words);
    connection.guarded(|| connection.queue.write_buffer(&buffer, 0, bytes))?;
    Ok(buffer)
}

/// The elements of prediction, truth or weight, the same in every run: numbers from 0 to 1, or
/// classes.
pub(super) fn words(schema: Schema, column: usize, range: Range<usize>) -> Vec<u32> {
    let classes = [schema.prediction_classes(), schema.truth_classes(), None][column];
    let word = |index: usize| {
        let mixed = (index as u32).wrapping_add((column as u32 + 1) << 28);
        let mixed = mixed.wrapping_mul(0x9e37_79b1);
        let bits = (mixed ^ mixed >> 15).wrapping_mul(0x85eb_ca77) >> 8;
        let number = bits as f32 * 2_f32.powi(-24);
        classes.map_or(number.to_bits(), |classes| bits % classes)
    };
    range.map(word).collect()
}

pub(super) fn median(
    runs: usize,
    mut work: impl FnMut() -> Result<(), Error>,
) -> Result<Duration, Error> {
    let mut times = Vec::new();
    for _ in 0..runs.max(1) {
        let start = Instant::now();
        work()?;
        times.push(start.elapsed());
    }
    times.sort();
    Ok(times[times.len() / 2])
}
