//! A snapshot: the data of an evaluator at one moment.

use super::totals::compare;
use crate::batch::{PrecisionLoss, Ties};
use crate::error::Error;
use crate::gpu;
use crate::kernel::StandardFloats;
use crate::metric::ResolvedMetric;
use crate::report::{DeviceSummary, MetricResult, Report, SamplePrecision, Warning};
use crate::state::{Config, State};
use crate::statistic::totals::merge_all;
use crate::statistic::{Family, FamilyKind, Faults, Plan, Totals, View};
use std::future::poll_fn;
use std::task::Poll;

/// The state of an [`Evaluator`](crate::Evaluator) when the snapshot was taken, to be read later.
///
/// On a GPU this is a copy in order on the queue: later updates proceed, and are not part of it.
/// Methods that wait only wait for that copy; `async` methods yield to other tasks meanwhile.
///
/// # Example
///
/// ```
/// use futures::executor::block_on;
/// use weighbridge::{Batch, Evaluator, Task};
///
/// let mut evaluator = Evaluator::builder(Task::Regression).metric("mean_error").build()?;
/// evaluator.update(&Batch::new(&[1.0_f32, 2.0], &[0.0_f32, 0.0]))?;
/// let after_one = evaluator.snapshot()?;
/// evaluator.update(&Batch::new(&[6.0_f32], &[0.0_f32]))?;
/// assert_eq!(block_on(after_one.result_async())?.unweighted("mean_error")?, 1.5);
/// assert_eq!(evaluator.result()?.unweighted("mean_error")?, 3.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Snapshot {
    pub(super) device: Option<gpu::PendingTotals>,
    pub(super) host_part: HostPart,
}

/// The part of a snapshot that is on the host.
#[derive(Debug)]
pub(super) struct HostPart {
    pub plan: Plan,
    pub specs: Vec<ResolvedMetric>,
    pub config: Config,
    pub summary: DeviceSummary,
    pub adapter: String,
    /// The CPU engine's totals of the samples on the device, if they are compared.
    pub cpu_shadow: Option<Vec<Totals>>,
    pub host_totals: Vec<Totals>,
    pub precision_loss: PrecisionLoss,
    /// Whether scores that are read as logits look like probabilities.
    pub has_dubious_logits: bool,
    /// The scores that single precision has made ties, if there are any.
    pub ties: Option<Ties>,
}

impl Snapshot {
    /// Whether it can be read without waiting.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub fn is_ready(&mut self) -> Result<bool, Error> {
        self.device.as_mut().map_or(Ok(true), gpu::PendingTotals::is_ready)
    }

    /// The accumulated data, as plain data.
    ///
    /// # Errors
    ///
    /// A device that fails; for a checked evaluator,
    /// [`DeviceError::EnginesDisagree`](crate::error::DeviceError::EnginesDisagree).
    pub fn state(self) -> Result<State, Error> {
        let _floats = StandardFloats::set();
        let device = self.device.map(gpu::PendingTotals::totals).transpose()?;
        self.host_part.state(device)
    }

    /// The value of every metric.
    ///
    /// # Errors
    ///
    /// As [`state`](Self::state). Undefined values are not errors: the report contains the reason.
    pub fn result(self) -> Result<Report, Error> {
        let _floats = StandardFloats::set();
        let device = self.device.map(gpu::PendingTotals::totals).transpose()?;
        self.host_part.report(device)
    }

    /// The same as [`state`](Self::state), without blocking.
    ///
    /// # Errors
    ///
    /// As [`state`](Self::state).
    pub async fn state_async(mut self) -> Result<State, Error> {
        self.ready().await?;
        self.state()
    }

    /// The same as [`result`](Self::result), without blocking.
    ///
    /// # Errors
    ///
    /// As [`result`](Self::result).
    pub async fn result_async(mut self) -> Result<Report, Error> {
        self.ready().await?;
        self.result()
    }

    /// Yields until it can be read without waiting.
    async fn ready(&mut self) -> Result<(), Error> {
        poll_fn(|context| match self.is_ready() {
            Ok(false) => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            other => Poll::Ready(other.map(|_| ())),
        })
        .await
    }
}

impl HostPart {
    /// Takes the totals of the host and merges those of the device into them.
    fn totals(&mut self, device: Option<(Vec<Totals>, u64)>) -> Result<Vec<Totals>, Error> {
        let mut totals = std::mem::take(&mut self.host_totals);
        if let Some((device, lossy_weights)) = device {
            self.precision_loss.lossy_weights += lossy_weights;
            if let Some(cpu) = &self.cpu_shadow {
                for Family { statistics, totals, .. } in &self.plan.families {
                    for (cpu, device) in cpu[totals.clone()].iter().zip(&device[totals.clone()]) {
                        compare(statistics, cpu, device, &self.adapter)?;
                    }
                }
            }
            merge_all(&mut totals, &device)?;
        }
        Ok(totals)
    }

    fn state(mut self, device: Option<(Vec<Totals>, u64)>) -> Result<State, Error> {
        let totals = self.totals(device)?;
        Ok(State::new(&self.config, &self.plan, totals, self.precision_loss))
    }

    fn report(mut self, device: Option<(Vec<Totals>, u64)>) -> Result<Report, Error> {
        self.host_totals = self.totals(device)?;
        self.report_of_host()
    }

    /// The report of the part on the host.
    pub fn report_of_host(self) -> Result<Report, Error> {
        let Self { plan, specs, config, summary, host_totals: mut totals, precision_loss, .. } =
            self;
        totals.iter_mut().for_each(Totals::sort_scores);
        let entry = |spec: &ResolvedMetric| MetricResult {
            spec: spec.text.clone(),
            axes: spec.definition.axes,
            unweighted: spec.finish(&plan, &totals, false),
            weighted: spec.finish(&plan, &totals, true),
        };
        let entries: Vec<_> = specs.iter().map(entry).collect();
        // A view accumulates the statistics of all views; the faults of those that no metric reads
        // there mean nothing.
        let read = |view: View| {
            let mut read = totals[view.total].without_content();
            let set = &plan.view_statistics;
            for (total, metrics) in read.statistics.iter_mut().zip(&set.metrics) {
                let reads = |spec: &ResolvedMetric| {
                    spec.family() == view.kind && metrics.contains(&spec.text)
                };
                let of_no_metric = metrics.is_empty() && view.kind == FamilyKind::Outputs;
                if !of_no_metric && !specs.iter().any(reads) {
                    total.faults = Faults::default();
                }
            }
            read
        };
        let (outputs, wholes): (Vec<_>, Vec<_>) =
            plan.views().partition(|view| view.kind == FamilyKind::Outputs);
        let [outputs, wholes] =
            [outputs, wholes].map(|views| views.into_iter().map(read).collect::<Vec<_>>());
        let add = |mut sum: Totals, totals: &Totals| {
            sum.merge(totals)?;
            Ok::<_, Error>(sum)
        };
        let no_totals = Totals::empty_without_content(&plan.view_statistics);
        let all_outputs = outputs.iter().try_fold(no_totals, add)?;
        let all_views = wholes.iter().try_fold(all_outputs.clone(), add)?;
        let mut warnings = Warning::all(&all_views, &plan, &specs, &precision_loss);
        warnings.extend(self.has_dubious_logits.then_some(Warning::LogitsWithinUnit));
        warnings.extend(Warning::in_binary_problems(&totals, &plan, &specs));
        warnings.extend(Warning::of_dropped_scores(&totals, &specs, &entries));
        // Of scores in bins, more than ties is lost.
        let ties = self.ties.filter(|_| !totals.iter().any(Totals::has_dropped_scores));
        warnings.extend(ties.and_then(|ties| Warning::of_ties(ties, &specs, &entries)));
        // If all outputs share their weights, they share these numbers too; otherwise every element
        // counts.
        let shared = outputs.windows(2).all(|pair| pair[0].weights == pair[1].weights);
        let one = outputs.first().or(wholes.first()).filter(|_| shared);
        let weights = one.map_or(&all_outputs.weights, |one| &one.weights);
        let samples = totals.first().map_or(0, |totals| totals.weights.unmasked());
        let precision = SamplePrecision::new(samples, precision_loss.double_samples);
        Ok(Report::new(summary, precision, weights, config.class_names, entries, warnings))
    }
}
