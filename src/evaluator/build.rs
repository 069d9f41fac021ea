//! How an evaluator is built: what it was told is checked, and what its metrics need is put together.

use super::checkpoint::Checkpointer;
use super::score_memory::ScoreMemory;
use super::{Evaluator, EvaluatorBuilder};
use crate::batch::{
    ClassWeighting, ConversionScratch, OutputScratch, PrecisionLoss, SequenceScratch,
};
use crate::error::{Error, ScoreError};
use crate::gpu;
use crate::metric::{Settings, Spec, custom_value};
use crate::state::Config;
use crate::statistic::histogram::MAX_BINS;
use crate::statistic::{FamilyKind, MAX_CLASSES, Plan, Request, Task};

/// Most outputs or labels of a sample.
const MAX_OUTPUTS: u32 = 1 << 16;

impl EvaluatorBuilder {
    /// Builds the evaluator.
    ///
    /// # Errors
    ///
    /// Errors of [`Spec::parse`] and [`Statistic::cpu_shadow`](crate::statistic::Statistic::cpu_shadow), a threshold that does not fit an `f32`
    /// or, under [`from_logits`](Self::from_logits), does not lie between 0 and 1, a number of classes
    /// that is missing or cannot be, class weights or an ignored label in a task without labels
    /// ([`Error::NoLabels`]), class weights that cannot be, errors of opening the device, and of
    /// values of one's own ([`CustomValue`](crate::statistic::CustomValue)).
    pub fn build(self) -> Result<Evaluator, Error> {
        let Self { task, from_logits, threshold, statistics, .. } = self;
        let named = self.class_names.as_ref().map(|names| names.len() as u32);
        let classes = match (task, self.classes.or(named)) {
            (Task::Multiclass, None) => return Err(Error::MissingClasses),
            (Task::Multiclass, Some(classes)) => classes,
            _ => 2,
        };
        if !(2..=MAX_CLASSES).contains(&classes) {
            return Err(Error::InvalidClasses { classes });
        }
        let outputs = match (task, self.outputs) {
            (Task::Multilabel, None) => return Err(Error::MissingLabels),
            (Task::Multilabel | Task::Regression, Some(outputs)) => outputs,
            (_, None) => 1,
            (_, Some(_)) => return Err(Error::NoOutputs { task }),
        };
        if !(1..=MAX_OUTPUTS).contains(&outputs) {
            return Err(Error::InvalidOutputs { outputs });
        }
        let classes_named = if task == Task::Multilabel { outputs } else { classes };
        if let Some(names) = named.filter(|names| *names != classes_named) {
            return Err(Error::ClassNames { names: names as usize, classes: classes_named });
        }
        let fallback_bins = self.fallback_bins;
        if let Some(bins) = fallback_bins.filter(|bins| !(2..=MAX_BINS).contains(bins)) {
            return Err(ScoreError::InvalidBins { bins, most: MAX_BINS }.into());
        }
        let settings = Settings { task, from_logits, threshold, classes, outputs, fallback_bins };
        settings.check()?;
        let class_weighting =
            ClassWeighting::new(task, classes, &self.class_weights, self.ignored)?;
        let of_state = parsed(self.of_state.iter().flatten(), settings)?;
        let mut specs = parsed(&self.metrics, settings)?;
        if specs.is_empty() {
            specs.clone_from(&of_state);
        }
        for &value in &self.values {
            let spec = Spec::of_value(value, settings);
            if !specs.iter().any(|other| other.arguments == spec.arguments) {
                specs.push(spec);
            }
        }
        if specs.is_empty() && statistics.is_empty() && self.of_state.is_none() {
            specs = Spec::standard(settings);
        }
        // What a state holds is accumulated on, whether it is reported or not.
        let mut all = specs.clone();
        all.extend(of_state.into_iter().filter(|of| specs.iter().all(|spec| spec.text != of.text)));
        // Labels are n binary tasks.
        let each = if task == Task::Multilabel { Task::Binary } else { task };
        let family = FamilyKind::Outputs;
        let of_statistics = statistics.into_iter();
        let of_statistics =
            of_statistics.map(|statistic| Request { statistic, family, metric: None });
        // Errors name metrics that are reported.
        let is_reported = |spec: &Spec| specs.iter().any(|other| other.text == spec.text);
        let of_metrics = all.iter().flat_map(|spec| {
            let metric = is_reported(spec).then(|| spec.text.clone());
            let statistics = (spec.definition.statistics)(&spec.arguments).into_iter();
            statistics.map(move |statistic| Request {
                statistic,
                family: spec.family(),
                metric: metric.clone(),
            })
        });
        let requests = of_metrics.chain(of_statistics);
        let plan = Plan::from_requests(each, classes, outputs, requests);
        plan.check()?;
        custom_value::check(&plan)?;
        let mut gpu = gpu::Engine::open(&self.device, self.checked, &plan)?.map(Box::new);
        if let Some(gpu) = &mut gpu {
            gpu.limit_scores(self.score_memory);
        }
        let score_memory_in_use = ScoreMemory::new(&plan, self.score_memory);
        let (empty, has_device) = (plan.empty_totals(), gpu.is_some());
        let mut class_weights = self.class_weights;
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
        Ok(Evaluator {
            plan,
            specs,
            config,
            class_weighting,
            instructions: self.instructions,
            gpu,
            checked: self.checked,
            cpu_shadow: if has_device { empty.clone() } else { Vec::new() },
            host_totals: empty,
            precision_loss: PrecisionLoss::default(),
            score_memory_in_use,
            checkpointer: self.checkpoint_every.map(|updates| Checkpointer::new(updates.get())),
            buffers: ConversionScratch::default(),
            output_scratch: OutputScratch::default(),
            sequence_scratch: SequenceScratch::default(),
        })
    }
}

/// Metrics as they were asked for, each once.
fn parsed<'a>(
    texts: impl IntoIterator<Item = &'a String>,
    settings: Settings,
) -> Result<Vec<Spec>, Error> {
    let mut specs = Vec::<Spec>::new();
    for text in texts {
        if !specs.iter().any(|spec| spec.text == *text) {
            specs.push(Spec::parse(text, settings)?);
        }
    }
    Ok(specs)
}
