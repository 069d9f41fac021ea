//! An open device: creates resources on it, and returns its failures as errors.

use super::adapter::AdapterSummary;
use super::layouts::Layouts;
use super::patience;
use super::patience::Patience;
use crate::error::{DeviceError, Error};
use crate::statistic::{CustomValue, Schema};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;
use wgpu::{
    BindGroup, BindGroupDescriptor, Buffer, BufferDescriptor, BufferUsages, CommandEncoder,
    ComputePipeline, ErrorFilter, PollError, PollType, SubmissionIndex,
};

/// Open devices by adapter: evaluators on the same adapter share one.
static OPEN: LazyLock<Mutex<HashMap<usize, Weak<Connection>>>> = LazyLock::new(Mutex::default);

/// An open device.
#[derive(Debug)]
pub(in crate::gpu) struct Connection {
    /// The name of its adapter.
    pub name: String,
    pub device: wgpu::Device,
    pub queue: wgpu::Queue,
    /// The reason why the device was lost, if it was; none for a caller's device, whose callback is
    /// the caller's.
    lost: Option<Arc<Mutex<Option<String>>>>,
    /// Number of completed submissions.
    completed: Arc<AtomicU64>,
    /// Another limit of patience, for tests.
    patience: OnceLock<Duration>,
    /// Numbers of created buffers, bind groups and pipelines, and of waits for the device.
    #[cfg(test)]
    counts: Counts,
    /// The number of loop steps after which the device cuts the loops of a thread, if it does.
    loop_steps: OnceLock<Option<u32>>,
    /// Custom values whose Rust and WGSL functions gave the same results on this device.
    compared: Mutex<Vec<Compared>>,
    /// The bind group layouts, created when first needed.
    layouts: OnceLock<Arc<Layouts>>,
    /// Set once stored scores have passed their self-test, which runs when a plan first needs it.
    pub stores: OnceLock<()>,
    /// The same for one-vs-rest and one-vs-one curves.
    pub makes_problems: OnceLock<()>,
    /// Compiled modules by their source.
    compiled: Mutex<HashMap<String, ComputePipeline>>,
}

/// Counts for tests.
#[cfg(test)]
#[derive(Debug, Default)]
struct Counts {
    created: AtomicU64,
    waited: AtomicU64,
}

/// A custom value whose Rust and WGSL functions gave the same results on this device.
#[derive(Clone, Debug)]
pub(in crate::gpu) struct Compared {
    pub value: CustomValue,
    pub parameter: u32,
    /// The schema of its inputs.
    pub schema: Schema,
    /// The largest number of loop steps that it took for a sample, where the device limits them.
    pub loop_steps: u32,
}

impl Connection {
    /// The open device of an adapter; opens and tests it first if needed.
    pub fn open(
        adapter: AdapterSummary,
        test: impl FnOnce(&Arc<Self>) -> Result<(), Error>,
    ) -> Result<Arc<Self>, Error> {
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        let key = adapter.key();
        if let Some(connection) = open.get(&key).and_then(Weak::upgrade)
            && connection.check().is_ok()
        {
            return Ok(connection);
        }
        let connection = Arc::new(Self::new(adapter)?);
        test(&connection)?;
        open.insert(key, Arc::downgrade(&connection));
        Ok(connection)
    }

    /// A caller's device, whose callbacks remain the caller's.
    pub fn of_caller(device: wgpu::Device, queue: wgpu::Queue) -> Self {
        Self::over(device.adapter_info().name, device, queue, None)
    }

    pub fn new(adapter: AdapterSummary) -> Result<Self, Error> {
        let descriptor =
            wgpu::DeviceDescriptor { label: Some("weighbridge"), ..Default::default() };
        let request = adapter.adapter.request_device(&descriptor);
        let (device, queue) = pollster::block_on(request).map_err(|error| {
            Error::Device(DeviceError::Failed {
                adapter: adapter.name.clone(),
                reason: error.to_string(),
            })
        })?;
        let lost = Arc::new(Mutex::new(None));
        let reason = lost.clone();
        device.set_device_lost_callback(move |_, message| {
            *reason.lock().unwrap_or_else(PoisonError::into_inner) = Some(message);
        });
        Ok(Self::over(adapter.name, device, queue, Some(lost)))
    }

    fn over(
        name: String,
        device: wgpu::Device,
        queue: wgpu::Queue,
        lost: Option<Arc<Mutex<Option<String>>>>,
    ) -> Self {
        Self {
            name,
            device,
            queue,
            lost,
            completed: Arc::default(),
            patience: OnceLock::new(),
            #[cfg(test)]
            counts: Counts::default(),
            loop_steps: OnceLock::new(),
            compared: Mutex::default(),
            layouts: OnceLock::new(),
            stores: OnceLock::new(),
            makes_problems: OnceLock::new(),
            compiled: Mutex::default(),
        }
    }

    /// Fails if the device was lost.
    pub fn check(&self) -> Result<(), Error> {
        self.check_reported()?;
        if self.lost.is_none() && self.is_lost() {
            return Err(self.lost("wgpu does no work on it any more".to_owned()));
        }
        Ok(())
    }

    /// Fails if the device is known to be lost. The loss of a caller's device is not reported here.
    fn check_reported(&self) -> Result<(), Error> {
        let reported = self.lost.as_ref().map(|lost| lost.lock());
        let reason = reported.and_then(|lost| lost.unwrap_or_else(PoisonError::into_inner).clone());
        reason.map_or(Ok(()), |reason| Err(self.lost(reason)))
    }

    fn lost(&self, reason: String) -> Error {
        Error::Device(DeviceError::Lost { adapter: self.name.clone(), reason })
    }

    /// Whether a device whose callback is the caller's was lost: a lost device reports no error
    /// even for a buffer that is too large.
    fn is_lost(&self) -> bool {
        let scope = self.device.push_error_scope(ErrorFilter::Validation);
        let (size, usage) = (u64::MAX, BufferUsages::STORAGE);
        let descriptor = BufferDescriptor { label: None, size, usage, mapped_at_creation: false };
        drop(self.device.create_buffer(&descriptor));
        pollster::block_on(scope.pop()).is_none()
    }

    /// A failure of this device.
    pub fn failed(&self, reason: impl ToString) -> Error {
        match self.check() {
            Err(lost) => lost,
            Ok(()) => Error::Device(DeviceError::Failed {
                adapter: self.name.clone(),
                reason: reason.to_string(),
            }),
        }
    }

    /// The same for a failure that may be the first sign of a lost device.
    pub fn failed_with(&self, reason: impl ToString) -> Error {
        self.wait_for_lost_callback();
        self.failed(reason)
    }

    /// Runs `work`, and fails if the device reports an error in it. Creating resources on a lost
    /// device reports no error, so a [`check`](Self::check) precedes everything that is submitted
    /// or recorded.
    pub fn guarded<T>(&self, work: impl FnOnce() -> T) -> Result<T, Error> {
        self.check_reported()?;
        let scopes = [ErrorFilter::OutOfMemory, ErrorFilter::Internal, ErrorFilter::Validation]
            .map(|filter| self.device.push_error_scope(filter));
        let result = work();
        let errors = scopes.map(Some).into_iter().rev();
        let errors: Vec<_> =
            errors.flatten().filter_map(|scope| pollster::block_on(scope.pop())).collect();
        match errors.first() {
            None => Ok(result),
            Some(error) => Err(self.failed_with(error)),
        }
    }

    /// The bind group layouts.
    pub fn layouts(&self) -> Result<Arc<Layouts>, Error> {
        if let Some(layouts) = self.layouts.get() {
            return Ok(layouts.clone());
        }
        let layouts = Arc::new(self.guarded(|| Layouts::new(&self.device))?);
        Ok(self.layouts.get_or_init(|| layouts).clone())
    }

    /// The pipeline of a module, compiled by `compile` at the first use.
    pub fn compiled(
        &self,
        wgsl: &str,
        compile: impl FnOnce() -> Result<ComputePipeline, Error>,
    ) -> Result<ComputePipeline, Error> {
        let compiled = || self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pipeline) = compiled().get(wgsl) {
            return Ok(pipeline.clone());
        }
        let pipeline = compile()?;
        compiled().insert(wgsl.to_owned(), pipeline.clone());
        Ok(pipeline)
    }

    /// The size of the largest storage binding.
    pub fn max_binding_bytes(&self) -> u64 {
        self.device.limits().max_storage_buffer_binding_size.min(self.max_buffer_bytes())
    }

    /// The size of the largest buffer.
    pub fn max_buffer_bytes(&self) -> u64 {
        self.device.limits().max_buffer_size
    }

    /// The number of loop steps after which the device cuts the loops of a thread, if it does.
    pub fn loop_steps(&self) -> Option<u32> {
        self.loop_steps.get().copied().flatten()
    }

    /// Sets the number of loop steps, once it is measured.
    pub fn set_loop_steps(&self, steps: Option<u32>) {
        let _ = self.loop_steps.set(steps); // another thread may have been as fast
    }

    /// Custom values that have already been compared.
    pub fn compared(&self) -> MutexGuard<'_, Vec<Compared>> {
        self.compared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new buffer.
    pub fn buffer(&self, label: &str, size: u64, usage: BufferUsages) -> Result<Buffer, Error> {
        self.count_created();
        let label = Some(label);
        self.guarded(|| {
            self.device.create_buffer(&BufferDescriptor {
                label,
                size,
                usage,
                mapped_at_creation: false,
            })
        })
    }

    /// A new buffer with constant content.
    pub fn filled(&self, bytes: &[u8], usage: BufferUsages) -> Result<Buffer, Error> {
        self.count_created();
        let (label, size) = (Some("content"), (bytes.len() as u64).next_multiple_of(4).max(16));
        self.guarded(|| {
            let mapped_at_creation = true;
            let descriptor = BufferDescriptor { label, size, usage, mapped_at_creation };
            let buffer = self.device.create_buffer(&descriptor);
            let range = buffer.get_mapped_range_mut(..bytes.len() as u64);
            range
                .map(|mut view| view.copy_from_slice(bytes))
                .map_err(|error| self.failed(error))?;
            buffer.unmap();
            Ok(buffer)
        })?
    }

    /// A new bind group.
    pub fn bind_group(&self, descriptor: &BindGroupDescriptor<'_>) -> Result<BindGroup, Error> {
        self.count_created();
        self.guarded(|| self.device.create_bind_group(descriptor))
    }

    /// A new pipeline.
    pub fn pipeline(
        &self,
        descriptor: &wgpu::ComputePipelineDescriptor<'_>,
    ) -> Result<ComputePipeline, Error> {
        self.count_created();
        self.guarded(|| self.device.create_compute_pipeline(descriptor))
    }

    /// Submits work, and counts it once it is completed.
    pub fn submit(&self, encoder: CommandEncoder) -> SubmissionIndex {
        let submission = self.queue.submit([encoder.finish()]);
        let completed = self.completed.clone();
        self.queue.on_submitted_work_done(move || {
            completed.fetch_add(1, Ordering::Relaxed);
        });
        submission
    }

    /// Number of completed submissions.
    pub fn completed(&self) -> u64 {
        self.completed.load(Ordering::Relaxed)
    }

    /// The time after which a device that has completed no submission counts as failed.
    pub fn patience(&self) -> Duration {
        self.patience.get().copied().unwrap_or(patience::LIMIT)
    }

    /// Whether the device belongs to the caller, who may submit other work to it.
    pub fn is_callers(&self) -> bool {
        self.lost.is_none()
    }

    /// Waits until a submission has completed, as long as submissions go on being completed; until
    /// all have, if it is none.
    pub fn wait(&self, submission: Option<SubmissionIndex>) -> Result<(), Error> {
        self.count_waited();
        let mut patience = Patience::new(self.completed());
        let timeout = Some(patience::INTERVAL.min(self.patience()));
        loop {
            let submission_index = submission.clone();
            if self.poll(PollType::Wait { submission_index, timeout })? {
                return Ok(());
            }
            if patience.is_over(self.completed(), self.patience()) {
                return Err(self.is_stuck());
            }
        }
    }

    /// The error for a device that makes no progress.
    pub fn is_stuck(&self) -> Error {
        let seconds = self.patience().as_secs_f64();
        self.failed(format!(
            "it has completed no work for {seconds} seconds; nothing is lost: try again later, or \
             reset the evaluator"
        ))
    }

    /// Polls the device; returns whether it did so in time.
    pub fn poll(&self, poll_type: PollType) -> Result<bool, Error> {
        self.check_reported()?;
        // wgpu panics if a device is lost during a poll.
        let poll = || catch_unwind(AssertUnwindSafe(|| self.device.poll(poll_type)));
        let reason = match poll() {
            Ok(Ok(_)) => return self.check().map(|()| true),
            Ok(Err(PollError::Timeout)) => return self.check().map(|()| false),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "it could not be polled".to_owned(),
        };
        Err(self.failed_with(reason))
    }

    /// After a failure, waits until wgpu reports that the device is lost, if it is. Work is refused
    /// before that report, which comes once all earlier work is done.
    fn wait_for_lost_callback(&self) {
        let wait = PollType::Wait { submission_index: None, timeout: Some(patience::LIMIT) };
        let _ = catch_unwind(AssertUnwindSafe(|| self.device.poll(wait)));
    }
}

#[cfg(test)]
impl Connection {
    /// Number of buffers, bind groups and pipelines created on this device.
    pub fn created(&self) -> u64 {
        self.counts.created.load(Ordering::Relaxed)
    }

    /// Sets the limit of patience.
    pub fn set_patience(&self, patience: Duration) {
        self.patience.set(patience).expect("it is set once");
    }

    /// Number of waits for the device.
    pub fn waited(&self) -> u64 {
        self.counts.waited.load(Ordering::Relaxed)
    }

    fn count_created(&self) {
        self.counts.created.fetch_add(1, Ordering::Relaxed);
    }

    fn count_waited(&self) {
        self.counts.waited.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(not(test))]
impl Connection {
    fn count_created(&self) {}

    fn count_waited(&self) {}
}
