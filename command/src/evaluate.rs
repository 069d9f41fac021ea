//! `weighbridge evaluate`: from files to a report.

use crate::arguments::{Evaluate, Format};
use crate::classes::{self, ClassNames};
use crate::error::Failure;
use crate::infer_classes;
use crate::input::{InputColumns, Source};
use crate::labels::Labels;
#[cfg(feature = "plot")]
use crate::plot;
use crate::samples::{Buffers, Role, Rows, Samples};
use crate::states;
use weighbridge::error::Input;
use weighbridge::metric::{self, THRESHOLD};
use weighbridge::{Evaluator, EvaluatorBuilder, Report, Task};

impl Evaluate {
    /// The report as text. Nothing is printed before all of it is known.
    pub fn run(&self) -> Result<String, Failure> {
        self.check_options()?;
        let roles = self.roles();
        let states = states::read_all(&self.state_in)?;
        let sources: Vec<_> =
            self.files.iter().map(|path| Source::open(path)).collect::<Result<_, _>>()?;
        // All files are looked at before the first is read in full.
        let mut selections: Vec<_> =
            sources.iter().map(|source| source.select(&roles)).collect::<Result<_, _>>()?;
        let (Some((first, others)), Some(source)) = (selections.split_first_mut(), sources.first())
        else {
            return Err(Failure::NoSamples { files: "no files".to_owned() });
        };
        source.pair(&mut first.parts)?;
        for (selection, other) in others.iter_mut().zip(&sources[1..]) {
            other.align(selection, &roles, (source, first))?;
        }
        classes::check_widths(self.task.into(), &self.class_names, source, &first.parts)?;
        let mut names = self.class_names(&first.parts)?;
        if names.is_none() && self.has_only_labels(&first.parts) {
            let found = infer_classes::names(&sources, &selections, self.ignore_index.as_deref())?;
            names = ClassNames::given(&found)?;
        }
        let labels = Labels::find(self, names.as_mut())?;
        for (source, selection) in sources.iter().zip(&selections) {
            source.check(selection, &roles, names.is_some())?;
        }
        let builder = self.builder(source, &selections[0].parts, &labels, names.as_ref())?;
        #[cfg(feature = "plot")]
        let settings = builder.clone();
        let builder = builder.metrics(self.metrics()).device(self.device());
        let mut evaluator = builder.checked(self.checked).build()?;
        if let Some(names) = &names {
            names.check_states(&states)?;
        }
        states::merge(&mut evaluator, &states)?;
        #[cfg(feature = "plot")]
        let mut pictures =
            plot::Pictures::new(self, &selections[0].parts, names.as_ref(), settings);
        let mut buffers = Buffers::default();
        for (source, selection) in sources.iter().zip(&selections) {
            let parts = &selection.parts;
            let mut first_row = 1;
            source.stream(selection, |arrays| {
                let (names, labels) = (names.as_ref(), &labels);
                let rows = Rows { roles: &roles, parts, source, names, labels, first_row };
                let samples = Samples::new(rows, arrays)?;
                samples.add_to(&mut evaluator, &mut buffers)?;
                #[cfg(feature = "plot")]
                if let Some(pictures) = &mut pictures {
                    pictures.add(&samples, &mut buffers);
                }
                first_row += samples.len() as u64;
                Ok(())
            })?;
        }
        let mut report = evaluator.result()?;
        self.check(&report, &sources)?;
        if let Some(names) = names {
            names.check_ignored(|| listed(&sources))?;
            report.set_class_names(names.for_report());
        }
        if let Some(path) = &self.state_out {
            let mut state = evaluator.state()?;
            state.set_class_names(report.class_names().map(<[String]>::to_vec));
            states::write(path, &state)?;
        }
        #[cfg(feature = "plot")]
        if let Some(pictures) = pictures {
            pictures.draw(report.class_names());
        }
        Ok(printed(&report, self.format))
    }

    /// Refuses options that mean nothing in the task.
    fn check_options(&self) -> Result<(), Failure> {
        let task = Task::from(self.task);
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
        let given = [
            ("from-logits", self.from_logits),
            ("class-names", !self.class_names.is_empty()),
            ("class-weight", !self.class_weights.is_empty()),
            ("ignore-index", self.ignore_index.is_some()),
        ];
        if let Some((option, _)) = given.into_iter().find(|(_, given)| *given)
            && !task.has_labels()
        {
            return Err(Failure::LabelsOnly { option, task });
        }
        if task != Task::Multiclass && self.classes.is_some() {
            return Err(Failure::MulticlassOnly { option: "classes" });
        }
        match self.class_names.len() {
            0 | 2 => Ok(()),
            count if task == Task::Binary => Err(Failure::BinaryNames { count }),
            _ => Ok(()),
        }
    }

    /// The names of the classes, if they have any.
    fn class_names(&self, parts: &[InputColumns]) -> Result<Option<ClassNames>, Failure> {
        let given = ClassNames::given(&self.class_names)?;
        let of_columns = || match Task::from(self.task) {
            Task::Multiclass => ClassNames::of_columns(parts.first()?),
            _ => None,
        };
        Ok(given.or_else(of_columns))
    }

    /// Whether nothing but labels can tell the classes.
    fn has_only_labels(&self, parts: &[InputColumns]) -> bool {
        let is_label = |part: &InputColumns| part.width == 1;
        Task::from(self.task) == Task::Multiclass
            && self.classes.is_none()
            && parts.iter().all(is_label)
    }

    /// An evaluator to be, with all settings but its metrics and its device.
    fn builder(
        &self,
        source: &Source,
        parts: &[InputColumns],
        labels: &Labels,
        names: Option<&ClassNames>,
    ) -> Result<EvaluatorBuilder, Failure> {
        let task = Task::from(self.task);
        let mut builder = Evaluator::builder(task).from_logits(self.from_logits).class_weights(
            labels.class_weights.iter().map(|&(class, weight)| (class as usize, weight)),
        );
        if let (Task::Regression | Task::Multilabel, Some(part)) = (task, parts.first()) {
            builder = builder.outputs(part.width);
        }
        if task == Task::Multiclass {
            let given = match names {
                Some(names) if self.has_only_labels(parts) => &names.names,
                _ => &self.class_names,
            };
            let classes = classes::number(self.classes, given, source, parts)?;
            builder = builder.classes(classes as usize);
            if let Some(part) = parts.first()
                && part.width == 1
                && self.from_logits
            {
                let (file, column) = (source.name(), part.names.join(","));
                return Err(Failure::NoLogits { file, column });
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

    /// The metrics asked for; with several thresholds, each metric that has one at every one.
    fn metrics(&self) -> Vec<String> {
        if self.thresholds.len() < 2 {
            return self.metrics.clone();
        }
        let standard = || metric::of_task(self.task).filter(|metric| metric.standard);
        let names: Vec<_> = if self.metrics.is_empty() {
            standard().map(|metric| metric.name.to_owned()).collect()
        } else {
            self.metrics.clone()
        };
        names.iter().flat_map(|spec| self.at_thresholds(spec)).collect()
    }

    /// A metric at every threshold, if it has one.
    pub fn at_thresholds(&self, spec: &str) -> Vec<String> {
        let name = spec.split(':').next();
        let metric = metric::of_task(self.task).find(|metric| Some(metric.name) == name);
        let takes_one = metric.is_some_and(|metric| metric.takes(&THRESHOLD));
        if !takes_one || spec.contains(":threshold=") {
            return vec![spec.to_owned()];
        }
        let at = |threshold: &f64| format!("{spec}:threshold={threshold}");
        self.thresholds.iter().map(at).collect()
    }

    /// Prediction, truth and weight, those that are asked for.
    fn roles(&self) -> Vec<Role> {
        let asked = [
            (Input::Prediction, self.prediction.clone()),
            (Input::Truth, self.truth.clone()),
            (Input::Weight, self.weight.clone()),
        ];
        let role = |(input, asked): (_, Vec<String>)| {
            (!asked.is_empty()).then(|| Role { task: self.task.into(), input, asked })
        };
        asked.into_iter().filter_map(role).collect()
    }

    /// Refuses a report that says nothing.
    fn check(&self, report: &Report, sources: &[Source]) -> Result<(), Failure> {
        let files = || listed(sources);
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
}

/// A report in the form that was asked for.
pub fn printed(report: &Report, format: Format) -> String {
    if format != Format::Table {
        // Whoever reads these forms by program would not see them there.
        report.warnings.iter().for_each(|warning| crate::say(&format!("warning: {warning}")));
    }
    match format {
        Format::Table => format!("{report}\n"),
        Format::Json => format!("{:#}\n", report.to_json()),
        Format::Markdown => report.to_markdown(),
    }
}

/// The names of files.
fn listed(sources: &[Source]) -> String {
    sources.iter().map(Source::name).collect::<Vec<_>>().join(", ")
}
