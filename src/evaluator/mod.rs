//! The evaluator: a set of metrics over one task.

#[cfg(feature = "gpu")]
mod buffers;
mod build;
mod builder;
mod checkpoint;
mod engines;
mod score_memory;
mod score_range;
mod snapshot;
mod stream;
#[cfg(all(test, feature = "gpu"))]
mod tests;
mod totals;
mod update;

pub use self::builder::EvaluatorBuilder;
use self::score_range::ScoreRange;
pub use self::snapshot::Snapshot;

use self::checkpoint::Checkpointer;
use self::engines::Engines;
use self::snapshot::HostPart;
use self::stream::wait_for_staging;
use self::update::update_from_host;
use crate::batch::{AsBatch, Batch, Location, NarrowedScores, PrecisionLoss, Ties};
use crate::error::{Error, FailedBatch};
use crate::kernel::StandardFloats;
use crate::metric::ResolvedMetric;
use crate::report::{DeviceSummary, Report};
use crate::state::{Config, State};
use crate::statistic::totals::merge_all;
use crate::statistic::{Task, Totals};
use futures::{Stream, StreamExt};
use std::pin::pin;

/// A set of metrics over one task: `update` with batches, `result`, `reset`, `merge`.
///
/// Every metric is reported twice, unweighted and weighted, from one pass over the data. The state
/// consists of exact integers, so the result has the same bits on every engine, for any batches in
/// any order.
///
/// # Example
///
/// ```
/// use weighbridge::{Batch, Evaluator, Task};
///
/// let mut evaluator = Evaluator::builder(Task::Binary)
///     .metrics(["accuracy", "fbeta_score:beta=2"])
///     .threshold(0.5)
///     .build()?;
/// let batch = Batch::new(&[0.9_f32, 0.3, 0.6], &[1_u8, 0, 0]).weights(&[1.0_f32, 1.0, 2.0]);
/// evaluator.update(&batch)?;
/// let report = evaluator.result()?;
/// assert_eq!(report.unweighted("accuracy")?, 2.0 / 3.0);
/// assert_eq!(report.weighted("accuracy")?, 0.5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Evaluator {
    engines: Engines,
    specs: Vec<ResolvedMetric>,
    config: Config,
    checkpointer: Option<Checkpointer>,
}

impl Evaluator {
    /// An evaluator of the task's default metrics on the device that `auto` selects.
    ///
    /// # Errors
    ///
    /// As [`EvaluatorBuilder::build`].
    pub fn new(task: Task) -> Result<Self, Error> {
        Self::builder(task).build()
    }

    /// An evaluator that resumes from a state, with its metrics and settings, on the device that
    /// `auto` selects. To use another device, or to report other metrics that the state supports,
    /// use [`EvaluatorBuilder::from`] and [`merge`](Self::merge).
    ///
    /// # Errors
    ///
    /// As [`EvaluatorBuilder::build`] and [`merge`](Self::merge).
    ///
    /// # Example
    ///
    /// ```
    /// use weighbridge::{Batch, Evaluator, Task};
    ///
    /// let mut evaluator = Evaluator::new(Task::Regression)?;
    /// evaluator.update(&Batch::new(&[1.0_f32, 2.0], &[0.5_f32, 2.0]))?;
    /// let mut other = Evaluator::from_state(&evaluator.state()?)?;
    /// evaluator.update(&Batch::new(&[3.0_f32], &[1.0_f32]))?;
    /// other.update(&Batch::new(&[3.0_f32], &[1.0_f32]))?;
    /// assert_eq!(evaluator.state()?, other.state()?);
    /// # Ok::<(), weighbridge::Error>(())
    /// ```
    pub fn from_state(state: &State) -> Result<Self, Error> {
        let mut evaluator = EvaluatorBuilder::from(state).build()?;
        evaluator.merge(state)?;
        Ok(evaluator)
    }

    /// Chooses metrics, device and settings.
    pub fn builder(task: Task) -> EvaluatorBuilder {
        EvaluatorBuilder::new(task)
    }

    /// Adds a batch.
    ///
    /// On the GPU this copies a batch of slices into staging memory and submits the work; it waits
    /// only if the bounded staging memory is full. A batch in buffers is read in place, without
    /// waiting; if buffers are reused, nothing is allocated either. For this, an evaluator holds
    /// references to the buffers of at most 16 batches: the most recent ones that were added more
    /// than once.
    ///
    /// # Errors
    ///
    /// Wrong shapes and types, [invalid data](crate::batch::FaultPolicy), and no memory for stored
    /// scores: nothing of the batch is added, and the evaluator can still be used. A device that
    /// fails: if part of the batch is already on it, [`state`](Self::state) and
    /// [`result`](Self::result) fail until a [`reset`](Self::reset).
    pub fn update(&mut self, batch: &Batch<'_>) -> Result<(), Error> {
        let _floats = StandardFloats::set();
        match batch.location()? {
            Location::Host(batch) => update_from_host(&mut self.engines, &batch)?,
            #[cfg(feature = "gpu")]
            Location::Device(batch) => buffers::update_on_device(&mut self.engines, &batch)?,
        }
        self.checkpoint()
    }

    /// Records the work of adding a batch in buffers into the encoder of a training step. It takes
    /// effect at that point of the encoder, when the caller submits it. Several batches can be
    /// recorded, in one encoder or in several, which may be submitted in any order, or dropped.
    ///
    /// Work that is submitted before a [`snapshot`](Self::snapshot) or a [`result`](Self::result)
    /// is included in it. Work that is recorded before a [`reset`](Self::reset) and submitted after
    /// it is still added. [`checkpoint_every`](crate::EvaluatorBuilder::checkpoint_every) does not
    /// count such work, and dropping the evaluator does not wait for it.
    ///
    /// The encoder must belong to the evaluator's device; otherwise wgpu reports an error when it
    /// is finished. If a column's offset changes, a small parameter buffer is allocated, because
    /// previously recorded work still refers to the old one.
    ///
    /// Stored scores take memory for all recorded work, submitted or not, until a reset. Work that
    /// was recorded while scores were dropped
    /// ([`fallback_bins`](crate::EvaluatorBuilder::fallback_bins)), or before more than one reset,
    /// must not be submitted after a reset: a result then fails.
    ///
    /// # Errors
    ///
    /// As [`update`](Self::update); nothing is then recorded. A checked evaluator returns
    /// [`UpdateError::CheckedEncoder`](crate::error::UpdateError::CheckedEncoder).
    ///
    /// # Example
    ///
    /// ```
    /// use weighbridge::wgpu::{self, util::DeviceExt};
    /// use weighbridge::{Batch, BufferColumn, Device, Dtype, Evaluator, Task};
    /// # let gpu = std::env::var_os("WEIGHBRIDGE_GPU");
    /// # if gpu.is_some_and(|value| value == "off") { return Ok(()) }
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
    /// let column = BufferColumn::new(Dtype::F32, losses.slice(..));
    /// evaluator.encode(&mut step, &Batch::values(column))?;
    /// queue.submit([step.finish()]);
    /// assert_eq!(evaluator.result()?.unweighted("mean")?, 2.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "gpu")]
    pub fn encode(
        &mut self,
        encoder: &mut wgpu::CommandEncoder,
        batch: &Batch<'_>,
    ) -> Result<(), Error> {
        let _floats = StandardFloats::set();
        buffers::encode(&mut self.engines, encoder, batch)
    }

    /// Adds every batch of a stream; returns their number.
    ///
    /// The next batch is requested once the one before it has been added. On a GPU that is when it
    /// is in staging memory, which holds three chunks of at most 2^20 predictions: the next batch
    /// is prepared while the device processes these. If there is no room for a batch to begin, this
    /// yields to other tasks; a batch of several chunks or outputs waits between them, and the CPU
    /// engine works in the calling task.
    ///
    /// # Errors
    ///
    /// As [`update`](Self::update), with the index of the batch that failed. The batches before it
    /// have been added; a stream that was given by reference can be continued after it.
    ///
    /// # Example
    ///
    /// ```
    /// use futures::{executor::block_on, stream};
    /// use weighbridge::{Evaluator, Task};
    ///
    /// let batches = stream::iter([
    ///     (vec![0.9_f32, 0.2], vec![1_u32, 0], vec![1.0_f32, 2.0]),
    ///     (vec![0.4], vec![1], vec![0.5]),
    /// ]);
    /// let mut evaluator = Evaluator::builder(Task::Binary).metric("accuracy").build()?;
    /// assert_eq!(block_on(evaluator.update_stream(batches))?, 2);
    /// assert_eq!(evaluator.result()?.weighted("accuracy")?, 3.0 / 3.5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn update_stream<S>(&mut self, batches: S) -> Result<u64, FailedBatch>
    where
        S: Stream,
        S::Item: AsBatch,
    {
        let mut batches = pin!(batches);
        let mut count = 0;
        while let Some(batch) = batches.next().await {
            let failed = |error| FailedBatch { batch: count, error };
            wait_for_staging(&mut self.engines.gpu).await.map_err(failed)?;
            self.update(&batch.as_batch()).map_err(failed)?;
            count += 1;
        }
        Ok(count)
    }

    /// Adds every batch of an iterator, as [`update_stream`](Self::update_stream); waits if there
    /// is no room.
    ///
    /// # Errors
    ///
    /// As [`update_stream`](Self::update_stream).
    ///
    /// # Example
    ///
    /// ```
    /// use weighbridge::{Batch, Evaluator, Task};
    ///
    /// let (prediction, truth) = ([1.0_f32, 2.0, 4.0], [1.0_f32, 3.0, 3.0]);
    /// let batches = prediction.chunks(2).zip(truth.chunks(2)).map(|(p, t)| Batch::new(p, t));
    /// let mut evaluator = Evaluator::new(Task::Regression)?;
    /// assert_eq!(evaluator.update_all(batches)?, 2);
    /// assert_eq!(evaluator.result()?.unweighted("mean_error")?, 0.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn update_all<I>(&mut self, batches: I) -> Result<u64, FailedBatch>
    where
        I: IntoIterator,
        I::Item: AsBatch,
    {
        let mut count = 0;
        for batch in batches {
            let failed = |error| FailedBatch { batch: count, error };
            self.update(&batch.as_batch()).map_err(failed)?;
            count += 1;
        }
        Ok(count)
    }

    /// The last state that [`checkpoint_every`](crate::EvaluatorBuilder::checkpoint_every) has
    /// copied to the host. It is kept if the device is lost; [`from_state`](Self::from_state)
    /// resumes from it on the same device, another one or the CPU.
    pub fn last_checkpoint(&self) -> Option<&State> {
        self.checkpointer.as_ref()?.last()
    }

    /// Adds the state of another evaluator with the same task, metrics and settings.
    ///
    /// # Errors
    ///
    /// [`StateError::Mismatch`](crate::error::StateError::Mismatch),
    /// [`StateError::Inconsistent`](crate::error::StateError::Inconsistent) and
    /// [`BuildError`](crate::error::BuildError); nothing is then added.
    pub fn merge(&mut self, state: &State) -> Result<(), Error> {
        let _floats = StandardFloats::set();
        state.check(&self.config, &self.engines.plan)?;
        self.engines.merge(state)
    }

    /// Removes all data. Work that was recorded before and is submitted later is still added.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub fn reset(&mut self) -> Result<(), Error> {
        self.engines.reset()?;
        self.checkpointer.iter_mut().for_each(Checkpointer::reset);
        Ok(())
    }

    /// The data so far, to be read later. Updates may follow: on a GPU this submits a small copy
    /// and does not wait.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub fn snapshot(&mut self) -> Result<Snapshot, Error> {
        let ties = self.engines.narrowed_scores.as_mut().and_then(NarrowedScores::ties);
        self.snapshot_with(ties)
    }

    /// A snapshot whose report states these ties. A state does not need them.
    fn snapshot_with(&mut self, ties: Option<Ties>) -> Result<Snapshot, Error> {
        let _floats = StandardFloats::set();
        let Engines { checked, cpu_shadow, host_totals, precision_loss, .. } = &self.engines;
        let host_part = HostPart {
            cpu_shadow: checked.then(|| cpu_shadow.clone()),
            ties,
            ..self.host_part(host_totals.clone(), *precision_loss)
        };
        let device = self.engines.gpu.as_mut().map(|gpu| gpu.copy_totals()).transpose()?;
        Ok(Snapshot { device, host_part })
    }

    /// Counts an update, and starts a checkpoint if one is due.
    fn checkpoint(&mut self) -> Result<(), Error> {
        let Some(checkpointer) = &mut self.checkpointer else { return Ok(()) };
        if !checkpointer.count_update()? {
            return Ok(());
        }
        let snapshot = self.snapshot_with(None)?;
        self.checkpointer.as_mut().map_or(Ok(()), |checkpointer| checkpointer.start(snapshot))
    }

    /// [`reset`](Self::reset) for a state that is kept elsewhere: its scores still count as used
    /// memory. Ties are no longer counted, because states do not contain the scores for that.
    pub(crate) fn reset_within_memory(&mut self) -> Result<(), Error> {
        let score_memory = self.engines.score_memory;
        self.reset()?;
        self.engines.score_memory = score_memory;
        self.engines.narrowed_scores = None;
        Ok(())
    }

    /// The report of several states of this evaluator, merged.
    pub(crate) fn report_of<'a>(
        &self,
        states: impl IntoIterator<Item = &'a State>,
    ) -> Result<Report, Error> {
        let _floats = StandardFloats::set();
        let mut host_totals = self.engines.plan.empty_totals();
        let mut precision_loss = PrecisionLoss::default();
        for state in states {
            merge_all(&mut host_totals, &state.totals)?;
            precision_loss.merge(&state.precision_loss);
        }
        self.host_part(host_totals, precision_loss).report_of_host()
    }

    /// A snapshot of the totals on the host.
    fn host_part(&self, host_totals: Vec<Totals>, precision_loss: PrecisionLoss) -> HostPart {
        let logits = self.engines.logit_range;
        let has_dubious_logits = logits.is_some_and(ScoreRange::looks_like_probabilities);
        let adapter = self.engines.gpu.as_ref().map(|gpu| gpu.adapter_name().to_owned());
        HostPart {
            plan: self.engines.plan.clone(),
            specs: self.specs.clone(),
            config: self.config.clone(),
            summary: self.device(),
            adapter: adapter.unwrap_or_default(),
            cpu_shadow: None,
            host_totals,
            precision_loss,
            has_dubious_logits,
            ties: None,
        }
    }

    /// The data so far, as plain data; waits for the device.
    ///
    /// # Errors
    ///
    /// A device that fails; in a checked evaluator,
    /// [`DeviceError::EnginesDisagree`](crate::error::DeviceError::EnginesDisagree).
    pub fn state(&mut self) -> Result<State, Error> {
        let _floats = StandardFloats::set();
        self.engines.sort_scores();
        self.snapshot_with(None)?.state()
    }

    /// The value of every metric for all data so far; waits for the device. Updates may follow.
    /// [`Snapshot::result_async`] does not block.
    ///
    /// # Errors
    ///
    /// As [`state`](Self::state). Undefined values are not errors: the report contains the reason.
    pub fn result(&mut self) -> Result<Report, Error> {
        let _floats = StandardFloats::set();
        self.engines.sort_scores();
        self.snapshot()?.result()
    }

    /// The requested metrics.
    pub fn specs(&self) -> &[ResolvedMetric] {
        &self.specs
    }

    /// The device that does the work.
    pub fn device(&self) -> DeviceSummary {
        self.engines.device()
    }
}

#[cfg(all(test, feature = "gpu"))]
impl Evaluator {
    /// The engine, for tests that break it.
    pub(crate) fn engine(&mut self) -> Option<&mut crate::gpu::Engine> {
        self.engines.gpu.as_deref_mut()
    }
}
