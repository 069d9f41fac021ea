//! Test data: numbers, labels and weights.

use burn::tensor::{Bool, DType, Int, Tensor, TensorData};
use weighbridge_burn::Gpu;

/// Numbers from −1 to 1.
pub fn numbers(count: usize, seed: u64) -> Vec<f32> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 40) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

/// Weights of many magnitudes, including 0.
pub fn weights(count: usize) -> Vec<f32> {
    let scale = |i: usize| if i % 7 == 3 { 0.0 } else { ((i % 19) as f32 - 9.0).exp2() };
    numbers(count, 3).into_iter().enumerate().map(|(i, x)| (x + 1.5) * scale(i)).collect()
}

/// Labels from 0 to K − 1.
pub fn labels(count: usize, classes: usize) -> Vec<i32> {
    numbers(count, 5).into_iter().map(|x| ((x + 1.0) / 2.0 * classes as f32) as i32).collect()
}

/// A tensor of numbers.
pub fn floats<const D: usize>(gpu: &Gpu, data: &[f32], shape: [usize; D]) -> Tensor<D> {
    Tensor::from_data(TensorData::new(data.to_vec(), shape), gpu.device())
}

/// A tensor of labels.
pub fn integers<const D: usize>(gpu: &Gpu, data: &[i32], shape: [usize; D]) -> Tensor<D, Int> {
    Tensor::from_data(TensorData::new(data.to_vec(), shape), gpu.device())
}

/// A tensor of labels as unsigned integers of 32 or 8 bits.
pub fn unsigned<const D: usize>(gpu: &Gpu, data: TensorData, dtype: DType) -> Tensor<D, Int> {
    Tensor::from_data(data, (gpu.device(), dtype))
}

/// A tensor of booleans.
pub fn booleans<const D: usize>(gpu: &Gpu, data: &[bool], shape: [usize; D]) -> Tensor<D, Bool> {
    Tensor::from_data(TensorData::new(data.to_vec(), shape), gpu.device())
}

/// The numbers that burn reads back.
pub fn read<const D: usize>(tensor: &Tensor<D>) -> Vec<f32> {
    tensor.clone().into_data().convert::<f32>().try_into_vec().unwrap()
}
