//! `weighbridge evaluate`: from files to a report.

use crate::arguments::{Evaluate, Format};
use crate::failure::Failure;
use crate::input::Source;
use crate::samples::{Labels, Role, Samples};
use weighbridge::error::Input;
use weighbridge::metric::{self, THRESHOLD};
use weighbridge::{Evaluator, Report, Task};

impl Evaluate {
    /// The report as text. Nothing is printed before all of it is known.
    pub fn run(&self) -> Result<String, Failure> {
        let mut evaluator = self.evaluator()?;
        let roles = self.roles();
        let labels = Labels { class_weights: &self.class_weights, ignored: self.ignore_index };
        let sources: Vec<_> =
            self.files.iter().map(|path| Source::open(path)).collect::<Result<_, _>>()?;
        // All files are looked at before the first is read in full.
        let selections: Vec<_> =
            sources.iter().map(|source| source.select(&roles)).collect::<Result<_, _>>()?;
        for (source, selection) in sources.iter().zip(&selections) {
            let mut first_row = 1;
            source.stream(selection, |arrays| {
                let samples = Samples { source, roles: &roles, labels, first_row, arrays: &arrays };
                samples.add_to(&mut evaluator)?;
                first_row += samples.len() as u64;
                Ok(())
            })?;
        }
        let report = evaluator.result()?;
        self.check(&report, &sources)?;
        Ok(self.print(&report))
    }

    fn evaluator(&self) -> Result<Evaluator, Failure> {
        let task = Task::from(self.task);
        if task != Task::Binary {
            let given =
                [("threshold", !self.thresholds.is_empty()), ("from-logits", self.from_logits)];
            if let Some((option, _)) = given.into_iter().find(|(_, given)| *given) {
                return Err(Failure::BinaryOnly { option });
            }
        }
        if task == Task::Regression {
            let given = [
                ("class-weight", !self.class_weights.is_empty()),
                ("ignore-index", self.ignore_index.is_some()),
            ];
            if let Some((option, _)) = given.into_iter().find(|(_, given)| *given) {
                return Err(Failure::LabelsOnly { option });
            }
        }
        match (task, self.classes) {
            (Task::Multiclass, None) => return Err(Failure::MissingClasses),
            (Task::Multiclass, Some(_)) | (_, None) => {}
            (_, Some(_)) => return Err(Failure::MulticlassOnly { option: "classes" }),
        }
        let mut builder = Evaluator::builder(task)
            .metrics(self.metrics())
            .from_logits(self.from_logits)
            .class_weights(self.class_weights.iter().copied())
            .device(self.device())
            .checked(self.checked);
        if let Some(classes) = self.classes {
            builder = builder.classes(classes);
        }
        if let Some(label) = self.ignore_index {
            builder = builder.ignore_index(label);
        }
        if let [threshold] = self.thresholds[..] {
            builder = builder.threshold(threshold);
        }
        Ok(builder.build()?)
    }

    /// The metrics asked for; with several thresholds, each metric that has one at every one.
    fn metrics(&self) -> Vec<String> {
        if self.thresholds.len() < 2 {
            return self.metrics.clone();
        }
        let standard = || metric::of_task(self.task.into()).filter(|metric| metric.standard);
        let names: Vec<_> = if self.metrics.is_empty() {
            standard().map(|metric| metric.name.to_owned()).collect()
        } else {
            self.metrics.clone()
        };
        names.iter().flat_map(|spec| self.at_thresholds(spec)).collect()
    }

    fn at_thresholds(&self, spec: &str) -> Vec<String> {
        let name = spec.split(':').next();
        let metric = metric::of_task(self.task.into()).find(|metric| Some(metric.name) == name);
        let takes_one = metric.is_some_and(|metric| metric.parameters.contains(&THRESHOLD));
        if !takes_one || spec.contains(":threshold=") {
            return vec![spec.to_owned()];
        }
        let at = |threshold: &f64| format!("{spec}:threshold={threshold}");
        self.thresholds.iter().map(at).collect()
    }

    /// Prediction, truth and, if asked for, weight.
    fn roles(&self) -> Vec<Role> {
        let columns = [
            (Input::Prediction, Some(&self.prediction)),
            (Input::Truth, Some(&self.truth)),
            (Input::Weight, self.weight.as_ref()),
        ];
        let role = |(input, column): (_, Option<&String>)| {
            Some(Role { task: self.task.into(), input, column: column?.clone() })
        };
        columns.into_iter().filter_map(role).collect()
    }

    /// Refuses a report that says nothing.
    fn check(&self, report: &Report, sources: &[Source]) -> Result<(), Failure> {
        let files = || sources.iter().map(|source| source.name()).collect::<Vec<_>>().join(", ");
        if let (0, Some(label), 1..) = (report.samples, self.ignore_index, report.masked_samples) {
            return Err(Failure::AllIgnored { files: files(), column: self.truth.clone(), label });
        }
        if report.samples == 0 {
            return Err(Failure::NoSamples { files: files() });
        }
        if report.zero_weight_samples < report.samples {
            return Ok(());
        }
        match &self.weight {
            Some(column) if self.class_weights.is_empty() => {
                Err(Failure::ZeroWeights { column: column.clone(), files: files() })
            }
            _ => Err(Failure::ZeroClassWeights { files: files() }),
        }
    }

    fn print(&self, report: &Report) -> String {
        if self.format != Format::Table {
            // Whoever reads these forms by program would not see them there.
            report.warnings.iter().for_each(|warning| crate::say(&format!("warning: {warning}")));
        }
        match self.format {
            Format::Table => format!("{report}\n"),
            Format::Json => format!("{:#}\n", report.to_json()),
            Format::Markdown => report.to_markdown(),
        }
    }
}
