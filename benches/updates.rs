//! Host time per training step for metrics of batches on the device: one `update`, and one `encode`
//! into the step's encoder, compared with an empty dispatch through wgpu in the same run. Also the
//! total time of 1,000 updates of 8,192 × 10 logits with five metrics, until the device is idle.
//!
//!     cargo bench --bench updates                # the first hardware adapter
//!     cargo bench --bench updates -- --software  # every adapter
//!
//! `python3 benches/peers.py updates` prints the last case for TorchMetrics. The binary is
//! self-contained and can be copied to a machine without Rust.

use pollster::block_on;
use std::time::{Duration, Instant};
use weighbridge::wgpu::util::{BufferInitDescriptor, DeviceExt};
use weighbridge::wgpu::{
    Backends, BindGroup, BindGroupDescriptor, BindGroupEntry, Buffer, BufferUsages,
    ComputePassDescriptor, ComputePipeline, ComputePipelineDescriptor, Device, DeviceDescriptor,
    DeviceType, Instance, InstanceDescriptor, PollType, Queue, ShaderModuleDescriptor,
    ShaderSource,
};
use weighbridge::{Batch, BufferColumn, Dtype, Evaluator, Task};

const CLASSES: usize = 10;
const METRICS: [&str; 5] =
    ["accuracy", "top_k_accuracy:k=5", "f1_score", "log_loss", "confusion_matrix"];

/// Samples of a batch so small that its work takes almost no host time on a software adapter.
const FEW: usize = 64;
/// Samples of a training step.
const SAMPLES: usize = 8192;

/// Steps per round.
const STEPS: usize = 32;

fn main() {
    let has = |flag: &str| std::env::args().any(|argument| argument == flag);
    let test = !has("--bench");
    let rounds = if test { 1 } else { 60 };
    let instance = Instance::new(InstanceDescriptor::new_without_display_handle_from_env());
    let mut measured = 0;
    for adapter in block_on(instance.enumerate_adapters(Backends::all())) {
        let info = adapter.get_info();
        if info.device_type == DeviceType::Cpu && !test && !has("--software") {
            continue;
        }
        println!("{} ({} {}, {})", info.name, info.driver, info.driver_info, info.backend);
        let device = block_on(adapter.request_device(&DeviceDescriptor::default()));
        let (device, queue) = device.expect("a device");
        Bench::new(device.clone(), queue.clone(), FEW).host_times(rounds);
        let updates = if test { 3 } else { 1000 };
        Bench::new(device.clone(), queue.clone(), FEW).all_done(updates);
        Bench::new(device, queue, SAMPLES).all_done(updates);
        measured += 1;
    }
    if measured == 0 {
        println!("no hardware adapter here; --software measures software adapters");
    }
}

struct Bench {
    device: Device,
    queue: Queue,
    evaluator: Evaluator,
    samples: usize,
    logits: Buffer,
    labels: Buffer,
    weights: Buffer,
}

impl Bench {
    fn new(device: Device, queue: Queue, samples: usize) -> Self {
        let evaluator = Evaluator::builder(Task::Multiclass)
            .classes(CLASSES)
            .from_logits(true)
            .metrics(METRICS)
            .device(weighbridge::Device::shared(device.clone(), queue.clone()))
            .build()
            .expect("an evaluator");
        let buffer = |words: Vec<u32>| {
            let contents: Vec<u8> = words.into_iter().flat_map(u32::to_le_bytes).collect();
            let (label, usage) = (None, BufferUsages::STORAGE);
            device.create_buffer_init(&BufferInitDescriptor { label, contents: &contents, usage })
        };
        let mixed = |index: usize| (index as u32).wrapping_mul(0x9e37_79b1) >> 12;
        let float = |index: usize| (mixed(index) as f32 * 2_f32.powi(-18)).to_bits();
        let logits = buffer((0..samples * CLASSES).map(float).collect());
        let labels = buffer((0..samples).map(|index| mixed(index) % CLASSES as u32).collect());
        let weights = buffer((0..samples).map(float).collect());
        Self { device, queue, evaluator, samples, logits, labels, weights }
    }

    fn wait(&self) {
        self.device.poll(PollType::wait_indefinitely()).expect("a device that works");
    }

    fn update(&mut self) {
        let Self { evaluator, logits, labels, weights, .. } = self;
        evaluator.update(&batch(logits, labels, weights)).expect("a batch");
    }

    /// A step: an empty dispatch and, if `encodes`, the work of an update in the same encoder.
    /// Returns both times.
    fn step(&mut self, empty: &Empty, encodes: bool) -> [Duration; 2] {
        let start = Instant::now();
        let mut encoder = self.device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_compute_pass(&ComputePassDescriptor::default());
        pass.set_pipeline(&empty.pipeline);
        pass.set_bind_group(0, &empty.bindings, &[]);
        pass.dispatch_workgroups(1, 1, 1);
        drop(pass);
        let encoding = Instant::now();
        if encodes {
            let Self { evaluator, logits, labels, weights, .. } = self;
            evaluator.encode(&mut encoder, &batch(logits, labels, weights)).expect("a batch");
        }
        let encoding = encoding.elapsed();
        self.queue.submit([encoder.finish()]);
        [start.elapsed(), encoding]
    }

    /// Medians over rounds in which each is timed in turn.
    fn host_times(&mut self, rounds: usize) {
        let empty = Empty::new(&self.device);
        let mut times: [Vec<Duration>; 4] = Default::default();
        for round in 0..rounds + 2 {
            for _ in 0..STEPS {
                let [dispatch, _] = self.step(&empty, false);
                self.wait();
                let start = Instant::now();
                self.update();
                let update = start.elapsed();
                self.wait();
                let [step, encode] = self.step(&empty, true);
                self.wait();
                if round >= 2 {
                    let all = [dispatch, update, encode, step.saturating_sub(dispatch)];
                    times.iter_mut().zip(all).for_each(|(times, time)| times.push(time));
                }
            }
        }
        if rounds < 2 {
            return;
        }
        let [dispatch, update, encode, more] = times.map(median);
        println!("  an empty dispatch, submitted: {:.1} µs", micros(dispatch));
        for (name, time) in [
            ("update, submitted", update),
            ("encode", encode),
            ("encode, and what it adds to finish and submit", more),
        ] {
            let ratio = time.as_secs_f64() / dispatch.as_secs_f64();
            println!("  {name}: {:.1} µs, {ratio:.2} of that", micros(time));
        }
    }

    /// The time from the first of `updates` updates until all of them are done.
    fn all_done(&mut self, updates: usize) {
        self.update();
        self.evaluator.result().expect("a result");
        let start = Instant::now();
        (0..updates).for_each(|_| self.update());
        let submitted = start.elapsed();
        let report = self.evaluator.result().expect("a result");
        let done = start.elapsed();
        assert_eq!(report.samples as usize, (updates + 1) * self.samples);
        println!(
            "  {updates} updates of {} × {CLASSES} logits, weighted, {} metrics: {:.1} ms, {:.1} ms \
             of them on the host",
            self.samples,
            METRICS.len(),
            done.as_secs_f64() * 1e3,
            submitted.as_secs_f64() * 1e3,
        );
    }
}

fn batch<'a>(logits: &'a Buffer, labels: &'a Buffer, weights: &'a Buffer) -> Batch<'a> {
    let column = |dtype, buffer: &'a Buffer| BufferColumn::new(dtype, buffer.slice(..));
    Batch::new(column(Dtype::F32, logits), column(Dtype::U32, labels))
        .weights(column(Dtype::F32, weights))
}

/// A kernel that does nothing.
struct Empty {
    pipeline: ComputePipeline,
    bindings: BindGroup,
}

impl Empty {
    fn new(device: &Device) -> Self {
        let wgsl = "@group(0) @binding(0) var<storage, read_write> word: u32;
            @compute @workgroup_size(1) fn main() { word = 1u; }";
        let source = ShaderSource::Wgsl(wgsl.into());
        let module = device.create_shader_module(ShaderModuleDescriptor { label: None, source });
        let pipeline = device.create_compute_pipeline(&ComputePipelineDescriptor {
            label: None,
            layout: None,
            module: &module,
            entry_point: Some("main"),
            compilation_options: Default::default(),
            cache: None,
        });
        let contents = &[0; 4];
        let (label, usage) = (None, BufferUsages::STORAGE);
        let word = device.create_buffer_init(&BufferInitDescriptor { label, contents, usage });
        let bindings = device.create_bind_group(&BindGroupDescriptor {
            label: None,
            layout: &pipeline.get_bind_group_layout(0),
            entries: &[BindGroupEntry { binding: 0, resource: word.as_entire_binding() }],
        });
        Self { pipeline, bindings }
    }
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
