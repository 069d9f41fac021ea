//! Stored scores of batches in buffers: their slots are reserved when the work runs, so encoders
//! may be late, dropped, or submitted in any order.

use super::shared::{Shared, own_devices};
use weighbridge::error::DeviceError;
use weighbridge::wgpu::util::{BufferInitDescriptor, DeviceExt};
use weighbridge::wgpu::{Buffer, BufferUsages, CommandEncoder};
use weighbridge::{Batch, BufferColumn, Device, Dtype, Error, Evaluator, State, Task};

/// Samples of a batch whose columns begin at offsets where bindings cannot, so that slots stay
/// free.
const LEN: usize = 5003;

fn evaluator(device: Device) -> Evaluator {
    let builder = Evaluator::builder(Task::Binary).metrics(["roc_auc", "accuracy"]);
    builder.device(device).build().expect("an evaluator")
}

fn columns(turn: usize) -> [Vec<f32>; 3] {
    let mix = |row: usize| (row * 31 + turn * 1009) as u32;
    let column = |of: fn(u32) -> f32| (0..LEN).map(|row| of(mix(row))).collect();
    [
        column(|x| (x.wrapping_mul(2_654_435_761) >> 9) as f32 * 2_f32.powi(-23)),
        column(|x| (x % 7 % 2) as f32),
        column(|x| (x % 5) as f32 * 0.375),
    ]
}

/// The state after these rounds.
fn expected(turns: &[usize]) -> State {
    let mut evaluator = evaluator(Device::Cpu);
    for &turn in turns {
        let [scores, labels, weights] = columns(turn);
        evaluator.update(&Batch::new(&scores, &labels).weights(&weights)).expect("a batch");
    }
    evaluator.state().expect("a state")
}

fn uploaded(shared: &Shared, turn: usize) -> [Buffer; 3] {
    columns(turn).map(|column| {
        let contents: Vec<u8> = column.iter().flat_map(|x| x.to_le_bytes()).collect();
        let usage = BufferUsages::STORAGE;
        let descriptor = BufferInitDescriptor { label: None, contents: &contents, usage };
        shared.device.create_buffer_init(&descriptor)
    })
}

fn batch(buffers: &[Buffer; 3]) -> Batch<'_> {
    let [scores, labels, weights] =
        buffers.each_ref().map(|buffer| BufferColumn::new(Dtype::F32, buffer.slice(..)));
    Batch::new(scores, labels).weights(weights)
}

#[test]
fn slots_are_reserved_when_work_runs() {
    for shared in own_devices() {
        let mut evaluator = evaluator(shared.of_evaluators.clone());
        let buffers: Vec<_> = (0..6).map(|turn| uploaded(&shared, turn)).collect();
        let encode = |evaluator: &mut Evaluator, turns: &[usize]| -> CommandEncoder {
            let mut encoder = shared.device.create_command_encoder(&Default::default());
            for &turn in turns {
                evaluator.encode(&mut encoder, &batch(&buffers[turn])).expect("a batch");
            }
            encoder
        };
        let late = encode(&mut evaluator, &[0, 1, 0]);
        drop(encode(&mut evaluator, &[2, 3]));
        let [one, two] = [[3, 4], [4, 5]].map(|turns| encode(&mut evaluator, &turns));
        // More samples than the first chunk holds.
        let many: Vec<_> = (0..30).map(|turn| turn % 6).collect();
        for &turn in &many {
            evaluator.update(&batch(&buffers[turn])).expect("a batch");
        }
        shared.queue.submit([two.finish(), one.finish()]);
        let all = [many, vec![3, 4, 4, 5]].concat();
        assert!(evaluator.state() == Ok(expected(&all)), "{}", shared.name);
        // Samples are added after sorting.
        shared.queue.submit([late.finish()]);
        let all = [all, vec![0, 1, 0]].concat();
        assert!(evaluator.state() == Ok(expected(&all)), "{}", shared.name);

        // Work that is submitted after a reset counts after the reset.
        let late = encode(&mut evaluator, &[1, 2]);
        evaluator.reset().expect("a reset");
        evaluator.update(&batch(&buffers[5])).expect("a batch");
        assert!(evaluator.state() == Ok(expected(&[5])), "{}", shared.name);
        shared.queue.submit([late.finish()]);
        assert!(evaluator.state() == Ok(expected(&[5, 1, 2])), "{}", shared.name);
    }
}

/// Work that is late by two resets finds no free slots, or slots that are not read. This is
/// reported.
#[test]
fn work_that_is_too_late_is_reported() {
    for shared in own_devices() {
        let mut evaluator = evaluator(shared.of_evaluators.clone());
        let buffers = uploaded(&shared, 0);
        let mut late = shared.device.create_command_encoder(&Default::default());
        evaluator.encode(&mut late, &batch(&buffers)).expect("a batch");
        evaluator.reset().expect("a reset");
        evaluator.reset().expect("a reset");
        evaluator.update(&batch(&buffers)).expect("a batch");
        shared.queue.submit([late.finish()]);
        let error = evaluator.result().expect_err("more scores than there is room for");
        assert!(matches!(error, Error::Device(DeviceError::Failed { .. })), "{error:?}");
        let said = error.to_string();
        assert!(said.contains("scores were to be stored where"), "{said}");
        evaluator.reset().expect("a reset");
        evaluator.update(&batch(&buffers)).expect("a batch");
        assert!(evaluator.state() == Ok(expected(&[0])), "{}", shared.name);
    }
}
