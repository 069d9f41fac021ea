//! The digits, on the device and on the host: a training set in which some digits are rare, and a
//! validation set.

use burn::prelude::*;
use std::error::Error;

pub const PIXELS: usize = 64;
pub const CLASSES: usize = 10;

const CSV: &str = include_str!("../../data/digits.csv");

/// Images, their digits, and their weights.
pub struct Digits {
    pub images: Tensor<2>,
    pub labels: Vec<i32>,
    pub weights: Vec<f32>,
    device: Device,
}

/// The images with these indices, in this order.
pub struct Batch {
    pub images: Tensor<2>,
    pub labels: Tensor<1, Int>,
    pub weights: Tensor<1>,
    pub host_labels: Vec<i32>,
    pub host_weights: Vec<f32>,
}

impl Digits {
    /// The training set, with one in five of the digits 5 to 9, and the validation set.
    pub fn load(device: &Device) -> Result<[Self; 2], Box<dyn Error>> {
        let mut parts = [const { (Vec::new(), Vec::new()) }; 2];
        let mut seen = [0; CLASSES];
        for (i, line) in CSV.lines().skip(1).enumerate() {
            let row = line.split(',').map(str::parse).collect::<Result<Vec<f32>, _>>()?;
            let [pixels @ .., digit] = row.as_slice() else { continue };
            let validation = i % 4 == 3;
            seen[*digit as usize] += usize::from(!validation);
            if !validation && *digit >= 5.0 && seen[*digit as usize] % 5 != 0 {
                continue;
            }
            let (images, labels) = &mut parts[usize::from(validation)];
            images.extend(pixels.iter().map(|pixel| pixel / 16.0));
            labels.push(*digit as i32);
        }
        Ok(parts.map(|(images, labels)| Self::new(images, labels, device)))
    }

    /// Images with more ink count more.
    fn new(images: Vec<f32>, labels: Vec<i32>, device: &Device) -> Self {
        let ink = |image: &[f32]| image.iter().sum::<f32>() / 16.0;
        let weights = images.chunks(PIXELS).map(ink).collect();
        let images = TensorData::new(images, [labels.len(), PIXELS]);
        Self { images: Tensor::from_data(images, device), labels, weights, device: device.clone() }
    }

    /// K class weights n / (K · n_k), so that all classes count equally.
    pub fn class_weights(&self) -> Vec<(usize, f64)> {
        let count = |class| self.labels.iter().filter(|label| **label == class).count();
        let weight = |class| self.labels.len() as f64 / (CLASSES * count(class)) as f64;
        (0..CLASSES as i32).map(|class| (class as usize, weight(class))).collect()
    }

    /// Batches of all samples, in an order that depends on the seed.
    pub fn batches(&self, size: usize, seed: u64) -> impl Iterator<Item = Batch> {
        let mut order: Vec<usize> = (0..self.labels.len()).collect();
        let mut state = seed;
        for i in (1..order.len()).rev() {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            order.swap(i, (state >> 33) as usize % (i + 1));
        }
        let starts = (0..order.len()).step_by(size);
        starts.map(move |start| self.batch(&order[start..order.len().min(start + size)]))
    }

    fn batch(&self, rows: &[usize]) -> Batch {
        let labels: Vec<i32> = rows.iter().map(|row| self.labels[*row]).collect();
        let weights: Vec<f32> = rows.iter().map(|row| self.weights[*row]).collect();
        let rows: Vec<i32> = rows.iter().map(|row| *row as i32).collect();
        let rows = Tensor::<1, Int>::from_ints(rows.as_slice(), &self.device);
        Batch {
            images: self.images.clone().select(0, rows),
            labels: Tensor::from_ints(labels.as_slice(), &self.device),
            weights: Tensor::from_floats(weights.as_slice(), &self.device),
            host_labels: labels,
            host_weights: weights,
        }
    }
}
