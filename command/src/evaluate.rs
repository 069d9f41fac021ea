//! `weighbridge evaluate`: from files to a report.

use crate::arguments::{Evaluate, Format};
use crate::classes::{self, ClassNames};
use crate::error::Failure;
use crate::infer_classes;
use crate::input::{self, InputColumns, Role, Selection, Source};
use crate::labels::Labels;
#[cfg(feature = "plot")]
use crate::plot;
use crate::samples::{Buffers, Rows, Samples};
use crate::states;
use crate::terminal;
use weighbridge::error::Input;
use weighbridge::metric;
use weighbridge::{Evaluator, EvaluatorBuilder, Report, Task, Undefined};

/// How messages about states refer to the evaluation in progress.
const THIS_RUN: &str = "this run";

impl Evaluate {
    /// The report as text, when the evaluation is complete.
    pub fn run(&self) -> Result<String, Failure> {
        self.check_options()?;
        let roles = self.roles();
        let states = states::read_all(&self.state_in)?;
        let sources: Vec<_> =
            self.files.iter().map(|path| Source::open(path)).collect::<Result<_, _>>()?;
        // The columns of all files are checked before the first file is read in full.
        let mut selections: Vec<_> = sources
            .iter()
            .map(|source| Selection::find(source, &roles))
            .collect::<Result<_, _>>()?;
        let (Some((first, others)), Some(source)) = (selections.split_first_mut(), sources.first())
        else {
            return Err(Failure::NoSamples { files: "no files".to_owned() });
        };
        input::pair(source, &mut first.inputs)?;
        for (selection, other) in others.iter_mut().zip(&sources[1..]) {
            selection.align(other, &roles, (source, first))?;
        }
        classes::check_widths(self.task, &self.class_names, source, &first.inputs)?;
        let mut names = self.class_names(&first.inputs)?;
        if names.is_none() && self.has_only_labels(&first.inputs) {
            let found = infer_classes::names(&sources, &selections, self.ignore_index.as_deref())?;
            names = ClassNames::given(&found)?;
        }
        let labels = Labels::find(self, names.as_mut())?;
        for (source, selection) in sources.iter().zip(&selections) {
            selection.check(source, &roles, names.is_some())?;
        }
        let builder = self.builder(source, &selections[0].inputs, &labels, names.as_ref())?;
        #[cfg(feature = "plot")]
        let settings = builder.clone();
        let builder = builder.metrics(self.metrics()).device(self.device());
        let mut evaluator = builder.checked(self.checked).build()?;
        if let Some(names) = &names {
            names.check_states(&states, THIS_RUN)?;
        }
        states::merge(&mut evaluator, &states, THIS_RUN)?;
        #[cfg(feature = "plot")]
        let mut plots = plot::Plots::new(self, &selections[0].inputs, names.as_ref(), settings);
        let mut buffers = Buffers::default();
        for (source, selection) in sources.iter().zip(&selections) {
            let inputs = &selection.inputs;
            let mut first_row = 1;
            source.stream(&selection.columns, |arrays| {
                let (names, labels) = (names.as_ref(), &labels);
                let rows = Rows { roles: &roles, inputs, source, names, labels, first_row };
                let samples = Samples::new(rows, selection.arrays(arrays))?;
                samples.add_to(&mut evaluator, &mut buffers)?;
                #[cfg(feature = "plot")]
                if let Some(plots) = &mut plots {
                    plots.add(&samples, &mut buffers);
                }
                first_row += samples.len() as u64;
                Ok(())
            })?;
        }
        let mut report = evaluator.result()?;
        self.check(&report, &sources)?;
        if let Some(names) = names {
            names.check_ignored(|| list(&sources))?;
            report.class_names = names.for_report();
        }
        if let Some(path) = &self.state_out {
            let mut state = evaluator.state()?;
            state.class_names.clone_from(&report.class_names);
            states::write(path, &state)?;
        }
        #[cfg(feature = "plot")]
        if let Some(plots) = plots {
            plots.draw(report.class_names.as_deref());
        }
        let mut text = format_report(&report, self.format);
        if let Some(hint) = self.logits_hint(&report) {
            match self.format {
                Format::Table => text.push_str(&format!("{hint}\n")),
                Format::Markdown => text.push_str(&format!("\n{hint}\n")),
                Format::Json => terminal::note(hint),
            }
        }
        Ok(text)
    }

    /// Refuses options that have no effect in the task, or contradict themselves.
    fn check_options(&self) -> Result<(), Failure> {
        let task = self.task;
        if !task.has_truth() && !self.truth.is_empty() {
            return Err(Failure::NeedlessTruth { task });
        }
        #[cfg(feature = "plot")]
        if !task.has_truth() && self.plot.is_some() {
            return Err(Failure::NothingToPlot { task });
        }
        if !matches!(task, Task::Binary | Task::Multilabel) && !self.thresholds.is_empty() {
            return Err(Failure::BinaryOnly { option: "threshold" });
        }
        for (index, &threshold) in self.thresholds.iter().enumerate() {
            if self.thresholds[..index].contains(&threshold) {
                return Err(Failure::RepeatedThreshold { threshold });
            }
        }
        let label_options = [
            ("from-logits", self.from_logits),
            ("class-names", !self.class_names.is_empty()),
            ("class-weight", !self.class_weights.is_empty()),
            ("ignore-index", self.ignore_index.is_some()),
        ];
        if let Some((option, _)) = label_options.into_iter().find(|(_, is_given)| *is_given)
            && !task.has_labels()
        {
            return Err(Failure::LabelsOnly { option, task });
        }
        if task != Task::Multiclass && self.classes.is_some() {
            return Err(Failure::MulticlassOnly { option: "classes" });
        }
        match self.class_names.len() {
            0 | 2 => Ok(()),
            names if task == Task::Binary => Err(Failure::BinaryNames { names }),
            _ => Ok(()),
        }
    }

    /// The names of the classes, if they are specified.
    fn class_names(&self, inputs: &[InputColumns]) -> Result<Option<ClassNames>, Failure> {
        let given = ClassNames::given(&self.class_names)?;
        Ok(match (given, self.task, inputs.first()) {
            (None, Task::Multiclass, Some(prediction)) => ClassNames::from_columns(prediction),
            (given, ..) => given,
        })
    }

    /// Whether the classes can be found in the labels only.
    fn has_only_labels(&self, inputs: &[InputColumns]) -> bool {
        self.task == Task::Multiclass
            && self.classes.is_none()
            && inputs.iter().all(|columns| columns.width == 1)
    }

    /// An evaluator builder with all settings but metrics and device.
    fn builder(
        &self,
        source: &Source,
        inputs: &[InputColumns],
        labels: &Labels,
        names: Option<&ClassNames>,
    ) -> Result<EvaluatorBuilder, Failure> {
        let class_weights = labels.class_weights.iter();
        let mut builder = Evaluator::builder(self.task)
            .from_logits(self.from_logits)
            .precision(self.precision)
            .class_weights(class_weights.map(|&(class, weight)| (class as usize, weight)));
        let prediction = inputs.first();
        if let (Task::Regression | Task::Multilabel, Some(prediction)) = (self.task, prediction) {
            builder = builder.outputs(prediction.width);
        }
        if self.task == Task::Multiclass {
            let names = match names {
                Some(names) if self.has_only_labels(inputs) => &names.names,
                _ => &self.class_names,
            };
            let classes = classes::number(self.classes, names, source, inputs)?;
            builder = builder.classes(classes as usize);
            if let Some(prediction) = prediction
                && prediction.width == 1
                && self.from_logits
            {
                let (file, column) = (source.name(), prediction.names.join(","));
                return Err(Failure::LogitsOfClasses { file, column });
            }
        }
        if let Some(label) = labels.ignored {
            builder = builder.ignore_index(label);
        }
        if let [threshold] = self.thresholds[..] {
            builder = builder.threshold(threshold);
        }
        builder = builder.score_memory(self.score_memory);
        if let Some(bins) = self.fallback_bins {
            builder = builder.fallback_bins(bins);
        }
        Ok(builder)
    }

    /// The requested metrics; if there are several thresholds, at each of them.
    fn metrics(&self) -> Vec<String> {
        if self.thresholds.len() < 2 {
            return self.metrics.clone();
        }
        let defaults = metric::of_task(self.task).filter(|metric| metric.is_default);
        let specs: Vec<_> = if self.metrics.is_empty() {
            defaults.map(|metric| metric.name.to_owned()).collect()
        } else {
            self.metrics.clone()
        };
        specs.iter().flat_map(|spec| self.at_thresholds(spec)).collect()
    }

    /// A metric at each threshold, or as it is if it takes none or already has one.
    pub fn at_thresholds(&self, spec: &str) -> Vec<String> {
        let name = spec.split(':').next();
        let metric = metric::of_task(self.task).find(|metric| Some(metric.name) == name);
        let has_threshold = metric.is_some_and(|metric| metric.has_parameter("threshold"));
        if !has_threshold || spec.contains(":threshold=") {
            return vec![spec.to_owned()];
        }
        let at = |threshold: &f64| format!("{spec}:threshold={threshold}");
        self.thresholds.iter().map(at).collect()
    }

    /// The inputs that have columns: prediction, truth and weight, in this order.
    fn roles(&self) -> Vec<Role> {
        let inputs = [
            (Input::Prediction, &self.prediction),
            (Input::Truth, &self.truth),
            (Input::Weight, &self.weight),
        ];
        let with_columns = inputs.into_iter().filter(|(_, patterns)| !patterns.is_empty());
        let role = |(input, patterns): (Input, &Vec<String>)| Role {
            task: self.task,
            input,
            patterns: patterns.clone(),
        };
        with_columns.map(role).collect()
    }

    /// Refuses a report without samples or without weight.
    fn check(&self, report: &Report, sources: &[Source]) -> Result<(), Failure> {
        let files = || list(sources);
        if let (0, Some(label), 1..) = (report.samples, &self.ignore_index, report.masked_samples) {
            return Err(Failure::AllIgnored {
                files: files(),
                column: self.truth.join(","),
                label: label.clone(),
            });
        }
        if report.samples == 0 {
            return Err(Failure::NoSamples { files: files() });
        }
        if report.zero_weight_samples < report.samples {
            return Ok(());
        }
        if self.weight.is_empty() || !self.class_weights.is_empty() {
            return Err(Failure::ZeroClassWeights { files: files() });
        }
        Err(Failure::ZeroWeights { column: self.weight.join(","), files: files() })
    }

    /// Advice if predictions are not probabilities and logits were not announced.
    fn logits_hint(&self, report: &Report) -> Option<&'static str> {
        let outside = |value: &Result<_, Undefined>| value.as_ref().err().is_some_and(is_outside);
        let mut entries = report.entries.iter();
        let hint = match self.task {
            Task::Binary | Task::Multilabel => {
                "note: some predictions are outside [0, 1]; if they are logits, use --from-logits; \
                 for counts of other scores, set a --threshold"
            }
            _ => "note: some predictions are outside [0, 1]; if they are logits, use --from-logits",
        };
        (self.task.has_labels()
            && !self.from_logits
            && entries.any(|entry| outside(&entry.unweighted) || outside(&entry.weighted)))
        .then_some(hint)
    }
}

/// Whether a value is undefined because of inputs outside its domain.
fn is_outside(reason: &Undefined) -> bool {
    match reason {
        Undefined::OutsideDomain { .. } => true,
        Undefined::Label { reason, .. }
        | Undefined::Class { reason, .. }
        | Undefined::Output { reason, .. } => is_outside(reason),
        _ => false,
    }
}

/// A report in the requested format. Warnings are part of a table; for programs they are on stderr.
pub fn format_report(report: &Report, format: Format) -> String {
    if format != Format::Table {
        report.warnings.iter().for_each(|warning| terminal::warn(&warning.to_string()));
    }
    match format {
        Format::Table => format!("{report}\n"),
        Format::Json => format!("{:#}\n", report.to_json()),
        Format::Markdown => report.to_markdown(),
    }
}

/// The names of files.
fn list(sources: &[Source]) -> String {
    sources.iter().map(Source::name).collect::<Vec<_>>().join(", ")
}
