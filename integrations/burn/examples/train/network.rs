//! A small network, and the loss that it is trained with.

use crate::digits::{CLASSES, PIXELS};
use burn::nn::{Linear, LinearConfig};
use burn::prelude::*;
use burn::tensor::activation::{log_softmax, relu};

/// 64-32-10.
#[derive(Module, Debug)]
pub struct Network {
    hidden: Linear,
    output: Linear,
}

impl Network {
    pub fn new(device: &Device) -> Self {
        Self {
            hidden: LinearConfig::new(PIXELS, 32).init(device),
            output: LinearConfig::new(32, CLASSES).init(device),
        }
    }

    /// Logits.
    pub fn forward(&self, images: Tensor<2>) -> Tensor<2> {
        self.output.forward(relu(self.hidden.forward(images)))
    }
}

/// −Σw ln p / N: weights make no loss smaller by being many.
pub fn loss(logits: Tensor<2>, labels: Tensor<1, Int>, weights: Tensor<1>) -> Tensor<1> {
    let log_p = log_softmax(logits, 1).gather(1, labels.unsqueeze_dim(1));
    -(log_p.squeeze_dim::<1>(1) * weights).mean()
}
