//! Building an evaluator: checks the configuration and combines the statistics of its metrics.

use super::checkpoint::Checkpointer;
use super::engines::Engines;
use super::score_memory::ScoreMemory;
use super::score_range::ScoreRange;
use super::{Evaluator, EvaluatorBuilder};
use crate::batch::{BatchScratch, ClassWeighting, NarrowedScores, PrecisionLoss};
use crate::device::Device;
use crate::error::{BuildError, Error};
use crate::gpu;
use crate::kernel::StandardFloats;
use crate::metric::{MetricSpec, ResolvedMetric, Settings, custom_value};
use crate::state::Config;
use crate::statistic::histogram::MAX_BINS;
use crate::statistic::{FamilyKind, MAX_CLASSES, Plan, Request, Task};
use crate::task::MAX_OUTPUTS;

// Apart from the setters, which the file of `Evaluator` imports.
impl EvaluatorBuilder {
    /// Builds the evaluator.
    ///
    /// # Errors
    ///
    /// Errors of [`ResolvedMetric::parse`] and
    /// [`Statistic::check`](crate::statistic::Statistic::check); a threshold that does not fit an
    /// `f32` or, under [`from_logits`](Self::from_logits), is not between 0 and 1; a missing or
    /// invalid number of classes; class weights or an ignored label in a task without labels
    /// ([`BuildError::LabelsUnsupported`](crate::error::BuildError::LabelsUnsupported)); invalid
    /// class weights; errors of opening the device; and errors of custom values
    /// ([`CustomValue`](crate::statistic::CustomValue)).
    pub fn build(self) -> Result<Evaluator, Error> {
        let _floats = StandardFloats::set();
        let Self { task, from_logits, threshold, statistics, .. } = self;
        let named = self.class_names.as_ref().map(|names| names.len());
        let classes = match (task, self.classes.or(named)) {
            (Task::Multiclass, None) => return Err(BuildError::MissingClasses.into()),
            (Task::Multiclass, Some(classes)) => classes,
            _ => 2,
        };
        let classes = u32::try_from(classes)
            .ok()
            .filter(|k| (2..=MAX_CLASSES).contains(k))
            .ok_or(Error::Build(BuildError::InvalidClasses { classes }))?;
        let outputs = match (task, self.outputs) {
            (Task::Multilabel, None) => return Err(BuildError::MissingLabels.into()),
            (Task::Multilabel | Task::Regression, Some(outputs)) => outputs,
            (_, None) => 1,
            (_, Some(_)) => return Err(BuildError::OutputsUnsupported { task }.into()),
        };
        let outputs = u32::try_from(outputs)
            .ok()
            .filter(|n| (1..=MAX_OUTPUTS).contains(n))
            .ok_or(Error::Build(BuildError::InvalidOutputs { outputs }))?;
        let (expected, nouns) = match task {
            Task::Multilabel => (outputs as usize, "labels"),
            _ => (classes as usize, "classes"),
        };
        if let Some(names) = named.filter(|names| *names != expected) {
            return Err(BuildError::ClassNameCount { names, expected, nouns }.into());
        }
        if self.checkpoint_every == Some(0) {
            return Err(BuildError::CheckpointInterval.into());
        }
        let fallback_bins = self.fallback_bins;
        if let Some(bins) = fallback_bins.filter(|bins| !(2..=MAX_BINS).contains(bins)) {
            return Err(BuildError::InvalidFallbackBins { bins, max: MAX_BINS }.into());
        }
        let settings = Settings { task, from_logits, threshold, classes, outputs, fallback_bins };
        settings.check()?;
        let class_weight = |&(class, weight): &(usize, f64)| match u32::try_from(class) {
            Ok(class) => Ok((class, weight)),
            Err(_) => Err(Error::Build(BuildError::UnknownClass { class, classes })),
        };
        let mut class_weights =
            self.class_weights.iter().map(class_weight).collect::<Result<Vec<_>, _>>()?;
        let class_weighting = ClassWeighting::new(task, classes, &class_weights, self.ignored)?;
        let state_specs =
            parsed(self.state_metrics.iter().flatten().map(String::as_str), settings)?;
        let mut specs = parsed(self.metrics.iter().map(MetricSpec::as_str), settings)?;
        if specs.is_empty() {
            specs.clone_from(&state_specs);
        }
        for &value in &self.values {
            let spec = ResolvedMetric::from_value(value, settings)?;
            if !specs.iter().any(|other| other.arguments == spec.arguments) {
                specs.push(spec);
            }
        }
        if specs.is_empty() && statistics.is_empty() && self.state_metrics.is_none() {
            specs = ResolvedMetric::defaults(settings)?;
        }
        // All metrics of a state are accumulated, whether they are reported or not.
        let mut all = specs.clone();
        let is_new = |spec: &ResolvedMetric| specs.iter().all(|other| other.text != spec.text);
        all.extend(state_specs.into_iter().filter(is_new));
        // A label is a binary task.
        let each = if task == Task::Multilabel { Task::Binary } else { task };
        let family = FamilyKind::Outputs;
        let statistics = statistics.into_iter();
        let statistics = statistics.map(|statistic| Request { statistic, family, metric: None });
        // Errors name metrics that are reported.
        let is_reported = |spec: &ResolvedMetric| specs.iter().any(|other| other.text == spec.text);
        let metrics = all.iter().flat_map(|spec| {
            let metric = is_reported(spec).then(|| spec.text.clone());
            spec.statistics.iter().map(move |&statistic| Request {
                statistic,
                family: spec.family(),
                metric: metric.clone(),
            })
        });
        let requests = metrics.chain(statistics);
        let plan = Plan::from_requests(each, classes, outputs, requests);
        plan.check()?;
        custom_value::check(&plan)?;
        let device = self.device.resolved()?;
        let mut gpu = gpu::open(target(&device, self.checked), &plan)?.map(Box::new);
        let falls_back = gpu.is_none() && device == Device::Auto;
        let restriction = if falls_back { gpu::backend_restriction() } else { None };
        if let Some(gpu) = &mut gpu {
            gpu.limit_scores(self.score_memory);
        }
        let score_memory = ScoreMemory::new(&plan, self.score_memory);
        let (empty, has_device) = (plan.empty_totals(), gpu.is_some());
        class_weights.retain(|(_, weight)| *weight != 1.0);
        class_weights.sort_by_key(|(class, _)| *class);
        let config = Config {
            settings,
            class_weights,
            ignore_index: self.ignored,
            class_names: self.class_names,
            metrics: all
                .iter()
                .filter(|spec| !spec.arguments.is_custom())
                .map(|spec| spec.text.clone())
                .collect(),
        };
        let narrowed_scores = NarrowedScores::new(&plan, self.precision);
        let engines = Engines {
            plan,
            class_weighting,
            instructions: self.instructions,
            gpu,
            restriction,
            checked: self.checked,
            cpu_shadow: if has_device { empty.clone() } else { Vec::new() },
            host_totals: empty,
            precision: self.precision,
            precision_loss: PrecisionLoss::default(),
            score_memory,
            logit_range: from_logits.then(ScoreRange::default),
            narrowed_scores,
            has_fallback_bins: fallback_bins.is_some(),
            scratch: BatchScratch::default(),
        };
        let checkpointer = self.checkpoint_every.map(|updates| Checkpointer::new(updates as u64));
        Ok(Evaluator { engines, specs, config, checkpointer })
    }
}

/// The device for the GPU engine; none if the CPU engine works alone.
///
/// A checked evaluator needs an adapter even if `auto` selects the CPU; a software adapter is
/// enough.
fn target(device: &Device, checked: bool) -> Option<gpu::Target<'_>> {
    let purpose = if checked { "to check the CPU against" } else { "of any kind" };
    match device {
        Device::Cpu if !checked => None,
        Device::Auto if !checked => Some(gpu::Target::HardwareIfAny),
        Device::Auto | Device::Cpu | Device::Gpu => Some(gpu::Target::Any { purpose }),
        Device::Named(name) => Some(gpu::Target::Named(name)),
        #[cfg(feature = "gpu")]
        Device::Shared(shared) => Some(gpu::Target::Caller(shared)),
    }
}

/// The requested metrics, each once.
fn parsed<'a>(
    texts: impl IntoIterator<Item = &'a str>,
    settings: Settings,
) -> Result<Vec<ResolvedMetric>, Error> {
    let mut specs = Vec::<ResolvedMetric>::new();
    for text in texts {
        if !specs.iter().any(|spec| spec.text == text) {
            specs.push(ResolvedMetric::parse(text, settings)?);
        }
    }
    Ok(specs)
}
