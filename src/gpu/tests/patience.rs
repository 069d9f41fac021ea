//! Waits for devices that have much other work to do.

use super::adapters::test_adapters;
use crate::batch::Chunk;
use crate::gpu::device::adapter::AdapterSummary;
use crate::gpu::pending_batch::PendingBatch;
use crate::{Batch, BufferColumn, Device, Dtype, Evaluator, Task};
use std::time::{Duration, Instant};
use wgpu::util::{BufferInitDescriptor, DeviceExt};
use wgpu::{Buffer, BufferUsages};

/// An evaluator on a new device with a limit of patience, and a buffer of ones.
fn evaluator(adapter: &AdapterSummary, patience: Duration, ones: usize) -> (Evaluator, Buffer) {
    let (device, buffer) = shared(adapter, ones);
    let mut evaluator = on(device);
    evaluator.engine().expect("an engine").connection.set_patience(patience);
    (evaluator, buffer)
}

/// A new device of a caller, and a buffer of ones on it.
fn shared(adapter: &AdapterSummary, ones: usize) -> (Device, Buffer) {
    let request = adapter.adapter.request_device(&Default::default());
    let (device, queue) = pollster::block_on(request).expect("a device");
    let contents = vec![1.0_f32; ones];
    let contents = bytemuck::cast_slice(&contents);
    let usage = BufferUsages::STORAGE;
    let buffer = device.create_buffer_init(&BufferInitDescriptor { label: None, contents, usage });
    (Device::shared(device, queue), buffer)
}

fn on(device: Device) -> Evaluator {
    let builder = Evaluator::builder(Task::Aggregation).metric("mean");
    builder.device(device).build().expect("an evaluator")
}

fn add(evaluator: &mut Evaluator, buffer: &Buffer) {
    let column = BufferColumn::new(Dtype::F32, buffer.slice(..));
    evaluator.update(&Batch::values(column)).expect("a batch");
}

#[test]
fn a_wait_lasts_as_long_as_work_is_completed() {
    const SAMPLES: usize = 1 << 19;
    for adapter in test_adapters() {
        let patience = Duration::from_millis(300);
        let (mut evaluator, buffer) = evaluator(&adapter, patience, SAMPLES);
        // More and more work, until it takes longer than the device's patience.
        let took_longer = [4, 16, 64, 256].into_iter().any(|updates| {
            evaluator.reset().expect("a reset");
            let start = Instant::now();
            (0..updates).for_each(|_| add(&mut evaluator, &buffer));
            let report = evaluator.result().expect("a report");
            assert_eq!(report.samples, (updates * SAMPLES) as u64, "{}", adapter.name);
            start.elapsed() > 2 * patience
        });
        assert!(took_longer || !adapter.software, "{}", adapter.name);
    }
}

#[test]
fn nothing_is_lost_by_a_wait_that_ends() {
    const SAMPLES: usize = 1 << 23;
    const UPDATES: usize = 3;
    let values = vec![1.0_f32; 5_000_000];
    for adapter in test_adapters() {
        let (mut evaluator, buffer) = evaluator(&adapter, Duration::from_millis(40), SAMPLES);
        (0..UPDATES).for_each(|_| add(&mut evaluator, &buffer));
        // Five chunks, which would follow that work.
        let refused = evaluator.update(&Batch::values(&values)).err();
        if let Some(error) = &refused {
            assert!(error.to_string().contains("completed no work for 0.04 seconds"), "{error}");
        }
        // Other adapters may do their work before a submission returns.
        assert!(refused.is_some() || adapter.name != "SwiftShader Device (Subzero)");
        let added = if refused.is_some() { 0 } else { values.len() };
        let start = Instant::now();
        let report = loop {
            match evaluator.result() {
                Ok(report) => break report,
                Err(error) => assert!(start.elapsed() < Duration::from_secs(60), "{error}"),
            }
        };
        assert_eq!(report.samples, (UPDATES * SAMPLES + added) as u64, "{}", adapter.name);
    }
}

/// Another thread may submit much work while a batch is added, so that the memory of its first
/// chunks is not free in time. The rest of the batch is then written to new memory.
#[test]
fn a_batch_is_not_lost_half_way() {
    const BUFFER_SAMPLES: usize = 1 << 23;
    const UPDATES: usize = 3;
    let values = vec![1.0_f32.to_bits(); 6_000_000];
    for adapter in test_adapters() {
        let (device, buffer) = shared(&adapter, BUFFER_SAMPLES);
        let (mut evaluator, mut other) = (on(device.clone()), on(device));
        evaluator.update(&Batch::values(&[1.0_f32; 1000])).expect("a batch");
        evaluator.result().expect("a report");
        let engine = evaluator.engine().expect("an engine");
        engine.connection.set_patience(Duration::from_millis(40));
        let schema = engine.plan.schema(false);
        let chunk = |values| Chunk {
            schema,
            prediction: values,
            truth: values,
            weight: None,
            masked: false,
        };
        let mut pending = PendingBatch::begin(engine, values.len(), schema).expect("a batch");
        let (first, rest) = values.split_at(values.len() / 2);
        pending.add(&chunk(first), 0).expect("the first half");
        (0..UPDATES).for_each(|_| add(&mut other, &buffer));
        pending.add(&chunk(rest), 0).expect("the second half");
        pending.commit(values.len());
        let start = Instant::now();
        let report = loop {
            match evaluator.result() {
                Ok(report) => break report,
                Err(error) => assert!(start.elapsed() < Duration::from_secs(60), "{error}"),
            }
        };
        assert_eq!(report.samples, 1000 + values.len() as u64, "{}", adapter.name);
        assert_eq!(report.unweighted("mean"), Ok(1.0), "{}", adapter.name);
    }
}
