//! Tests of the conversion kernel: each mutation is detected, 16-bit floats are widened exactly,
//! and in the steady state nothing is created and nothing is waited for.

use super::adapters::{test_adapters, test_connections};
use super::buffer_mutants::{MUTANTS, MUTANTS_OF_ROWS};
use super::mutant::Mutant;
use crate::batch::{
    Batch, BufferBatch, BufferColumn, ClassWeighting, Dtype, Inputs, TruthEncoding,
};
use crate::device::Device;
use crate::error::{DeviceError, Error};
use crate::evaluator::Evaluator;
use crate::gpu::device::connection::Connection;
use crate::gpu::device::readback::read_back;
use crate::gpu::engine::Engine;
use crate::gpu::source;
use crate::gpu::source::Module;
use crate::gpu::verify::conversion;
use crate::gpu::verify::conversion_cases::{Case, bytes, cases, column, floats};
use crate::statistic::{Constant, Plan, Statistic, Task, ValueFn};
use half::{bf16, f16};
use std::sync::Arc;
use wgpu::util::{BufferInitDescriptor, DeviceExt};
use wgpu::{Buffer, BufferUsages};

fn buffer(device: &wgpu::Device, contents: &[u8]) -> Buffer {
    let usage = BufferUsages::STORAGE | BufferUsages::COPY_SRC;
    device.create_buffer_init(&BufferInitDescriptor { label: None, contents, usage })
}

#[test]
fn every_16_bit_float_is_widened_exactly() {
    let plan = Plan::new(Task::Aggregation, [Statistic::sum(ValueFn::Identity)]);
    let (schema, class_weighting) = (plan.schema(false), ClassWeighting::default());
    for connection in test_connections() {
        for dtype in [Dtype::F16, Dtype::Bf16] {
            let widened = |bits: u16| match dtype {
                Dtype::F16 => f16::from_bits(bits).to_f32(),
                _ => bf16::from_bits(bits).to_f32(),
            };
            let all = buffer(&connection.device, &bytes((0..=u16::MAX).map(u16::to_le_bytes)));
            let values = BufferColumn::new(dtype, all.slice(..));
            let batch = batch(values, None);
            let mut engine = Engine::new(connection.clone(), &plan).expect("an engine");
            engine.add_buffers(&batch, schema, &class_weighting).expect("a batch");
            let converted = engine.buffers.columns().expect("columns were converted");
            let words = read_back(&connection, converted, 0..4 << 16).expect("columns");
            for (bits, word) in (0..=u16::MAX).zip(words.as_chunks().0) {
                let word = u32::from_le_bytes(*word);
                let expected = widened(bits);
                let same = word == expected.to_bits();
                let both_nan = f32::from_bits(word).is_nan() && expected.is_nan();
                let adapter = &connection.name;
                assert!(same || both_nan, "{adapter}, {dtype:?}: {bits:#x} became {word:#x}");
            }
        }
    }
}

fn batch<'a>(prediction: BufferColumn<'a>, truth: Option<BufferColumn<'a>>) -> BufferBatch<'a> {
    let mut inputs = Inputs::new(prediction);
    inputs.truth = truth;
    BufferBatch { inputs, sequence_length: 1, truth_encoding: TruthEncoding::default() }
}

/// Metrics that wait for the device at every step slow down training:
/// Lightning-AI/torchmetrics#2638, pytorch/ignite#240, pytorch/torcheval#200.
#[test]
fn a_thousand_updates_make_nothing_and_wait_for_nothing() {
    for adapter in test_adapters() {
        let connection = Arc::new(Connection::new(adapter).expect("a device of its own"));
        let plan = Plan::new(
            Task::Binary,
            [Statistic::Confusion { threshold: Constant::new(0.5), probabilities: false }],
        );
        let (schema, class_weighting) = (plan.schema(false), ClassWeighting::default());
        let mut engine = Engine::new(connection.clone(), &plan).expect("an engine");
        let scores = buffer(&connection.device, &bytes([0x3f00_u16; 100].map(u16::to_le_bytes)));
        let labels = buffer(&connection.device, &[1; 100]);
        // As many batches as are cached, each submitted and recorded.
        let batches: Vec<_> = (0..8)
            .map(|first| {
                let scores = BufferColumn::new(Dtype::Bf16, scores.slice(2 * first..));
                let labels = BufferColumn::new(Dtype::U8, labels.slice(first..));
                batch(scores, Some(labels))
            })
            .collect();
        let mut counts = Vec::new();
        for turn in 0..1032 {
            engine.add_buffers(&batches[turn % 8], schema, &class_weighting).expect("a batch");
            let mut encoder = connection.device.create_command_encoder(&Default::default());
            let again = &batches[turn % 8];
            engine.encode_buffers(&mut encoder, again, schema, &class_weighting).expect("a batch");
            connection.queue.submit([encoder.finish()]);
            counts.push([connection.created(), connection.waited()]);
        }
        // A batch is cached when it is seen for the second time.
        assert!(counts[0][0] > 0, "creations are not counted");
        assert_eq!(counts[15], counts[1031], "creations and waits");
        let totals = engine.totals().expect("totals");
        let samples: u64 = (0..1032).map(|turn| 2 * (100 - turn % 8)).sum();
        assert_eq!(totals[0].weights.samples, samples);
    }
}

/// Like tensors that are parts of a few large buffers: read in place, or converted.
#[test]
fn columns_that_wander_through_their_buffers_make_nothing() {
    for adapter in test_adapters() {
        let connection = Arc::new(Connection::new(adapter).expect("a device of its own"));
        let builder = Evaluator::builder(Task::Regression).metric("mean_error");
        let plan = Plan::new(Task::Regression, [Statistic::sum(ValueFn::Error)]);
        let (schema, class_weighting) = (plan.schema(false), ClassWeighting::default());
        let elements = 40_000;
        let numbers = |scale: f32| (0..elements).map(move |index| (index % 1013) as f32 * scale);
        let [p, t] = [0.5, 0.25].map(|scale| numbers(scale).collect::<Vec<_>>());
        let [in_p, in_t] = [&p, &t].map(|numbers| buffer(&connection.device, &floats(numbers)));
        for begin in [0, 3] {
            let mut engine = Engine::new(connection.clone(), &plan).expect("an engine");
            let mut expected = builder.clone().device(Device::Cpu).build().expect("an evaluator");
            let mut created = 0;
            for turn in 0..300_usize {
                let [first, second] = [7919, 104_729].map(|step| turn * step % 600 * 64 + begin);
                let columns = [(&in_p, first), (&in_t, second)];
                let [prediction, truth] =
                    columns.map(|(buffer, first)| column(buffer, Dtype::F32, first as u64, 100));
                let wandering = batch(prediction, Some(truth));
                engine.add_buffers(&wandering, schema, &class_weighting).expect("a batch");
                let host = Batch::new(&p[first..first + 100], &t[second..second + 100]);
                expected.update(&host).expect("a batch");
                if turn == 1 {
                    created = connection.created();
                }
            }
            assert_eq!(connection.created(), created, "{}", connection.name);
            let totals = engine.totals().expect("totals");
            assert_eq!(totals, expected.state().expect("a state").totals, "{}", connection.name);
        }
    }
}

/// The cache does not retain a buffer that is used only once.
#[test]
fn what_comes_once_is_not_kept() {
    for connection in test_connections() {
        let plan = Plan::new(Task::Aggregation, [Statistic::sum(ValueFn::Identity)]);
        let (schema, class_weighting) = (plan.schema(false), ClassWeighting::default());
        let mut engine = Engine::new(connection.clone(), &plan).expect("an engine");
        let contents = bytes([1.0_f32; 8].map(f32::to_le_bytes));
        let mut all = Vec::new();
        for _ in 0..40 {
            let once = buffer(&connection.device, &contents);
            let values = BufferColumn::new(Dtype::F32, once.slice(..));
            engine.add_buffers(&batch(values, None), schema, &class_weighting).expect("a batch");
            all.push(once);
        }
        assert_eq!(engine.buffers.kept(), 0);
        for turn in 0..120 {
            let values = BufferColumn::new(Dtype::F32, all[turn % 40].slice(..));
            engine.add_buffers(&batch(values, None), schema, &class_weighting).expect("a batch");
        }
        assert_eq!(engine.buffers.kept(), 16);
    }
}

/// A batch of sequences with lengths that is so large that a chunk ends within a sequence.
fn long_case() -> Case {
    let many = 1_100_000_usize;
    let weights: Vec<_> = (0..many / 11).map(|index| index as f32 + 1.0).collect();
    Case {
        plan: Plan::new(Task::Aggregation, [Statistic::sum(ValueFn::Identity)]),
        class_weighting: ClassWeighting::none(),
        contents: [
            bytes((0..many).map(|index| (index as u16 % 1009 + 0x3c00).to_le_bytes())),
            Vec::new(),
            floats(&weights),
            Vec::new(),
            bytes((0..many / 11).map(|index| [(index % 13) as u8])),
        ],
        batch: |[p, _, w, _, l]| {
            let sequences = 100_000;
            Batch::values(column(p, Dtype::F16, 0, 11 * sequences))
                .weights(column(w, Dtype::F32, 0, sequences))
                .lengths(column(l, Dtype::U8, 0, sequences))
                .sequence_length(11)
        },
    }
}

/// The mutants of a kernel that no case detects on an adapter.
fn missed<'a>(
    connection: &Arc<Connection>,
    sound: &Module,
    cases: &[Case],
    mutants: &'a [Mutant],
) -> Vec<&'a Mutant> {
    let error = |kernel: &Module| {
        cases.iter().find_map(|case| conversion::compare(connection, case, kernel.clone()).err())
    };
    assert_eq!(error(sound), None, "{}", connection.name);
    let is_missed = |mutant: &&Mutant| {
        let broken = Module { wgsl: mutant.patched(&sound.wgsl), ..sound.clone() };
        let error = error(&broken);
        !matches!(
            error,
            Some(Error::Device(DeviceError::SelfTestFailed { .. } | DeviceError::Failed { .. }))
        )
    };
    mutants.iter().filter(is_missed).collect()
}

#[test]
fn the_self_test_notices_every_broken_kernel() {
    for connection in test_connections() {
        let mut cases = cases().expect("cases");
        cases.push(long_case());
        let missed = missed(&connection, &source::convert(false), &cases, MUTANTS);
        assert!(missed.is_empty(), "{}: these are not detected: {missed:#?}", connection.name);
    }
}

#[test]
fn the_self_test_notices_every_broken_kernel_of_rows() {
    for connection in test_connections() {
        let cases: Vec<_> = cases().expect("cases").into_iter().filter(Case::has_rows).collect();
        let missed = missed(&connection, &source::convert(true), &cases, MUTANTS_OF_ROWS);
        assert!(missed.is_empty(), "{}: these are not detected: {missed:#?}", connection.name);
    }
}
