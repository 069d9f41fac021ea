//! The evaluator: a set of metrics over one task.

#[cfg(feature = "gpu")]
mod buffers;
mod build;
mod builder;
mod checkpoint;
mod error_context;
mod score_memory;
mod snapshot;
mod stream;
mod update;

pub use self::builder::EvaluatorBuilder;
pub use self::snapshot::Snapshot;

use self::checkpoint::Checkpointer;
use self::score_memory::ScoreMemory;
use self::snapshot::HostPart;
use crate::batch::{BatchScratch, ClassWeighting, PrecisionLoss};
use crate::cpu::InstructionSet;
use crate::error::{DeviceError, Error};
use crate::gpu;
use crate::metric::ResolvedMetric;
use crate::report::{DeviceSummary, Report};
use crate::state::{Config, State};
use crate::statistic::{Plan, Task, Totals};

/// A set of metrics over one task: `update` with batches, `result`, `reset`, `merge`.
///
/// Every metric is reported twice, unweighted and weighted, from the same pass over the data. The
/// state is exact integers, so the result does not depend on the engine, on how the data is split
/// into batches, or on their order: the same bits everywhere.
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
/// evaluator.update(&Batch::new(&[0.9_f32, 0.3, 0.6], &[1_u8, 0, 0]).weights(&[1.0_f32, 1.0, 2.0]))?;
/// let report = evaluator.result()?;
/// assert_eq!(report.unweighted("accuracy")?, 2.0 / 3.0);
/// assert_eq!(report.weighted("accuracy")?, 0.5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Evaluator {
    plan: Plan,
    specs: Vec<ResolvedMetric>,
    config: Config,
    class_weighting: ClassWeighting,
    instructions: InstructionSet,
    /// The GPU engine, if that does the work.
    gpu: Option<Box<gpu::Engine>>,
    /// Whether the CPU engine runs beside the GPU engine.
    checked: bool,
    /// What the CPU engine makes of the samples that the GPU engine has, to be compared.
    cpu_shadow: Vec<Totals>,
    /// What the CPU engine has accumulated alone, and states merged in from elsewhere.
    host_totals: Vec<Totals>,
    precision_loss: PrecisionLoss,
    score_memory_in_use: ScoreMemory,
    checkpointer: Option<Checkpointer>,
    scratch: BatchScratch,
}

impl Evaluator {
    /// An evaluator of the task's standard metrics on the device that `auto` picks.
    ///
    /// # Errors
    ///
    /// As [`EvaluatorBuilder::build`].
    pub fn new(task: Task) -> Result<Self, Error> {
        Self::builder(task).build()
    }

    /// An evaluator that goes on from a state, with its metrics and settings, on the device that
    /// `auto` picks. For another device, or other metrics of what the state holds:
    /// [`EvaluatorBuilder::from`] and [`merge`](Self::merge).
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

    /// Adds what another evaluator with the same task, metrics and settings has accumulated.
    ///
    /// # Errors
    ///
    /// [`StateError::Mismatch`](crate::error::StateError::Mismatch), [`StateError::Inconsistent`](crate::error::StateError::Inconsistent) and [`BuildError`](crate::error::BuildError);
    /// nothing is then added.
    pub fn merge(&mut self, state: &State) -> Result<(), Error> {
        state.check(&self.config, &self.plan)?;
        // What was dropped elsewhere takes no memory, and neither do ours then.
        if !state.totals.iter().any(Totals::has_dropped_scores) {
            self.make_room(state.samples())?;
        }
        merge(&mut self.host_totals, &state.totals);
        self.score_memory_in_use.count(state.samples());
        self.precision_loss.merge(&state.precision_loss);
        Ok(())
    }

    /// Forgets everything that was added; work that was recorded, but is submitted later, is added then.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub fn reset(&mut self) -> Result<(), Error> {
        if let Some(gpu) = &mut self.gpu {
            gpu.reset()?;
        }
        self.host_totals = self.plan.empty_totals();
        self.cpu_shadow = if self.gpu.is_some() { self.host_totals.clone() } else { Vec::new() };
        self.precision_loss = PrecisionLoss::default();
        self.score_memory_in_use = self.score_memory_in_use.empty();
        self.checkpointer = self.checkpointer.as_ref().map(Checkpointer::anew);
        Ok(())
    }

    /// What has been accumulated so far, to be read later. Updates may follow: on a GPU this submits a
    /// small copy, and waits for nothing.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub fn snapshot(&mut self) -> Result<Snapshot, Error> {
        let device = self.gpu.as_mut().map(|gpu| gpu.snapshot()).transpose()?;
        let cpu_shadow = self.checked.then(|| self.cpu_shadow.clone());
        let host_part = HostPart {
            cpu_shadow,
            ..self.host_part(self.host_totals.clone(), self.precision_loss)
        };
        Ok(Snapshot { device, host_part })
    }

    /// The report of states of this evaluator, put together.
    pub(crate) fn report_of<'a>(&self, states: impl IntoIterator<Item = &'a State>) -> Report {
        let mut host_totals = self.plan.empty_totals();
        let mut precision_loss = PrecisionLoss::default();
        for state in states {
            merge(&mut host_totals, &state.totals);
            precision_loss.merge(&state.precision_loss);
        }
        self.host_part(host_totals, precision_loss).report_of_host()
    }

    /// A snapshot of totals that are on the host.
    fn host_part(&self, host_totals: Vec<Totals>, precision_loss: PrecisionLoss) -> HostPart {
        let adapter = self.gpu.as_ref().map(|gpu| gpu.adapter_name().to_owned());
        HostPart {
            plan: self.plan.clone(),
            specs: self.specs.clone(),
            config: self.config.clone(),
            summary: self.device(),
            adapter: adapter.unwrap_or_default(),
            cpu_shadow: None,
            host_totals,
            precision_loss,
        }
    }

    /// What has been accumulated, as plain data; waits for the device.
    ///
    /// # Errors
    ///
    /// A device that fails; in a checked evaluator, [`DeviceError::EnginesDisagree`](crate::error::DeviceError::EnginesDisagree).
    pub fn state(&mut self) -> Result<State, Error> {
        self.settle();
        self.snapshot()?.state()
    }

    /// The value of every metric for all that was added so far; waits for the device. Updates may
    /// follow. [`Snapshot::result_async`] does not block.
    ///
    /// # Errors
    ///
    /// As [`state`](Self::state). Undefined values are no errors: they stand in the report.
    pub fn result(&mut self) -> Result<Report, Error> {
        self.settle();
        self.snapshot()?.result()
    }

    /// Brings stored scores into order, before they are shared with a snapshot that would do so itself.
    fn settle(&mut self) {
        self.host_totals.iter_mut().chain(&mut self.cpu_shadow).for_each(Totals::settle);
    }

    /// The metrics, as asked for.
    pub fn specs(&self) -> &[ResolvedMetric] {
        &self.specs
    }

    /// What does the work.
    pub fn device(&self) -> DeviceSummary {
        let (set, threads) = (self.instructions.name(), rayon::current_num_threads());
        let cpu = format!("CPU ({set}, {threads} threads)");
        let (engine, name) = match &self.gpu {
            Some(gpu) if self.checked => ("gpu", format!("{} and {cpu}", gpu.adapter_name())),
            Some(gpu) => ("gpu", gpu.adapter_name().to_owned()),
            None => ("cpu", cpu),
        };
        DeviceSummary { engine, name, checked: self.checked }
    }
}

/// Adds the totals of other samples, output by output.
fn merge(totals: &mut [Totals], others: &[Totals]) {
    totals.iter_mut().zip(others).for_each(|(totals, other)| totals.merge(other));
}

/// Fails with the first statistic whose totals differ.
fn compare(plan: &Plan, cpu: &Totals, gpu: &Totals, adapter: &str) -> Result<(), Error> {
    let disagreement = |statistic: String, cpu: String, gpu: String| {
        Error::Device(DeviceError::EnginesDisagree {
            adapter: adapter.to_owned(),
            statistic,
            difference: format!("CPU {cpu}, device {gpu}"),
        })
    };
    let (weights, gpu_weights) = (&cpu.weights, &gpu.weights);
    if weights != gpu_weights {
        let (cpu, gpu) = (format!("{weights:?}"), format!("{gpu_weights:?}"));
        return Err(disagreement("weights".to_owned(), cpu, gpu));
    }
    let totals = cpu.statistics.iter().zip(&gpu.statistics);
    for (statistic, (cpu, gpu)) in plan.statistics.iter().zip(totals) {
        if cpu != gpu {
            let (cpu, gpu) = (format!("{cpu:?}"), format!("{gpu:?}"));
            return Err(disagreement(statistic.to_string(), cpu, gpu));
        }
    }
    Ok(())
}

#[cfg(all(test, feature = "gpu"))]
mod tests {
    use super::*;
    use crate::batch::Batch;
    use crate::device::Device;
    use crate::gpu::adapters;

    #[test]
    fn a_checked_evaluator_compares_through_merges_and_resets_and_says_where_engines_differ() {
        if std::env::var_os("WEIGHBRIDGE_GPU").is_some_and(|value| value == "off") {
            eprintln!("skipped: WEIGHBRIDGE_GPU=off");
            return;
        }
        for adapter in adapters() {
            let build = |checked: bool| {
                let builder =
                    Evaluator::builder(Task::Regression).metrics(["mean_error", "max_error"]);
                let device = Device::Named(adapter.name.clone());
                builder.device(device).checked(checked).build().expect("an evaluator")
            };
            let batch = Batch::new(&[1.0_f32, 2.5], &[0.5_f32, 4.0]);
            let (mut checked, mut plain) = (build(true), build(false));
            plain.update(&batch).expect("a batch");
            checked.merge(&plain.state().expect("a state")).expect("the same plan");
            checked.update(&batch).expect("a batch");
            plain.update(&batch).expect("a batch");
            assert_eq!(checked.state(), plain.state());
            checked.reset().expect("a reset");
            plain.reset().expect("a reset");
            checked.update(&batch).expect("a batch");
            plain.update(&batch).expect("a batch");
            assert_eq!(checked.state(), plain.state());

            // Now one of the engines is wrong.
            let sound = checked.cpu_shadow.clone();
            checked.cpu_shadow[0].statistics[0].faults.underflow += 1;
            let error = checked.result().expect_err("the engines differ").to_string();
            let beginning =
                format!("CPU and {} disagree in maximum:absolute_error: CPU ", adapter.name);
            assert!(error.starts_with(&beginning), "{error}");
            checked.cpu_shadow = sound;
            checked.cpu_shadow[0].weights.samples += 1;
            let error = checked.result().expect_err("the engines differ").to_string();
            assert!(error.contains("disagree in weights: CPU Weights { samples: 3,"), "{error}");
        }
    }

    #[test]
    fn when_a_device_goes_away_its_evaluator_can_be_gone_on_from_elsewhere() {
        if std::env::var_os("WEIGHBRIDGE_GPU").is_some_and(|value| value == "off") {
            eprintln!("skipped: WEIGHBRIDGE_GPU=off");
            return;
        }
        let batch = Batch::new(&[1.0_f32, 2.5], &[0.5_f32, 4.0]);
        for adapter in adapters() {
            let every = 4;
            let builder = Evaluator::builder(Task::Regression).checkpoint_every(every);
            let device = Device::Named(adapter.name.clone());
            let mut evaluator = builder.device(device).build().expect("an evaluator");
            let engine = gpu::Engine::apart(adapter, &evaluator.plan).expect("a device");
            evaluator.gpu = Some(Box::new(engine));
            (0..10).for_each(|_| evaluator.update(&batch).expect("a batch"));
            let unread = evaluator.snapshot().expect("a snapshot");
            evaluator.gpu.as_ref().expect("a device").destroy();
            let lost = |error: Error| {
                assert!(matches!(error, Error::Device(DeviceError::Lost { .. })), "{error:?}")
            };
            // Some may be submitted before it is known.
            let update = |_| evaluator.update(&batch).err();
            lost((0..100).find_map(update).expect("the device is lost"));
            lost(evaluator.result().expect_err("the device is lost"));
            lost(evaluator.snapshot().expect_err("the device is lost"));
            // It was made while there was a device, but not read.
            let _ = unread.state();
            let last_checkpoint = evaluator.last_checkpoint().expect("a snapshot").clone();
            let samples = last_checkpoint.totals[0].weights.samples;
            assert!((12..=20).contains(&samples), "{samples} samples");
            let builder = EvaluatorBuilder::from(&last_checkpoint).device(Device::Cpu);
            let mut other = builder.build().expect("an evaluator");
            other.merge(&last_checkpoint).expect("a state of this plan");
            other.update(&batch).expect("a batch");
            assert_eq!(other.result().expect("a report").samples, samples + 2);
        }
    }
}
