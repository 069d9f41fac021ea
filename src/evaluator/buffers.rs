//! Batches that are in buffers on the device.

use super::Evaluator;
use crate::batch::{Batch, BufferBatch, Location};
use crate::error::{BufferError, Error};
use crate::statistic::Schema;

impl Evaluator {
    /// Records the work of adding a batch that is in buffers, so that it rides along with a training
    /// step: it takes effect where it is recorded, when the caller submits the encoder. Several batches
    /// may be recorded in one encoder, and in several, which may be submitted in any order, or dropped.
    ///
    /// Work that is submitted before a [`snapshot`](Self::snapshot) or a [`result`](Self::result) shows
    /// in it; what is submitted after a [`reset`](Self::reset) counts after it, whenever it was recorded.
    /// [`checkpoint_every`](crate::EvaluatorBuilder::checkpoint_every) counts updates alone. The evaluator does not
    /// wait for such work when it is dropped, as it does for its own.
    ///
    /// The encoder must be one of the evaluator's device: wgpu tells whoever finishes it if it is not.
    /// Where columns begin elsewhere in their buffers than before, a little memory is allocated, since
    /// what was recorded earlier must find what it was recorded with.
    ///
    /// Stored scores take memory for all that is recorded, submitted or not, until a reset. Work that was
    /// recorded while they were dropped ([`fallback_bins`](crate::EvaluatorBuilder::fallback_bins)), or before more
    /// than one reset, must not be submitted after a reset: a result then says so.
    ///
    /// # Errors
    ///
    /// As [`update`](Self::update); nothing is then recorded. [`BufferError::CannotCheck`] of a checked
    /// evaluator.
    ///
    /// # Example
    ///
    /// ```
    /// use weighbridge::wgpu::{self, util::DeviceExt};
    /// use weighbridge::{Batch, BufferColumn, Device, Dtype, Evaluator, Task};
    /// # if std::env::var_os("WEIGHBRIDGE_GPU").is_some_and(|value| value == "off") { return Ok(()) }
    ///
    /// let instance = wgpu::Instance::default();
    /// let adapter = pollster::block_on(instance.request_adapter(&Default::default()))?;
    /// let (device, queue) = pollster::block_on(adapter.request_device(&Default::default()))?;
    /// let contents: Vec<u8> = [1.0_f32, 3.0].iter().flat_map(|x| x.to_le_bytes()).collect();
    /// let losses = device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
    ///     label: None,
    ///     contents: &contents,
    ///     usage: wgpu::BufferUsages::STORAGE,
    /// });
    ///
    /// let mut evaluator = Evaluator::builder(Task::Aggregation)
    ///     .metric("mean")
    ///     .device(Device::shared(device.clone(), queue.clone()))
    ///     .build()?;
    /// let mut step = device.create_command_encoder(&Default::default());
    /// // ... the training step, which writes the losses, and then:
    /// evaluator.encode(&mut step, &Batch::values(BufferColumn::new(Dtype::F32, losses.slice(..))))?;
    /// queue.submit([step.finish()]);
    /// assert_eq!(evaluator.result()?.unweighted("mean")?, 2.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn encode(
        &mut self,
        encoder: &mut wgpu::CommandEncoder,
        batch: &Batch<'_>,
    ) -> Result<(), Error> {
        let Location::Device(batch) = batch.location()? else {
            return Err(BufferError::HostInEncoder.into());
        };
        if self.checked {
            return Err(BufferError::CannotCheck.into());
        }
        let schema = self.schema_on_device(&batch)?;
        let samples = batch.samples(schema, self.plan.outputs as usize) as u64;
        if self.gpu.is_none() {
            return Err(BufferError::BuffersOnCpu.into());
        }
        self.make_room(samples)?;
        let Self { gpu: Some(gpu), class_weighting, .. } = self else {
            return Err(BufferError::BuffersOnCpu.into());
        };
        gpu.encode_buffers(encoder, &batch, schema, class_weighting)?;
        self.score_memory_in_use.count(samples);
        Ok(())
    }

    fn schema_on_device(&self, batch: &BufferBatch<'_>) -> Result<Schema, Error> {
        batch.schema(&self.plan, self.checked)
    }

    /// Adds a batch that is on the device.
    pub(super) fn update_on_device(&mut self, batch: &BufferBatch<'_>) -> Result<(), Error> {
        let schema = self.schema_on_device(batch)?;
        let samples = batch.samples(schema, self.plan.outputs as usize) as u64;
        if self.gpu.is_none() {
            return Err(BufferError::BuffersOnCpu.into());
        }
        self.make_room(samples)?;
        let Self { gpu: Some(gpu), class_weighting, .. } = self else {
            return Err(BufferError::BuffersOnCpu.into());
        };
        let read = self.checked.then(|| gpu.read(batch)).transpose()?;
        gpu.add_buffers(batch, schema, class_weighting)?;
        self.score_memory_in_use.count(samples);
        let Some(read) = read else { return Ok(()) };
        match read.batch().location()? {
            Location::Host(batch) => self.add_each_step(&batch, schema, false),
            Location::Device(_) => Ok(()),
        }
    }
}

#[cfg(test)]
impl Evaluator {
    /// The engine, to break it.
    pub(crate) fn engine(&mut self) -> Option<&mut crate::gpu::Engine> {
        self.gpu.as_deref_mut()
    }
}
