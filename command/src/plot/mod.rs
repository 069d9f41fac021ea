//! `--plot`: plots of the predictions, beside the report.
//!
//! | plot | tasks | drawn by |
//! | --- | --- | --- |
//! | `roc`, `precision_recall`* | binary, multiclass, multilabel | [`curve`] |
//! | `reliability` | binary, multiclass | [`reliability`] |
//! | `confusion_matrix` | binary, multiclass, multilabel | [`confusion`] |
//! | `residuals`, `residual_histogram` | regression | [`grid`], [`residuals`], [`histogram`] |
//!
//! \* One plot for each class or label if there are several.
//!
//! [`selection`] chooses the plots and their metrics, [`canvas`] has the drawing primitives, and
//! [`output_dir`] writes the files.
//!
//! Plots change neither the report nor the state: their metrics are computed by a separate
//! evaluator on the CPU, with the same result as on any device. A plot that cannot be drawn is a
//! warning on stderr.

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
use crate::terminal::warn;
use crate::words::count;
use canvas::picture::Picture;
use canvas::text;
use grid::Grid;
use output_dir::OutputDir;
use selection::{PlotSpec, Subject};
use values::{MissingCurve, SideValues};
use weighbridge::error::Input;
use weighbridge::{Device, Evaluator, EvaluatorBuilder, Report, Task};

/// Most outputs of the regression task whose residuals are drawn.
const MAX_OUTPUTS: usize = 16;

/// The plots of an evaluation in progress.
pub struct Plots {
    dir: OutputDir,
    task: Task,
    specs: Vec<PlotSpec>,
    /// Computes the metrics of the plots; `None` after a failure.
    evaluator: Option<Evaluator>,
    /// Names of labels.
    labels: Vec<String>,
    /// Names of outputs, and their residuals.
    outputs: Vec<(String, Grid)>,
}

impl Plots {
    /// Selects the plots for these columns; `None` if nothing can be drawn. `builder` has the
    /// settings of the report's evaluator without its metrics.
    pub fn new(
        options: &Evaluate,
        inputs: &[InputColumns],
        names: Option<&ClassNames>,
        builder: EvaluatorBuilder,
    ) -> Option<Self> {
        let path = options.plot.as_ref()?;
        let task = options.task;
        let dir = OutputDir::create(path, options.plot_format).map_err(|why| warn(&why)).ok()?;
        let prediction = InputColumns::find(inputs, Input::Prediction)?;
        let specs = PlotSpec::all(options, prediction, names);
        let metrics: Vec<_> = specs.iter().flat_map(|plot| plot.specs.clone()).collect();
        let evaluator = if metrics.is_empty() {
            None
        } else {
            builder.metrics(metrics).device(Device::Cpu).build().map_err(failed).ok()
        };
        let labels = if task == Task::Multilabel { prediction.names.clone() } else { Vec::new() };
        let mut plots = Self { dir, task, specs, evaluator, labels, outputs: Vec::new() };
        if task == Task::Regression {
            if prediction.width > MAX_OUTPUTS {
                warn(&format!(
                    "only the first {MAX_OUTPUTS} of {} outputs are drawn: to draw others, pass only \
                     their columns",
                    prediction.width
                ));
            }
            let name = |output| prediction.names.get(output).cloned().unwrap_or_default();
            plots.outputs = (0..prediction.width.min(MAX_OUTPUTS))
                .map(|output| (name(output), Grid::default()))
                .collect();
        }
        Some(plots)
    }

    /// Adds rows that the report's evaluator has accepted.
    pub fn add(&mut self, samples: &Samples<'_>, buffers: &mut Buffers) {
        for (output, (_, grid)) in self.outputs.iter_mut().enumerate() {
            grid.add(&samples.pairs(output, buffers));
        }
        if let Some(evaluator) = &mut self.evaluator
            && let Err(error) = evaluator.update(&samples.batch(buffers))
        {
            failed(error);
            self.evaluator = None;
        }
    }

    /// Draws and writes all plots, with the class names of the report.
    pub fn draw(mut self, classes: Option<&[String]>) {
        if let Some(mut report) =
            self.evaluator.take().and_then(|mut evaluator| evaluator.result().map_err(failed).ok())
        {
            report.class_names = classes.map(<[String]>::to_vec);
            for plot in &self.specs {
                guarded(|| {
                    let (picture, missing) = self.picture(plot, &report);
                    self.save(&plot.file, picture, &missing, plot.subject.advice());
                });
            }
        }
        let several = self.outputs.len() > 1;
        for (output, (name, grid)) in self.outputs.iter().enumerate() {
            let [file, title] = if several {
                [format!("_{output}"), format!(", {}", text::name(name))]
            } else {
                [String::new(), String::new()]
            };
            if grid.omitted > 0 {
                warn(&format!(
                    "{} left out of the residual plots{title}: the prediction or truth is NaN or infinite",
                    count(grid.omitted as usize, "sample")
                ));
            }
            let advice = "all residuals are NaN or infinite";
            guarded(|| {
                let picture = residuals::draw(&format!("Residuals{title}"), grid);
                self.save(&format!("residuals{file}"), picture, &[], advice);
            });
            guarded(|| {
                let picture = histogram::draw(&format!("Histogram of residuals{title}"), grid);
                self.save(&format!("residual_histogram{file}"), picture, &[], advice);
            });
        }
    }

    /// Draws a plot from the report, and lists the sides on which a metric is undefined.
    fn picture(&self, plot: &PlotSpec, report: &Report) -> (Option<Picture>, Vec<MissingCurve>) {
        let spec = |index: usize| plot.specs.get(index).map(String::as_str).unwrap_or_default();
        match &plot.subject {
            Subject::Curve(kind, class) => {
                let SideValues { sides, missing } = curve::curves(report, spec(0), spec(1), *class);
                let title = match class {
                    None => kind.title.to_owned(),
                    Some(class) => {
                        let names = report.class_names.as_deref().unwrap_or(&self.labels);
                        let name = names.get(*class).map(|name| text::name(name));
                        let noun = if self.task == Task::Multiclass { "class" } else { "label" };
                        let name = name.unwrap_or_else(|| format!("{noun} {class}"));
                        format!("{}, {name}", kind.title)
                    }
                };
                (curve::draw(kind, &title, &sides), missing)
            }
            Subject::Reliability => {
                let SideValues { sides, missing } = reliability::bins(report, spec(0), spec(1));
                let positive = report.class_names.as_ref().and_then(|names| names.get(1));
                (reliability::draw(self.task, positive.map(String::as_str), &sides), missing)
            }
            Subject::Confusion => {
                let SideValues { sides, missing } = confusion::matrices(report, spec(0));
                let matrices = confusion::Matrices::new(report, spec(0), sides);
                (matrices.draw(&plot.title("Confusion matrix")), missing)
            }
        }
    }

    /// Writes a plot, with a warning if a side is missing or nothing can be drawn.
    fn save(&self, file: &str, picture: Option<Picture>, missing: &[MissingCurve], advice: &str) {
        let name = self.dir.name(file);
        if let Some(picture) = picture {
            for MissingCurve { side, spec, reason } in missing {
                warn(&format!(
                    "{name} is drawn without the {} {spec}, which is undefined: {reason}",
                    side.name()
                ));
            }
            if let Err(why) = self.dir.write(file, picture) {
                warn(&why);
            }
            return;
        }
        let why = match missing.first() {
            Some(MissingCurve { spec, reason, .. }) => {
                format!("{spec} is undefined ({reason}); {advice}")
            }
            None => advice.to_owned(),
        };
        let older = if self.dir.contains(file) { " (the existing file is older)" } else { "" };
        warn(&format!("{name} is not drawn{older}: {why}"));
    }
}

/// Draws a plot. The report is printed even if a drawing library panics.
fn guarded(draw: impl FnOnce()) {
    if let Err(panic) = panics::guarded(draw) {
        warn(&format!(
            "a plot is not drawn, because of a bug in weighbridge, please report it: {panic}"
        ));
    }
}

/// Warns that the metrics of the plots cannot be computed.
fn failed(error: weighbridge::Error) {
    warn(&format!("no plots are drawn: {error}"));
}
