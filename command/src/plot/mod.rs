//! `--plot`: pictures of what is measured, beside the report.
//!
//! | picture | tasks | made of |
//! | --- | --- | --- |
//! | `roc`, `precision_recall`, for each class or label if there are several | binary, multiclass, multilabel | [`curve`] |
//! | `reliability` | binary, multiclass | [`reliability`] |
//! | `confusion_matrix` | binary, multiclass, multilabel | [`confusion`] |
//! | `residuals`, `residual_histogram` | regression | [`grid`], [`residuals`], [`histogram`] |
//!
//! They are drawn on a [`canvas`], with the metrics that are [`wanted`], and kept in a [`folder`].
//!
//! A picture that cannot be drawn is a sentence on stderr; the report is as it would be without
//! pictures, and so is the state: what they need is measured by an evaluator of their own, on the CPU,
//! whose sums are those of any device.

mod canvas;
mod confusion;
mod curve;
mod grid;
mod histogram;
mod output_dir;
mod reliability;
mod residuals;
mod selection;
mod values;

use crate::arguments::Evaluate;
use crate::classes::ClassNames;
use crate::input::InputColumns;
use crate::panics;
use crate::samples::{Buffers, Samples};
use canvas::picture::Picture;
use canvas::text;
use grid::Grid;
use output_dir::Folder;
use selection::{Subject, Wanted};
use values::{Found, MissingCurve};
use weighbridge::error::Input;
use weighbridge::{Device, Evaluator, EvaluatorBuilder, Report, Task};

/// Outputs of the regression task, and classes or labels with curves, that are drawn.
const MAX_OUTPUTS: usize = 16;

/// Pictures in the making.
pub struct Pictures {
    folder: Folder,
    task: Task,
    wanted: Vec<Wanted>,
    /// Measures what pictures are made of; none once that failed.
    evaluator: Option<Evaluator>,
    /// Names of labels.
    labels: Vec<String>,
    /// Names of outputs, and where their residuals are.
    outputs: Vec<(String, Grid)>,
}

impl Pictures {
    /// What is to be drawn of such columns; none if nothing can be. `builder` has the settings of the
    /// report's evaluator, but no metrics.
    pub fn new(
        given: &Evaluate,
        parts: &[InputColumns],
        names: Option<&ClassNames>,
        builder: EvaluatorBuilder,
    ) -> Option<Self> {
        let path = given.plot.as_ref()?;
        let task = Task::from(given.task);
        let folder = Folder::make(path, given.plot_format).map_err(|why| warn(&why)).ok()?;
        let prediction = InputColumns::of(parts, Input::Prediction)?;
        let wanted = Wanted::all(given, prediction, names);
        let specs: Vec<_> = wanted.iter().flat_map(|wanted| wanted.specs.clone()).collect();
        let evaluator = match specs.is_empty() {
            true => None,
            false => builder.metrics(specs).device(Device::Cpu).build().map_err(failed).ok(),
        };
        let labels = if task == Task::Multilabel { prediction.names.clone() } else { Vec::new() };
        let mut pictures = Self { folder, task, wanted, evaluator, labels, outputs: Vec::new() };
        if task == Task::Regression {
            if prediction.width > MAX_OUTPUTS {
                warn(&format!(
                    "pictures are drawn of the first {MAX_OUTPUTS} outputs of {}: to draw others, \
                     name their columns alone",
                    prediction.width
                ));
            }
            let name = |output| prediction.names.get(output).cloned().unwrap_or_default();
            pictures.outputs = (0..prediction.width.min(MAX_OUTPUTS))
                .map(|output| (name(output), Grid::default()))
                .collect();
        }
        Some(pictures)
    }

    /// Adds rows that the report's evaluator has taken.
    pub fn add(&mut self, samples: &Samples<'_>, buffers: &mut Buffers) {
        for (output, (_, grid)) in self.outputs.iter_mut().enumerate() {
            grid.add(&samples.of_output(output, buffers));
        }
        if let Some(evaluator) = &mut self.evaluator
            && let Err(error) = evaluator.update(&samples.batch(buffers))
        {
            failed(error);
            self.evaluator = None;
        }
    }

    /// Draws and writes all pictures. `classes` are the names that the report has.
    pub fn draw(mut self, classes: Option<&[String]>) {
        if let Some(mut report) =
            self.evaluator.take().and_then(|mut evaluator| evaluator.result().map_err(failed).ok())
        {
            report.set_class_names(classes.map(<[String]>::to_vec));
            for wanted in &self.wanted {
                guarded(|| {
                    let (picture, gaps) = self.drawing(wanted, &report);
                    self.keep(&wanted.file, picture, &gaps, wanted.subject.advice());
                });
            }
        }
        let several = self.outputs.len() > 1;
        for (output, (name, grid)) in self.outputs.iter().enumerate() {
            let [file, title] = match several {
                true => [format!("_{output}"), format!(", {}", text::name(name))],
                false => [String::new(), String::new()],
            };
            if grid.lost > 0 {
                warn(&format!(
                    "{} of the samples are not in the pictures of residuals{title}: what is predicted or true \
                     in them is NaN or infinite",
                    grid.lost
                ));
            }
            let advice = "no sample has a residual that is a number";
            guarded(|| {
                let picture = residuals::draw(&format!("Residuals{title}"), grid);
                self.keep(&format!("residuals{file}"), picture, &[], advice);
            });
            guarded(|| {
                let picture = histogram::draw(&format!("Histogram of residuals{title}"), grid);
                self.keep(&format!("residual_histogram{file}"), picture, &[], advice);
            });
        }
    }

    /// A picture of what is found in a report, and what is missing in it.
    fn drawing(&self, wanted: &Wanted, report: &Report) -> (Option<Picture>, Vec<MissingCurve>) {
        let spec = |index: usize| wanted.specs.get(index).map(String::as_str).unwrap_or_default();
        match &wanted.subject {
            Subject::Curve(kind, class) => {
                let Found { sides, gaps } = curve::curves(report, spec(0), spec(1), *class);
                let title = match class {
                    None => kind.title.to_owned(),
                    Some(class) => {
                        let names = report.class_names().unwrap_or(&self.labels);
                        let name = names.get(*class).map(|name| text::name(name));
                        let kind_of = if self.task == Task::Multiclass { "class" } else { "label" };
                        let name = name.unwrap_or_else(|| format!("{kind_of} {class}"));
                        format!("{}, {name}", kind.title)
                    }
                };
                (curve::draw(kind, &title, &sides), gaps)
            }
            Subject::Reliability => {
                let Found { sides, gaps } = reliability::bins(report, spec(0), spec(1));
                let positive = report.class_names().and_then(|names| names.get(1));
                (reliability::draw(self.task, positive.map(String::as_str), &sides), gaps)
            }
            Subject::Confusion => {
                let Found { sides, gaps } = confusion::matrices(report, spec(0));
                let matrices = confusion::Matrices::new(report, spec(0), sides);
                (matrices.draw(&wanted.title("Confusion matrix")), gaps)
            }
        }
    }

    /// Writes a picture, and says what it lacks, or why there is none.
    fn keep(&self, file: &str, picture: Option<Picture>, gaps: &[MissingCurve], advice: &str) {
        let name = self.folder.name(file);
        if let Some(picture) = picture {
            for MissingCurve { side, spec, reason } in gaps {
                warn(&format!(
                    "{name} is drawn without the {} {spec}, which is undefined: {reason}",
                    side.name()
                ));
            }
            if let Err(why) = self.folder.write(file, picture) {
                warn(&why);
            }
            return;
        }
        let why = match gaps.first() {
            Some(MissingCurve { spec, reason, .. }) => {
                format!("{spec} is undefined, {reason}; {advice}")
            }
            None => advice.to_owned(),
        };
        let older = if self.folder.holds(file) { " (the one there is older)" } else { "" };
        warn(&format!("{name} is not drawn{older}: {why}"));
    }
}

/// Draws; a panic of a library that draws is no reason to lose the report.
fn guarded(draw: impl FnOnce()) {
    if let Err(panic) = panics::guarded(draw) {
        warn(&format!(
            "a picture is not drawn: this is a bug in weighbridge, please report it: {panic}"
        ));
    }
}

/// Says that what pictures are made of cannot be measured.
fn failed(error: weighbridge::Error) {
    warn(&format!("pictures are not drawn: {error}"));
}

/// Says in one line what is missing.
fn warn(sentence: &str) {
    crate::say(&format!("warning: {}", crate::error::one_line(sentence)));
}
