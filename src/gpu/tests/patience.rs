//! Waits for devices that have much other work to do.

use super::adapters::test_adapters;
use crate::gpu::device::adapter::AdapterSummary;
use crate::{Batch, BufferColumn, Device, Dtype, Evaluator, Task};
use std::time::{Duration, Instant};
use wgpu::util::{BufferInitDescriptor, DeviceExt};
use wgpu::{Buffer, BufferUsages};

/// An evaluator on a new device with a limit of patience, and a buffer of ones.
fn evaluator(adapter: &AdapterSummary, patience: Duration, ones: usize) -> (Evaluator, Buffer) {
    let request = adapter.adapter.request_device(&Default::default());
    let (device, queue) = pollster::block_on(request).expect("a device");
    let contents = vec![1.0_f32; ones];
    let contents = bytemuck::cast_slice(&contents);
    let usage = BufferUsages::STORAGE;
    let buffer = device.create_buffer_init(&BufferInitDescriptor { label: None, contents, usage });
    let builder = Evaluator::builder(Task::Aggregation).metric("mean");
    let device = Device::shared(device, queue);
    let mut evaluator = builder.device(device).build().expect("an evaluator");
    evaluator.engine().expect("an engine").connection.set_patience(patience);
    (evaluator, buffer)
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
