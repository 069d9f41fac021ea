//! An evaluator of burn's tensors.

use crate::batch::TensorBatch;
use crate::error::Error;
use crate::gpu::Gpu;
use crate::pinned::PinnedBatch;
use burn::tensor::Device;
use std::ops::{Deref, DerefMut};
use weighbridge::metric::Settings;
use weighbridge::{Builder, Evaluator, wgpu};

/// A [`weighbridge::Evaluator`] on burn's device, which it is in all else: `result`, `reset`, `state`,
/// `merge`, `snapshot`.
///
/// Tensors are read where they are, by work on burn's own queue that follows all that they come from.
/// Nothing waits for the device, and nothing leaves it, until `result`.
#[derive(Debug)]
pub struct TensorEvaluator {
    evaluator: Evaluator,
    settings: Settings,
    device: Device,
}

impl TensorEvaluator {
    /// See [`Gpu::evaluator`].
    pub(crate) fn new(gpu: &Gpu, builder: Builder) -> Result<Self, Error> {
        let mut evaluator = builder.device(gpu.shared().clone()).build()?;
        let settings = evaluator.state()?.settings;
        Ok(Self { evaluator, settings, device: gpu.device().clone() })
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Adds a batch of tensors. They may be used and changed at once: what is measured is what they
    /// are now.
    ///
    /// # Errors
    ///
    /// Shapes, types and devices that do not go together, and those of
    /// [`Evaluator::update`](weighbridge::Evaluator::update); nothing of the batch is then added.
    /// Faults in the data, such as a negative weight, are counted on the device: the values that they
    /// touch are undefined, and say so.
    pub fn update(&mut self, batch: &TensorBatch) -> Result<(), Error> {
        let pinned = self.pin(batch)?;
        Ok(self.evaluator.update(&pinned.batch())?)
    }

    /// Records the work of adding a batch, as [`weighbridge::Evaluator::encode`]. What is returned must
    /// live until the encoder is submitted.
    ///
    /// # Errors
    ///
    /// As [`update`](Self::update).
    pub fn encode(
        &mut self,
        encoder: &mut wgpu::CommandEncoder,
        batch: &TensorBatch,
    ) -> Result<PinnedBatch, Error> {
        let pinned = self.pin(batch)?;
        self.evaluator.encode(encoder, &pinned.batch())?;
        Ok(pinned)
    }

    /// The batch as buffers, held in place, for work of one's own on the same queue.
    ///
    /// # Errors
    ///
    /// Shapes, types and devices that do not go together.
    pub fn pin(&self, batch: &TensorBatch) -> Result<PinnedBatch, Error> {
        batch.pin(&self.device, &self.settings)
    }
}

impl Deref for TensorEvaluator {
    type Target = Evaluator;

    fn deref(&self) -> &Evaluator {
        &self.evaluator
    }
}

impl DerefMut for TensorEvaluator {
    fn deref_mut(&mut self) -> &mut Evaluator {
        &mut self.evaluator
    }
}
