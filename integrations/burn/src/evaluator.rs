//! An evaluator for burn's tensors.

use crate::batch::TensorBatch;
use crate::error::Error;
use crate::gpu::Gpu;
use crate::pinned::PinnedBatch;
use burn::tensor::Device;
use std::collections::VecDeque;
use std::num::NonZero;
use weighbridge::metric::{ResolvedMetric, Settings};
use weighbridge::{Evaluator, EvaluatorBuilder, Report, Snapshot, State, wgpu};

/// Number of batches held by default.
const MAX_BUFFERED: NonZero<usize> = NonZero::new(8).unwrap();

/// A [`weighbridge::Evaluator`] for tensors, on burn's device.
///
/// Tensors are read in place, by work on burn's own queue that follows the work that computes them.
/// Until `result`, nothing waits for the device and no data leaves it.
///
/// To find out where a tensor is, burn must finish fusing its operations and wait for the threads
/// that execute them. So batches are held as tensors and added eight at a time (see
/// [`hold`](Self::hold)), or when a value is requested. The first batch is added at once, so that
/// an error appears at once if its tensors do not suit the metrics. Batches keep the contents that
/// their tensors had at the update.
#[derive(Debug)]
pub struct TensorEvaluator {
    evaluator: Evaluator,
    settings: Settings,
    device: Device,
    held: VecDeque<TensorBatch>,
    most_held: NonZero<usize>,
    /// Whether a batch has been added.
    has_begun: bool,
}

impl TensorEvaluator {
    /// See [`Gpu::evaluator`].
    pub(crate) fn new(gpu: &Gpu, builder: EvaluatorBuilder) -> Result<Self, Error> {
        let mut evaluator = builder.device(gpu.shared().clone()).build()?;
        let settings = evaluator.state()?.settings;
        let (device, held) = (gpu.device().clone(), VecDeque::new());
        let has_begun = false;
        Ok(Self { evaluator, settings, device, held, most_held: MAX_BUFFERED, has_begun })
    }

    /// Holds up to `batches` batches at a time; 1 adds each batch at once. Default: 8.
    pub fn hold(self, batches: NonZero<usize>) -> Self {
        Self { most_held: batches, ..self }
    }

    /// Number of batches that are held.
    pub fn held(&self) -> usize {
        self.held.len()
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The requested metrics.
    pub fn specs(&self) -> &[ResolvedMetric] {
        self.evaluator.specs()
    }

    /// Adds a batch of tensors. The tensors may be used and changed right after the call.
    ///
    /// # Errors
    ///
    /// Fails if shapes, types or devices do not match; nothing of the batch is then added. An error
    /// that only appears when held batches are added, such as a failed operation of burn, is
    /// returned by the call that adds them; that batch is left out, and later ones stay held.
    /// Faults in the data, such as a negative weight, are counted on the device and make the values
    /// that they affect undefined.
    pub fn update(&mut self, batch: &TensorBatch) -> Result<(), Error> {
        batch.check(&self.device, &self.settings)?;
        self.held.push_back(batch.clone());
        let waits = self.has_begun && self.held.len() < self.most_held.get();
        if waits { Ok(()) } else { self.flush() }
    }

    /// Adds the batches that are held.
    ///
    /// # Errors
    ///
    /// Fails like [`weighbridge::Evaluator::update`], or if an operation of burn has failed.
    pub fn flush(&mut self) -> Result<(), Error> {
        // All tensors are located before the first batch is added: burn's thread answers more
        // slowly while a software adapter computes on the same cores.
        let found: Vec<_> = self.held.iter().map(|batch| self.pin(batch)).collect();
        for pinned in found {
            self.held.pop_front();
            self.evaluator.update(&pinned?.batch())?;
            self.has_begun = true;
        }
        Ok(())
    }

    /// Records the work of adding a batch, as [`weighbridge::Evaluator::encode`]. The returned
    /// batch must live until the encoder is submitted.
    ///
    /// # Errors
    ///
    /// Fails like [`update`](Self::update) and [`weighbridge::Evaluator::encode`].
    pub fn encode(
        &mut self,
        encoder: &mut wgpu::CommandEncoder,
        batch: &TensorBatch,
    ) -> Result<PinnedBatch, Error> {
        let pinned = self.pin(batch)?;
        self.evaluator.encode(encoder, &pinned.batch())?;
        Ok(pinned)
    }

    /// The batch as buffers, held in place, for custom work on the same queue.
    ///
    /// # Errors
    ///
    /// Fails if shapes, types or devices do not match.
    pub fn pin(&self, batch: &TensorBatch) -> Result<PinnedBatch, Error> {
        batch.pin(&self.device, &self.settings)
    }

    /// The evaluator, after the held batches are added.
    ///
    /// # Errors
    ///
    /// Fails like [`flush`](Self::flush).
    pub fn evaluator(&mut self) -> Result<&mut Evaluator, Error> {
        self.flush()?;
        Ok(&mut self.evaluator)
    }

    /// The value of every metric: see [`weighbridge::Evaluator::result`].
    ///
    /// # Errors
    ///
    /// Fails like [`flush`](Self::flush), or if the device fails.
    pub fn result(&mut self) -> Result<Report, Error> {
        Ok(self.evaluator()?.result()?)
    }

    /// The accumulated totals, as plain data: see [`weighbridge::Evaluator::state`].
    ///
    /// # Errors
    ///
    /// Fails like [`result`](Self::result).
    pub fn state(&mut self) -> Result<State, Error> {
        Ok(self.evaluator()?.state()?)
    }

    /// The present state, to be read later: see [`weighbridge::Evaluator::snapshot`].
    ///
    /// # Errors
    ///
    /// Fails like [`result`](Self::result).
    pub fn snapshot(&mut self) -> Result<Snapshot, Error> {
        Ok(self.evaluator()?.snapshot()?)
    }

    /// Removes everything that was added.
    ///
    /// # Errors
    ///
    /// Fails if the device fails.
    pub fn reset(&mut self) -> Result<(), Error> {
        self.held.clear();
        Ok(self.evaluator.reset()?)
    }
}

impl Gpu {
    /// Builds an evaluator that reads tensors of this device.
    ///
    /// # Errors
    ///
    /// Fails like [`EvaluatorBuilder::build`].
    ///
    /// # Example
    ///
    /// ```no_run
    /// use weighbridge::{Evaluator, Task};
    ///
    /// let gpu = weighbridge_burn::init()?;
    /// let mut metrics = gpu.evaluator(Evaluator::builder(Task::Regression))?;
    /// # let _ = metrics.reset();
    /// # Ok::<(), weighbridge_burn::Error>(())
    /// ```
    pub fn evaluator(&self, builder: EvaluatorBuilder) -> Result<TensorEvaluator, Error> {
        TensorEvaluator::new(self, builder)
    }
}
