//! A small network and its training loss.

use crate::digits::{CLASSES, PIXELS};
use burn::nn::{Linear, LinearConfig};
use burn::prelude::*;
use burn::tensor::activation::{log_softmax, relu};

/// A network with layers of 64, 128, 64 and 10 units.
#[derive(Module, Debug)]
pub struct Network {
    first: Linear,
    second: Linear,
    output: Linear,
}

impl Network {
    pub fn new(device: &Device) -> Self {
        Self {
            first: LinearConfig::new(PIXELS, 128).init(device),
            second: LinearConfig::new(128, 64).init(device),
            output: LinearConfig::new(64, CLASSES).init(device),
        }
    }

    /// Returns logits.
    pub fn forward(&self, images: Tensor<2>) -> Tensor<2> {
        let hidden = relu(self.first.forward(images));
        self.output.forward(relu(self.second.forward(hidden)))
    }
}

/// −Σw ln p / N: divided by the number of samples, not by the sum of weights.
pub fn loss(logits: Tensor<2>, labels: Tensor<1, Int>, weights: Tensor<1>) -> Tensor<1> {
    let log_p = log_softmax(logits, 1).gather(1, labels.unsqueeze_dim(1));
    -(log_p.squeeze_dim::<1>(1) * weights).mean()
}
