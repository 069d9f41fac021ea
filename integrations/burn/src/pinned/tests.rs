//! The buffers hold the same elements that burn reads back.

use super::*;
use crate::Gpu;
use burn::tensor::kind::Autodiff;
use burn::tensor::{Bool, Int, Tensor, TensorData, bf16, f16};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use weighbridge::wgpu;

/// Runs one test at a time, and waits for its work at the end.
static TURN: Mutex<()> = Mutex::new(());

struct Turn<'a> {
    gpu: &'static Gpu,
    _turn: MutexGuard<'a, ()>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.gpu.device().sync().unwrap();
    }
}

/// The device; none if the GPU is turned off.
fn gpu() -> Option<Turn<'static>> {
    static GPU: OnceLock<Gpu> = OnceLock::new();
    if std::env::var_os("WEIGHBRIDGE_GPU").is_some_and(|value| value == "off") {
        eprintln!("skipped: WEIGHBRIDGE_GPU=off");
        return None;
    }
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    Some(Turn { gpu: GPU.get_or_init(|| crate::init().unwrap()), _turn: turn })
}

/// The bytes of a pinned tensor, row by row, copied on the same queue.
fn bytes(pinned: &PinnedTensor, gpu: &Gpu) -> Vec<u8> {
    let (device, queue) = (&gpu.setup().device, &gpu.setup().queue);
    let (start, size) = (pinned.resource.offset, pinned.dtype.size_bytes() as usize);
    let span = pinned.rows.span() * size;
    let copied = (start % 4 + span as u64).next_multiple_of(4).max(4);
    let target = device.create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: copied,
        usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
        mapped_at_creation: false,
    });
    let mut encoder = device.create_command_encoder(&Default::default());
    let source = &pinned.resource.buffer;
    encoder.copy_buffer_to_buffer(source, start - start % 4, &target, 0, copied);
    let submission = queue.submit([encoder.finish()]);
    target.map_async(wgpu::MapMode::Read, .., |mapped| mapped.unwrap());
    let wait = wgpu::PollType::Wait { submission_index: Some(submission), timeout: None };
    device.poll(wait).unwrap();
    let mapped = target.get_mapped_range(..).unwrap();
    let span = &mapped[(start % 4) as usize..][..span];
    let Rows { rows, width, stride } = pinned.rows;
    (0..rows).flat_map(|row| span[row * stride * size..][..width * size].to_vec()).collect()
}

/// Whether the buffer holds the same elements that burn reads back.
fn check<const D: usize, K: Autodiff>(gpu: &Gpu, tensor: Tensor<D, K>, dtype: Dtype) -> Rows {
    let any = AnyTensor::from(&tensor);
    let pinned = PinnedTensor::new(&any, Input::Prediction, gpu.device()).unwrap();
    assert_eq!(pinned.dtype, dtype);
    let data = tensor.into_data();
    let expected: Vec<u8> = data.as_bytes().to_vec();
    assert_eq!(bytes(&pinned, gpu), expected, "{dtype:?} {:?}", any.shape());
    pinned.rows
}

fn numbers(count: usize) -> Vec<f32> {
    (0..count).map(|i| (i as f32 * 0.37).sin() * 100.0).collect()
}

fn matrix(gpu: &Gpu, rows: usize, width: usize) -> Tensor<2> {
    Tensor::from_data(TensorData::new(numbers(rows * width), [rows, width]), gpu.device())
}

fn halves(gpu: &Gpu, rows: usize, width: usize) -> Tensor<2> {
    let data: Vec<_> = numbers(rows * width).into_iter().map(f16::from_f32).collect();
    Tensor::from_data(TensorData::new(data, [rows, width]), (gpu.device(), DType::F16))
}

#[test]
fn floats_of_all_widths() {
    let Some(turn) = gpu() else { return };
    let device = turn.gpu.device();
    for count in [1, 2, 3, 64, 65, 1001] {
        let data = numbers(count);
        let half: Vec<_> = data.iter().map(|x| f16::from_f32(*x)).collect();
        let brain: Vec<_> = data.iter().map(|x| bf16::from_f32(*x)).collect();
        let tensor = Tensor::<1>::from_data(TensorData::new(data, [count]), (device, DType::F32));
        check(turn.gpu, tensor, Dtype::F32);
        let tensor = Tensor::<1>::from_data(TensorData::new(half, [count]), (device, DType::F16));
        check(turn.gpu, tensor, Dtype::F16);
        let tensor = Tensor::<1>::from_data(TensorData::new(brain, [count]), (device, DType::BF16));
        check(turn.gpu, tensor, Dtype::Bf16);
    }
}

#[test]
fn integers_and_booleans() {
    let Some(turn) = gpu() else { return };
    let device = turn.gpu.device();
    for count in [1, 2, 3, 65, 1001] {
        let data: Vec<i32> = (0..count).map(|i| i % 10 - 1).collect();
        let unsigned: Vec<u32> = (0..count as u32).collect();
        let bytes: Vec<u8> = (0..count).map(|i| (i % 10) as u8).collect();
        let bools: Vec<bool> = (0..count).map(|i| i % 3 == 0).collect();
        let tensor = Tensor::<1, Int>::from_data(TensorData::new(data, [count]), device);
        check(turn.gpu, tensor, Dtype::I32);
        let data = TensorData::new(unsigned, [count]);
        check(turn.gpu, Tensor::<1, Int>::from_data(data, (device, DType::U32)), Dtype::U32);
        let data = TensorData::new(bytes, [count]);
        check(turn.gpu, Tensor::<1, Int>::from_data(data, (device, DType::U8)), Dtype::U8);
        let tensor = Tensor::<1, Bool>::from_data(TensorData::new(bools, [count]), device);
        let dtype = dtype(AnyTensor::from(&tensor).dtype(), Input::Mask).unwrap();
        check(turn.gpu, tensor, dtype);
    }
}

#[test]
fn slices_begin_anywhere() {
    let Some(turn) = gpu() else { return };
    let (whole, halves) = (matrix(turn.gpu, 40, 9), halves(turn.gpu, 40, 9));
    for [rows, columns] in [[0..40, 0..9], [8..40, 0..9], [3..7, 0..9], [1..39, 2..7], [5..6, 4..5]]
    {
        check(turn.gpu, whole.clone().slice([rows.clone(), columns.clone()]), Dtype::F32);
        check(turn.gpu, halves.clone().slice([rows, columns]), Dtype::F16);
    }
}

#[test]
fn tensors_without_rows_are_copied_into_rows() {
    let Some(turn) = gpu() else { return };
    let whole = matrix(turn.gpu, 12, 5);
    check(turn.gpu, whole.clone().transpose(), Dtype::F32);
    check(turn.gpu, halves(turn.gpu, 12, 5).transpose(), Dtype::F16);
    check(turn.gpu, whole.clone().reshape([12, 1, 5]).expand([12, 3, 5]), Dtype::F32);
    check(turn.gpu, Tensor::<1>::from_floats([2.5], turn.gpu.device()).expand([7]), Dtype::F32);
    check(turn.gpu, whole.reshape([4, 3, 5]).permute([1, 0, 2]), Dtype::F32);
}

#[test]
fn deferred_operations_are_done_first() {
    let Some(turn) = gpu() else { return };
    let whole = matrix(turn.gpu, 33, 7);
    let fused = (whole.clone() * 2.0 + 1.0).exp().log() - whole.clone() / 3.0;
    check(turn.gpu, fused, Dtype::F32);
    check(turn.gpu, whole.clone().argmax(1), Dtype::I32);
    check(turn.gpu, whole.clone().greater_elem(0.5).int(), Dtype::I32);
    let gradient = whole.autodiff().require_grad();
    check(turn.gpu, gradient * 3.0, Dtype::F32);
}

#[test]
fn empty_tensors_can_be_pinned() {
    let Some(turn) = gpu() else { return };
    let empty = Tensor::<2>::zeros([0, 3], turn.gpu.device());
    assert_eq!(check(turn.gpu, empty, Dtype::F32).span(), 0);
}

#[test]
fn pinned_tensors_are_not_changed_in_place() {
    let Some(turn) = gpu() else { return };
    let tensor = Tensor::<1>::from_data(TensorData::new(numbers(500), [500]), turn.gpu.device());
    turn.gpu.device().sync().unwrap();
    let any = AnyTensor::from(&tensor);
    let pinned = PinnedTensor::new(&any, Input::Prediction, turn.gpu.device()).unwrap();
    drop(any);
    let changed = tensor.add_scalar(1.0);
    turn.gpu.device().sync().unwrap();
    assert_eq!(bytes(&pinned, turn.gpu), bytemuck::cast_slice::<f32, u8>(&numbers(500)));
    drop(changed);
}
