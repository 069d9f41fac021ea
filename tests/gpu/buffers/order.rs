//! Work that is submitted in order, recorded by the caller, or repeated with the same buffers.

use super::data::{Data, Inputs, Place, Uploaded};
use super::shared::{Shared, devices, own_devices};
use crate::common::random::Random;
use weighbridge::error::DeviceError;
use weighbridge::wgpu::util::{BufferInitDescriptor, DeviceExt};
use weighbridge::wgpu::{BufferUsages, CommandEncoder};
use weighbridge::{Batch, BufferColumn, Device, Dtype, Error, Evaluator, State, Task, Window};

const LEN: usize = 1000;

fn evaluator(device: Device) -> Evaluator {
    let builder = Evaluator::builder(Task::Regression).metrics(["mean_squared_error", "max_error"]);
    builder.device(device).build().expect("an evaluator")
}

/// The batch of a round. Every other batch has weights and 16-bit predictions.
fn inputs(turn: usize) -> Inputs {
    let column = |dtype: Dtype, scale: f32| {
        let number = |row: usize| ((row * 31 + turn * 17) % 257) as f32 * scale;
        let bits = |x: f32| match dtype {
            Dtype::F16 => half::f16::from_f32(x).to_bits().into(),
            _ => x.to_bits(),
        };
        Data::new(dtype, (0..LEN).map(number).map(bits).collect())
    };
    let dtype = if turn.is_multiple_of(2) { Dtype::F16 } else { Dtype::F32 };
    let inputs = Inputs::new(column(dtype, 0.5), Some(column(Dtype::F32, 0.625)));
    if turn.is_multiple_of(2) { inputs.with_weight(column(Dtype::F16, 0.25)) } else { inputs }
}

type Buffers = [Option<Uploaded>; 5];

fn uploaded(shared: &Shared, turns: usize) -> Vec<Buffers> {
    (0..turns).map(|turn| inputs(turn).upload(shared, [Place::DENSE; 5])).collect()
}

/// The state after these rounds.
fn expected(turns: &[usize]) -> State {
    let mut evaluator = evaluator(Device::Cpu);
    for &turn in turns {
        let inputs = inputs(turn);
        let host = inputs.host();
        evaluator.update(&inputs.host_batch(&host)).expect("a batch");
    }
    evaluator.state().expect("a state")
}

#[test]
fn later_writes_to_a_buffer_change_nothing() {
    for shared in devices() {
        let mut evaluator = evaluator(shared.of_evaluators.clone());
        for turn in 0..2 {
            let buffers = inputs(turn).upload(&shared, [Place::DENSE; 5]);
            evaluator.update(&inputs(turn).device_batch(&buffers)).expect("a batch");
            for uploaded in buffers.iter().flatten() {
                let size = uploaded.buffer().size() as usize;
                shared.queue.write_buffer(uploaded.buffer(), 0, &vec![0x7f; size]);
            }
            shared.queue.submit([]);
        }
        assert_eq!(evaluator.state(), Ok(expected(&[0, 1])), "{}", shared.name);
    }
}

#[test]
fn encoders_may_be_dropped_or_late_and_hold_several_batches() {
    for shared in devices() {
        let mut evaluator = evaluator(shared.of_evaluators.clone());
        let buffers = uploaded(&shared, 6);
        let encode = |evaluator: &mut Evaluator, turns: &[usize]| -> CommandEncoder {
            let mut encoder = shared.device.create_command_encoder(&Default::default());
            for &turn in turns {
                let batch = &buffers[turn];
                evaluator.encode(&mut encoder, &inputs(turn).device_batch(batch)).expect("a batch");
            }
            encoder
        };
        let late = encode(&mut evaluator, &[0, 1, 0]);
        drop(encode(&mut evaluator, &[2, 3]));
        let [one, two] = [[3, 4], [4, 5]].map(|turns| encode(&mut evaluator, &turns));
        evaluator.update(&inputs(2).device_batch(&buffers[2])).expect("a batch");
        // In one submission, and in a different order than they were recorded.
        shared.queue.submit([two.finish(), one.finish()]);
        assert_eq!(evaluator.state(), Ok(expected(&[2, 3, 4, 4, 5])), "{}", shared.name);
        shared.queue.submit([late.finish()]);
        assert_eq!(evaluator.state(), Ok(expected(&[2, 3, 4, 4, 5, 0, 1, 0])), "{}", shared.name);
    }
}

/// One evaluator reads the same buffers in many formats and at many offsets: directly, or recorded
/// and submitted in a different order.
#[test]
fn the_same_buffers_are_read_in_many_ways() {
    let mut random = Random::new(8);
    let numbers: Vec<u32> =
        (0..4096).map(|_| 0x3c00_3c00 | random.bits() as u32 & 0x03ff_03ff).collect();
    let usage = BufferUsages::STORAGE;
    let contents: Vec<u8> = numbers.iter().flat_map(|word| word.to_le_bytes()).collect();
    for shared in devices() {
        let descriptor = BufferInitDescriptor { label: None, contents: &contents, usage };
        let buffers = [0, 1].map(|_| shared.device.create_buffer_init(&descriptor));
        let mut evaluator = evaluator(shared.of_evaluators.clone());
        let mut host = self::evaluator(Device::Cpu);
        let mut encoders = Vec::new();
        for turn in 0..300 {
            let mut columns = Vec::new();
            let mut values = Vec::new();
            for buffer in &buffers {
                let dtype = [Dtype::F32, Dtype::F32, Dtype::F16, Dtype::Bf16][random.below(4)];
                let size = dtype.size_bytes() as usize;
                // The same number of elements in rows of any shape.
                let [row, stride] = [[1, 1], [1, 1], [4, 6], [2, 5]][random.below(4)];
                let len = 32;
                let span = (len / row - 1) * stride + row;
                // At offsets where bindings can begin, and at others.
                let first = random.below(12) * if turn % 2 == 0 { 64 } else { 7 };
                let bytes = first * size..(first + span) * size;
                let slice = buffer.slice(bytes.start as u64..bytes.end as u64);
                columns.push(BufferColumn::new(dtype, slice).rows(row, stride));
                let element = |index: usize| {
                    let start = bytes.start + size * (index / row * stride + index % row);
                    contents[start..start + size]
                        .iter()
                        .rev()
                        .fold(0, |x, &b| x << 8 | u32::from(b))
                };
                let data = Data::new(dtype, (0..len).map(element).collect());
                values.push(data.host());
            }
            let batch = Batch::new(columns[0], columns[1]);
            if turn % 3 == 0 {
                let mut encoder = shared.device.create_command_encoder(&Default::default());
                evaluator.encode(&mut encoder, &batch).expect("a batch");
                encoders.push(encoder);
            } else {
                evaluator.update(&batch).expect("a batch");
            }
            host.update(&Batch::new(values[0].column(), values[1].column())).expect("a batch");
        }
        shared.queue.submit(encoders.into_iter().rev().map(|encoder| encoder.finish()));
        assert_eq!(evaluator.state(), host.state(), "{}", shared.name);
    }
}

/// Work that is recorded before a reset and submitted after it counts after the reset.
#[test]
fn recorded_work_outlives_a_reset() {
    for shared in devices() {
        let mut evaluator = evaluator(shared.of_evaluators.clone());
        let buffers = uploaded(&shared, 2);
        let mut encoder = shared.device.create_command_encoder(&Default::default());
        let late = inputs(0);
        evaluator.encode(&mut encoder, &late.device_batch(&buffers[0])).expect("a batch");
        evaluator.update(&inputs(1).device_batch(&buffers[1])).expect("a batch");
        evaluator.reset().expect("a reset");
        shared.queue.submit([encoder.finish()]);
        assert_eq!(evaluator.state(), Ok(expected(&[0])), "{}", shared.name);
    }
}

#[test]
fn two_evaluators_in_two_threads_share_a_queue_with_other_work() {
    for shared in devices() {
        let _open = evaluator(shared.of_evaluators.clone());
        let states: Vec<_> = std::thread::scope(|scope| {
            let run = |first: usize| {
                let shared = &shared;
                scope.spawn(move || {
                    let mut evaluator = evaluator(shared.of_evaluators.clone());
                    let buffers = uploaded(shared, 6);
                    for turn in (0..60).map(|turn| (first + turn) % 6) {
                        let batch = inputs(turn).device_batch(&buffers[turn]);
                        evaluator.update(&batch).expect("a batch");
                        let mut encoder = shared.device.create_command_encoder(&Default::default());
                        evaluator.encode(&mut encoder, &batch).expect("a batch");
                        shared.queue.submit([encoder.finish()]);
                    }
                    evaluator.state()
                })
            };
            let threads = [run(0), run(1)];
            threads.map(|thread| thread.join().expect("no panic")).into_iter().collect()
        });
        let turns: Vec<_> = (0..120).map(|turn| turn % 6).collect();
        for state in states {
            assert_eq!(state, Ok(expected(&turns)), "{}", shared.name);
        }
    }
}

/// Batches of slices and of buffers, with snapshots and resets in between.
#[test]
fn slices_and_buffers_go_to_the_same_evaluator() {
    for shared in devices() {
        let mut evaluator = evaluator(shared.of_evaluators.clone());
        let buffers = uploaded(&shared, 3);
        let host = inputs(1).host();
        evaluator.update(&inputs(0).device_batch(&buffers[0])).expect("a batch");
        evaluator.update(&inputs(1).host_batch(&host)).expect("a batch");
        let snapshot = evaluator.snapshot().expect("a snapshot");
        evaluator.update(&inputs(2).device_batch(&buffers[2])).expect("a batch");
        assert_eq!(evaluator.state(), Ok(expected(&[0, 1, 2])), "{}", shared.name);
        assert_eq!(snapshot.state(), Ok(expected(&[0, 1])), "{}", shared.name);
        evaluator.reset().expect("a reset");
        evaluator.update(&inputs(2).device_batch(&buffers[2])).expect("a batch");
        assert_eq!(evaluator.state(), Ok(expected(&[2])), "{}", shared.name);
    }
}

#[test]
fn losing_the_device_is_an_error_and_keeps_the_checkpoint() {
    for shared in own_devices() {
        let every = 2;
        let builder =
            Evaluator::builder(Task::Regression).metrics(["mean_squared_error", "max_error"]);
        let builder = builder.device(shared.of_evaluators.clone()).checkpoint_every(every);
        let mut evaluator = builder.build().expect("an evaluator");
        let buffers = uploaded(&shared, 1);
        let inputs = inputs(0);
        let batch = inputs.device_batch(&buffers[0]);
        for _ in 0..7 {
            evaluator.update(&batch).expect("a batch");
        }
        shared.device.destroy();
        let lost = |result: Result<(), Error>| {
            let error = result.expect_err("the device is lost");
            let sentence = error.to_string();
            assert!(
                matches!(error, Error::Device(DeviceError::Lost { .. })),
                "{}: {sentence}",
                shared.name
            );
        };
        lost(evaluator.update(&batch));
        lost(evaluator.result().map(|_| ()));
        let mut encoder = shared.device.create_command_encoder(&Default::default());
        lost(evaluator.encode(&mut encoder, &batch));
        let last_checkpoint = evaluator.last_checkpoint().expect("a snapshot").clone();
        let turns = last_checkpoint.totals[0].weights.samples as usize / LEN;
        assert!((5..=7).contains(&turns), "{turns} turns");
        let mut other = Evaluator::from_state(&last_checkpoint).expect("an evaluator");
        for _ in turns..7 {
            let host = inputs.host();
            other.update(&inputs.host_batch(&host)).expect("a batch");
        }
        assert_eq!(other.state(), Ok(expected(&[0; 7])));
    }
}

#[test]
fn streams_and_windows_take_batches_in_buffers() {
    for shared in devices() {
        let mut evaluator = evaluator(shared.of_evaluators.clone());
        let buffers = uploaded(&shared, 5);
        let batches: Vec<_> = (0..5).map(inputs).collect();
        let stream = || batches.iter().zip(&buffers).map(|(inputs, all)| inputs.device_batch(all));
        let consumed = evaluator.update_stream(futures::stream::iter(stream()));
        assert_eq!(pollster::block_on(consumed), Ok(5));
        // Pairs and triples of columns are batches as well.
        let columns =
            buffers.iter().map(|all| all.each_ref().map(|one| one.as_ref().map(Uploaded::column)));
        for columns in columns {
            let [Some(prediction), Some(truth), weight, ..] = columns else {
                panic!("two at least")
            };
            let added = match weight {
                Some(weight) => evaluator.update_all([(prediction, truth, weight)]),
                None => evaluator.update_all([(prediction, truth)]),
            };
            assert_eq!(added, Ok(1));
        }
        let twice = [0, 1, 2, 3, 4, 0, 1, 2, 3, 4];
        assert_eq!(evaluator.state(), Ok(expected(&twice)), "{}", shared.name);
        evaluator.reset().expect("a reset");
        let mut window = Window::new(evaluator, 2).expect("empty");
        stream().for_each(|batch| window.update(&batch).expect("a batch"));
        assert_eq!(window.state(), Ok(&expected(&[0, 1, 2, 3, 4])), "{}", shared.name);
        let last = window.recent().expect("a report");
        let mut both = self::evaluator(Device::Cpu);
        both.merge(&expected(&[3, 4])).expect("the same metrics");
        assert_eq!(last.entries, both.result().expect("a report").entries, "{}", shared.name);
    }
}

#[test]
fn windows_keep_finished_updates_when_the_device_is_lost() {
    for shared in own_devices() {
        let buffers = uploaded(&shared, 3);
        let evaluator = evaluator(shared.of_evaluators.clone());
        let mut window = Window::new(evaluator, 2).expect("empty");
        let add = |window: &mut Window, turn: usize| {
            window.update(&inputs(turn).device_batch(&buffers[turn]))
        };
        add(&mut window, 0).expect("a batch");
        add(&mut window, 1).expect("a batch");
        assert_eq!(window.state(), Ok(&expected(&[0, 1])), "{}", shared.name);
        shared.device.destroy();
        assert!(
            matches!(add(&mut window, 2), Err(Error::Device(DeviceError::Lost { .. }))),
            "{}",
            shared.name
        );
        assert_eq!(window.state(), Ok(&expected(&[0, 1])), "{}", shared.name);
        assert_eq!(window.recent().expect("a report").samples as usize, 2 * LEN);
    }
}
