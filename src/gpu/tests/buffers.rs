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
use crate::evaluator::{Evaluator, EvaluatorBuilder};
use crate::gpu::device::connection::Connection;
use crate::gpu::device::readback::read_back;
use crate::gpu::engine::Engine;
use crate::gpu::source;
use crate::gpu::source::Module;
use crate::statistic::{Plan, Statistic, Task, ValueFn};
use half::{bf16, f16};
use std::sync::Arc;
use wgpu::util::{BufferInitDescriptor, DeviceExt};
use wgpu::{Buffer, BufferUsages};

fn buffer(device: &wgpu::Device, contents: &[u8]) -> Buffer {
    let usage = BufferUsages::STORAGE | BufferUsages::COPY_SRC;
    device.create_buffer_init(&BufferInitDescriptor { label: None, contents, usage })
}

fn bytes<const N: usize>(elements: impl IntoIterator<Item = [u8; N]>) -> Vec<u8> {
    let mut bytes: Vec<_> = elements.into_iter().flatten().collect();
    bytes.resize(bytes.len().next_multiple_of(4), 0xa5);
    bytes
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
        let plan = Plan::new(Task::Binary, [Statistic::Confusion { threshold: 0.5 }]);
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

/// The nearest half-precision numbers, two bytes each.
fn halves(numbers: &[f32]) -> Vec<u8> {
    bytes(numbers.iter().map(|&x| f16::from_f32(x).to_bits().to_le_bytes()))
}

fn floats(numbers: &[f32]) -> Vec<u8> {
    bytes(numbers.iter().map(|x| x.to_le_bytes()))
}

/// The inputs of a case in buffers: the bytes of prediction, truth and weight, then mask and
/// lengths.
struct Case {
    builder: EvaluatorBuilder,
    contents: [Vec<u8>; 5],
    batch: for<'a> fn(&'a [Buffer; 5]) -> Batch<'a>,
}

/// All of a buffer from an element on, except for the last bytes.
fn column(buffer: &Buffer, dtype: Dtype, first: u64, len: u64) -> BufferColumn<'_> {
    let size = dtype.size_bytes();
    BufferColumn::new(dtype, buffer.slice(first * size..(first + len) * size))
}

fn cases() -> Vec<Case> {
    let (nan, inf) = (f32::NAN, f32::INFINITY);
    let builder = Evaluator::builder;
    let classes = builder(Task::Multiclass).classes(3);
    let soft = classes.clone().from_logits(true).metric("log_loss");
    let none = Vec::new;
    let labels = builder(Task::Binary).metric("accuracy");
    let many = 1_100_000_usize;
    vec![
        // Numbers of 16 bits in strided rows, of any size.
        Case {
            builder: builder(Task::Regression).metric("mean_error"),
            contents: [
                halves(&[9.0, 1.0, 2.0, 3.0, 8.0, 8.0, 6e-8, 5.0, 1e-5]),
                bytes([0x4444_u16, 0x3f80, 0x4000, 0x4040, 0x3e00, 0x0001].map(u16::to_le_bytes)),
                halves(&[0.5, 7.0, 0.25, 3.0, 6.0, 1.0]),
                none(),
                none(),
            ],
            batch: |[p, t, w, ..]| {
                let prediction = column(p, Dtype::F16, 1, 8).rows(3, 5);

                Batch::new(prediction, column(t, Dtype::Bf16, 0, 6)).weights(column(
                    w,
                    Dtype::F16,
                    0,
                    6,
                ))
            },
        },
        Case {
            builder: builder(Task::Aggregation).metric("mean"),
            contents: [halves(&[1.0, inf, -2.0, nan]), none(), none(), none(), none()],
            batch: |[p, ..]| Batch::values(column(p, Dtype::F16, 0, 4)),
        },
        // Invalid labels of several types, and an ignored label.
        Case {
            builder: labels.clone().ignore_index(0),
            contents: [
                floats(&[0.9; 8]),
                floats(&[-0.0, 1.0, -1.0, 1.5, 0.0, 1.0, 1.0, 1.0]),
                none(),
                none(),
                none(),
            ],
            batch: |[p, t, ..]| {
                Batch::new(column(p, Dtype::F32, 0, 8), column(t, Dtype::F32, 0, 8))
            },
        },
        Case {
            builder: labels.clone().class_weights([(1, 3.0)]),
            contents: [
                floats(&[0.9, 0.1, 0.9, 0.1, 0.9]),
                vec![7, 7, 7, 0, 1, 2, 1, 0],
                floats(&[1.0, -3.0, 1e-40, 0.5, f32::from_bits(u32::MAX)]),
                vec![1, 1, 1, 1, 1, 0, 0, 0],
                none(),
            ],
            batch: |[p, t, w, m, _]| {
                Batch::new(column(p, Dtype::F32, 0, 5), column(t, Dtype::Bool, 3, 5))
                    .weights(column(w, Dtype::F32, 0, 5))
                    .mask(column(m, Dtype::U8, 0, 5))
            },
        },
        // One-hot rows, malformed ones, and an ignored class; rows of scores that are converted.
        Case {
            builder: classes.ignore_index(1).class_weights([(0, 1e-20), (2, 0.5)]),
            contents: [
                halves(&[
                    1.0, 2.0, 3.0, 3.0, 2.0, 1.0, 1.0, 3.0, 2.0, 3.0, 1.0, 2.0, 1.0, 1.0, 3.0, 3.0,
                    1.0, 2.0,
                ]),
                vec![1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 2, 0, 0],
                floats(&[1.5e-18, 1.0, 2.0, 1e-39, -1e-30, 4.0]),
                none(),
                none(),
            ],
            batch: |[p, t, w, ..]| {
                Batch::new(column(p, Dtype::F16, 0, 18), column(t, Dtype::U8, 0, 18))
                    .weights(column(w, Dtype::F32, 0, 6))
                    .one_hot()
            },
        },
        // Soft truths of classes with weights, one of which is ignored; ties for the most probable
        // class.
        Case {
            builder: soft.ignore_index(1).class_weights([(0, 3.0), (2, 0.5)]),
            contents: [
                floats(&[1.0, 2.0, 3.0, 3.0, 2.0, 1.0, 1.0, 3.0, 2.0, 3.0, 1.0, 2.0]),
                halves(&[0.25, 0.25, 0.5, 0.5, 0.0, 0.5, 0.25, 0.5, 0.25, 2.0, 0.75, -1.0]),
                none(),
                none(),
                none(),
            ],
            batch: |[p, t, ..]| {
                let truths = column(t, Dtype::F16, 0, 12);
                Batch::new(column(p, Dtype::F32, 0, 12), truths).soft()
            },
        },
        // Exact-match samples.
        Case {
            builder: builder(Task::Multilabel).outputs(2).metric("exact_match").ignore_index(7),
            contents: [
                floats(&[0.9, 0.1, 0.1, 0.9, 0.9, nan, 0.9, 0.9, 0.9, 0.9, 0.9, 0.2]),
                vec![1, 0, 1, 1, 1, 0, 7, 7, 1, 3, 1, 7],
                none(),
                none(),
                none(),
            ],
            batch: |[p, t, ..]| {
                Batch::new(column(p, Dtype::F32, 0, 12), column(t, Dtype::U8, 0, 12))
            },
        },
        // Several outputs, separately and as vectors.
        Case {
            builder: builder(Task::Regression).outputs(3).metrics(["mean_error"]),
            contents: [
                halves(&[1.0, 2.0, 3.0, 9.0, 4.0, 5.0, 6.0]),
                halves(&[0.0, 1.0, 0.5, 4.0, 0.0, 7.0]),
                none(),
                none(),
                none(),
            ],
            batch: |[p, t, ..]| {
                Batch::new(column(p, Dtype::F16, 0, 7).rows(3, 4), column(t, Dtype::F16, 0, 6))
            },
        },
        Case {
            builder: builder(Task::Regression).outputs(3).metrics(["cosine_similarity"]),
            contents: [
                halves(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
                halves(&[0.0, 1.0, 0.5, 4.0, 0.0, 7.0]),
                none(),
                none(),
                none(),
            ],
            batch: |[p, t, ..]| {
                Batch::new(column(p, Dtype::F16, 0, 6), column(t, Dtype::F16, 0, 6))
            },
        },
        // Sequences with lengths, one of which is too long; a chunk ends within a sequence.
        Case {
            builder: builder(Task::Aggregation).metric("mean"),
            contents: [
                bytes((0..many).map(|index| (index as u16 % 1009 + 0x3c00).to_le_bytes())),
                none(),
                floats(&(0..many / 11).map(|index| index as f32 + 1.0).collect::<Vec<_>>()),
                none(),
                bytes((0..many / 11).map(|index| [(index % 13) as u8])),
            ],
            batch: |[p, _, w, _, l]| {
                let sequences = 100_000;
                Batch::values(column(p, Dtype::F16, 0, 11 * sequences))
                    .weights(column(w, Dtype::F32, 0, sequences))
                    .lengths(column(l, Dtype::U8, 0, sequences))
                    .sequence_length(11)
            },
        },
    ]
}

/// The error of a checked evaluator with this conversion kernel, in the first case of at most
/// `max_bytes` that fails.
fn first_error(connection: &Connection, kernel: &Module, max_bytes: usize) -> Option<Error> {
    let is_small = |case: &Case| case.contents.iter().all(|bytes| bytes.len() <= max_bytes);
    cases().into_iter().filter(is_small).find_map(|Case { builder, contents, batch }| {
        let device = Device::Named(connection.name.clone());
        let mut evaluator = builder.device(device).checked(true).build().expect("an evaluator");
        let engine = evaluator.engine().expect("an engine");
        engine.replace_conversion(kernel.clone()).expect("it compiles");
        let device = &connection.device;
        let buffers = contents.each_ref().map(|contents| {
            let empty = [0; 4];
            buffer(device, if contents.is_empty() { &empty } else { contents })
        });
        evaluator.update(&batch(&buffers)).expect("a batch");
        evaluator.result().err()
    })
}

/// The mutants of this kernel that no case of at most `max_bytes` detects on an adapter.
fn missed<'a>(
    connection: &Connection,
    (sound, max_bytes): (&Module, usize),
    mutants: &'a [Mutant],
) -> Vec<&'a Mutant> {
    let error = |kernel: &Module| first_error(connection, kernel, max_bytes);
    assert_eq!(error(sound), None, "{}", connection.name);
    let is_missed = |mutant: &&Mutant| {
        let broken = Module { wgsl: mutant.patched(&sound.wgsl), ..sound.clone() };
        let error = error(&broken);
        !matches!(
            error,
            Some(Error::Device(DeviceError::EnginesDisagree { .. } | DeviceError::Failed { .. }))
        )
    };
    mutants.iter().filter(is_missed).collect()
}

#[test]
fn every_broken_kernel_is_noticed_on_every_adapter() {
    for connection in test_connections() {
        let missed = missed(&connection, (&source::convert(false), usize::MAX), MUTANTS);
        assert!(missed.is_empty(), "{}: these are not detected: {missed:#?}", connection.name);
    }
}

/// The kernel for long rows takes short ones, too: a workgroup each, and so only a few.
#[test]
fn every_broken_kernel_of_rows_is_noticed_on_every_adapter() {
    for connection in test_connections() {
        let missed = missed(&connection, (&source::convert(true), 1 << 12), MUTANTS_OF_ROWS);
        assert!(missed.is_empty(), "{}: these are not detected: {missed:#?}", connection.name);
    }
}
