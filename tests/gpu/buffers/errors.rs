//! Errors of batches in buffers: each has a message, and nothing is added.

use super::shared::{Shared, adapters, devices};
use weighbridge::error::DeviceError;
use weighbridge::wgpu::{Buffer, BufferDescriptor, BufferUsages, Limits};
use weighbridge::{Batch, BufferColumn, Device, Dtype, Error, Evaluator, EvaluatorBuilder};
use weighbridge::{Precision, Task};

fn buffer(shared: &Shared, size: u64, usage: BufferUsages) -> Buffer {
    let mapped_at_creation = false;
    shared.device.create_buffer(&BufferDescriptor { label: None, size, usage, mapped_at_creation })
}

/// The error message, after a check that the evaluator is unchanged.
fn refused(builder: &EvaluatorBuilder, shared: &Shared, batch: &Batch<'_>) -> String {
    let builder = builder.clone().device(shared.of_evaluators.clone());
    let mut evaluator = builder.build().expect("an evaluator");
    let before = evaluator.state();
    let error = evaluator.update(batch).expect_err("the batch is bad");
    assert_eq!(evaluator.state(), before, "{error}");
    error.to_string()
}

#[test]
fn messages_say_what_is_wrong_and_what_to_do() {
    for shared in devices() {
        let regression = Evaluator::builder(Task::Regression);
        let binary = Evaluator::builder(Task::Binary);
        let double = regression.clone().precision(Precision::Double);
        let _open = regression.clone().device(shared.of_evaluators.clone()).build();
        let storage = BufferUsages::STORAGE;
        let (whole, unaligned) = (buffer(&shared, 64, storage), buffer(&shared, 62, storage));
        let copied = buffer(&shared, 64, BufferUsages::COPY_DST);
        let column = |dtype, buffer: &'static str| {
            let buffer = match buffer {
                "unaligned" => &unaligned,
                "copied" => &copied,
                _ => &whole,
            };
            BufferColumn::new(dtype, buffer.slice(..))
        };
        let f32s = column(Dtype::F32, "whole");
        let host = [0.5_f32; 16];
        let cases = [
            (
                &double,
                Batch::new(f32s, f32s),
                "the batch is in buffers of a device, which are computed in single precision, but \
                 this evaluator has Precision::Double: give slices, or build it with \
                 Precision::Auto",
            ),
            (
                &regression,
                Batch::new(f32s, &host),
                "the prediction is in a buffer, but the truth is on the host: put both on the \
                 same side",
            ),
            (
                &regression,
                Batch::new(f32s, f32s).mask(&[true; 16]),
                "the prediction is in a buffer, but the mask is on the host: put both on the same \
                 side",
            ),
            (
                &regression,
                Batch::new(f32s, column(Dtype::F32, "copied")),
                "the buffer of the truths: it lacks the usage STORAGE",
            ),
            (
                &regression,
                Batch::new(f32s, f32s).weights(column(Dtype::U8, "unaligned")),
                "the buffer of the weights: it has 62 bytes, and the slice ends at 62: the buffer must \
                 have a multiple of 4 bytes",
            ),
            (
                &regression,
                Batch::new(BufferColumn::new(Dtype::F32, whole.slice(2..)), f32s),
                "the buffer of the predictions: the slice begins at byte 2: f32 elements have 4 bytes, \
                 so it must begin at a multiple of that",
            ),
            (
                &regression,
                Batch::new(BufferColumn::new(Dtype::F16, whole.slice(2..5)), f32s),
                "the buffer of the predictions: the slice has 3 bytes: f16 elements have 2, so it must \
                 have a multiple of that",
            ),
            (
                &regression,
                Batch::new(f32s.rows(4, 3), f32s),
                "the buffer of the predictions: rows of 4 elements, 3 from one to the next: there must \
                 be at least one, and rows must not overlap",
            ),
            (
                &regression,
                Batch::new(f32s.rows(0, 0), f32s),
                "the buffer of the predictions: rows of 0 elements, 0 from one to the next: there must \
                 be at least one, and rows must not overlap",
            ),
            (
                &regression,
                Batch::new(f32s.rows(4, 7), f32s),
                "the buffer of the predictions: the slice has 16 elements, and ends within a row of 4, \
                 7 from one to the next: it must end after one",
            ),
            (
                &regression,
                Batch::new(f32s, f32s)
                    .sequence_length(16)
                    .lengths(BufferColumn::new(Dtype::Bool, whole.slice(..1))),
                "length of type bool in the regression task: lengths must be whole numbers: u32, i32 or \
                 u8",
            ),
            (
                &regression,
                Batch::new(f32s.rows(1, 2), f32s),
                "16 truths for 8 predictions: there must be one truth per prediction",
            ),
            (
                &regression,
                Batch::new(f32s, column(Dtype::I32, "whole")),
                "truth of type i32 in the regression task: in buffers, numbers must be f32, f16 or bf16",
            ),
            (
                &binary,
                Batch::new(f32s, column(Dtype::Bf16, "whole").rows(1, 2)),
                "truth of type bf16 in the binary task: labels must be u32, i32, u8, bool or f32 (16 \
                 bits hold too few whole numbers)",
            ),
            (
                &regression,
                Batch::new(f32s, f32s).mask(f32s),
                "mask of type f32 in the regression task: a mask must be bool, u8, u32 or i32 \
                 (fractions are weights)",
            ),
            (
                &regression,
                Batch::new(f32s, f32s)
                    .sequence_length(4)
                    .lengths(BufferColumn::new(Dtype::F32, whole.slice(..16))),
                "length of type f32 in the regression task: lengths must be whole numbers: u32, i32 or \
                 u8",
            ),
            (
                &regression,
                Batch::new(f32s, f32s).weights(BufferColumn::new(Dtype::F32, whole.slice(..12))),
                "3 weights for 16 samples: there must be one weight per sample",
            ),
            (
                &regression,
                Batch::new(f32s, f32s).sequence_length(3),
                "16 samples cannot be divided into sequences of 3 steps",
            ),
            (
                &regression.clone().checked(true),
                Batch::new(f32s, f32s),
                "the buffer of the predictions: it lacks the usage COPY_SRC, to be checked",
            ),
        ];
        for (builder, batch, sentence) in &cases {
            assert_eq!(refused(builder, &shared, batch), *sentence);
        }
    }
}

#[test]
fn encoders_take_only_device_batches_and_no_checked_evaluators() {
    for shared in devices() {
        let whole = buffer(&shared, 64, BufferUsages::STORAGE | BufferUsages::COPY_SRC);
        let column = BufferColumn::new(Dtype::F32, whole.slice(..));
        let host = [0.5_f32; 16];
        let builder = Evaluator::builder(Task::Regression);
        let on = |device: Device, checked: bool| {
            builder.clone().device(device).checked(checked).build().expect("an evaluator")
        };
        let mut sound = on(shared.of_evaluators.clone(), false);
        let mut checked = on(shared.of_evaluators.clone(), true);
        let mut cpu = on(Device::Cpu, false);
        let mut encoder = shared.device.create_command_encoder(&Default::default());
        let mut sentence = |evaluator: &mut Evaluator, batch: Batch<'_>| {
            evaluator.encode(&mut encoder, &batch).expect_err("refused").to_string()
        };
        assert_eq!(
            sentence(&mut sound, Batch::new(&host, &host)),
            "the batch is on the host, and cannot be recorded in an encoder: use Evaluator::update"
        );
        assert_eq!(
            sentence(&mut checked, Batch::new(column, column)),
            "a checked evaluator reads batches back, which is impossible while they are only \
             recorded: use Evaluator::update"
        );
        let on_cpu = "the batch is in buffers of a device, but this evaluator runs on the CPU: build it \
                      with Device::shared, or give slices";
        assert_eq!(sentence(&mut cpu, Batch::new(column, column)), on_cpu);
        let error = cpu.update(&Batch::new(column, column)).expect_err("refused");
        assert_eq!(error.to_string(), on_cpu);
        // Refused batches were not recorded.
        shared.queue.submit([encoder.finish()]);
        assert_eq!(sound.state().map(|state| state.totals[0].weights.samples), Ok(0));
    }
}

/// The device counts faults, because it cannot refuse them. This checks the messages; `agreement`
/// checks the states.
#[test]
fn faults_on_the_device_are_counted_and_make_values_undefined() {
    for shared in devices() {
        let bits = [f32::NAN, -1.0, f32::INFINITY, 0.25].map(f32::to_bits);
        let usage = BufferUsages::STORAGE | BufferUsages::COPY_DST;
        let whole = buffer(&shared, 16, usage);
        shared.queue.write_buffer(&whole, 0, bytes(&bits).as_slice());
        let column = BufferColumn::new(Dtype::F32, whole.slice(..));
        let builder = Evaluator::builder(Task::Aggregation).metric("mean");
        let mut evaluator =
            builder.device(shared.of_evaluators.clone()).build().expect("an evaluator");
        evaluator.update(&Batch::values(column)).expect("a batch");
        let report = evaluator.result().expect("a result does not fail");
        let undefined = report.unweighted("mean").expect_err("undefined").to_string();
        assert!(undefined.contains("NaN or infinity in 2 of the samples"), "{undefined}");
        evaluator.reset().expect("a reset");
        evaluator.update(&Batch::values(column).weights(column)).expect("a batch");
        let report = evaluator.result().expect("a result does not fail");
        let undefined = report.weighted("mean").expect_err("undefined").to_string();
        let invalid =
            "a weight that is negative, NaN, infinite, or 2^64 or more in 3 of the samples";
        assert!(undefined.contains(invalid), "{undefined}");
    }
}

fn bytes(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// What is missing, and how to make it so.
type LowLimit = (&'static str, fn(&mut Limits));

#[test]
fn a_device_with_low_limits_is_refused() {
    let cases: [LowLimit; 7] = [
        ("4 storage buffers per shader stage, and 8 are", |limits| {
            limits.max_storage_buffers_per_shader_stage = 4;
        }),
        ("64 invocations per workgroup, and 256 are", |limits| {
            limits.max_compute_invocations_per_workgroup = 64;
        }),
        ("8192 bytes of workgroup storage, and 16384 are", |limits| {
            limits.max_compute_workgroup_storage_size = 8192;
        }),
        ("1000 workgroups per dimension, and 65535 are", |limits| {
            limits.max_compute_workgroups_per_dimension = 1000;
        }),
        ("65536 bytes per storage buffer binding, and 163840 are", |limits| {
            limits.max_storage_buffer_binding_size = 1 << 16;
        }),
        ("524288 bytes per buffer, and 655360 are", |limits| {
            limits.max_buffer_size = 1 << 19;
        }),
        ("0 dynamic uniform buffers, and 8 are", |limits| {
            limits.max_dynamic_uniform_buffers_per_pipeline_layout = 0;
        }),
    ];
    for adapter in adapters() {
        for (what, lower) in cases {
            let mut limits = Limits::default();
            lower(&mut limits);
            let device = Shared::of(&adapter, limits).of_evaluators;
            let error = Evaluator::builder(Task::Regression).device(device).build();
            let sentence = error.expect_err("too low").to_string();
            let end =
                format!("it has {what} needed: request it with wgpu's default limits, or more");
            assert!(sentence.ends_with(&end), "{sentence}");
        }
    }
}

/// Host updates of many samples, on a device that can only bind little at once.
#[test]
fn small_bindings_are_enough() {
    let classes = 40;
    let scores: Vec<f32> = (0..200_000 * classes).map(|i| (i * 7 % 1009) as f32 / 64.0).collect();
    let truths: Vec<u32> = (0..200_000).map(|i| i % classes as u32).collect();
    for adapter in adapters() {
        let limits = Limits {
            max_storage_buffer_binding_size: 1 << 20,
            max_buffer_size: 1 << 24,
            ..Limits::default()
        };
        let state = |device: Device| {
            let builder = Evaluator::builder(Task::Multiclass).classes(classes).from_logits(true);
            let builder = builder.metrics(["log_loss", "accuracy"]).device(device);
            let mut evaluator = builder.build().expect("an evaluator");
            evaluator.update(&Batch::new(&scores, &truths)).expect("a batch");
            evaluator.state().expect("a state")
        };
        let small = Shared::of(&adapter, limits).of_evaluators;
        assert!(state(small.clone()) == state(Device::Cpu), "{}", adapter.get_info().name);
        // A row alone is too long.
        let classes = 300_000;
        let builder = Evaluator::builder(Task::Multiclass).classes(classes).metric("accuracy");
        let mut evaluator = builder.device(small).build().expect("an evaluator");
        let error = evaluator.update(&Batch::new(&vec![0.0_f32; classes], &[1_u32]));
        let sentence = error.expect_err("too long").to_string();
        assert!(
            sentence.starts_with("one sample of the batch spans more bytes than"),
            "{sentence}"
        );
        assert_eq!(evaluator.result().expect("a report").samples, 0);
    }
}

#[test]
fn a_queue_of_another_device_is_refused() {
    for adapter in adapters() {
        let [one, other] = [0, 1].map(|_| Shared::of(&adapter, Limits::default()));
        let device = Device::shared(one.device.clone(), other.queue.clone());
        let error = Evaluator::builder(Task::Regression).device(device).build();
        let sentence = error.expect_err("not its queue").to_string();
        assert!(sentence.ends_with("the queue must be that of the device"), "{sentence}");
    }
}

/// Devices of one instance; wgpu cannot distinguish devices of different instances.
#[test]
fn a_buffer_of_another_device_is_refused() {
    for adapter in adapters() {
        let [one, other] = [0, 1].map(|_| Shared::of(&adapter, Limits::default()));
        let builder = Evaluator::builder(Task::Aggregation).device(one.of_evaluators.clone());
        let mut evaluator = builder.build().expect("an evaluator");
        let foreign = buffer(&other, 64, BufferUsages::STORAGE);
        let batch = Batch::values(BufferColumn::new(Dtype::F32, foreign.slice(..)));
        match evaluator.update(&batch) {
            Err(Error::Device(DeviceError::Failed { .. })) => {}
            other => panic!("{}: {other:?}", one.name),
        }
        assert_eq!(evaluator.state().map(|state| state.totals[0].weights.samples), Ok(0));
    }
}

/// The last batch of an epoch may be empty. Lengths then do not show that predictions are scores.
#[test]
fn an_empty_batch_of_16_bit_logits_is_accepted() {
    for shared in devices() {
        let buffer = buffer(&shared, 64, BufferUsages::STORAGE);
        let builder = Evaluator::builder(Task::Multiclass).classes(4).from_logits(true);
        for dtype in [Dtype::F16, Dtype::Bf16, Dtype::F32] {
            let builder = builder.clone().metric("log_loss").device(shared.of_evaluators.clone());
            let mut evaluator = builder.build().expect("an evaluator");
            let column = |dtype, bytes| BufferColumn::new(dtype, buffer.slice(..bytes));
            let logits = column(dtype, 0);
            evaluator.update(&Batch::new(logits, column(Dtype::U8, 0))).expect("an empty batch");
            let logits = column(dtype, 4 * dtype.size_bytes());
            evaluator.update(&Batch::new(logits, column(Dtype::U8, 1))).expect("one sample");
            assert_eq!(evaluator.result().expect("a report").samples, 1, "{dtype:?}");
        }
    }
}
