//! Several outputs of a model, each with an evaluator of its own, in one report.

use crate::batch::AsBatch;
use crate::error::{Error, MultiOutputError};
use crate::evaluator::{Evaluator, Snapshot};
use crate::report::{Report, ReportError, number};
use serde_json::{Map, Value as Json, json};
use std::fmt;

/// The evaluators of a model's outputs, and how much the loss of each counts.
///
/// Outputs have tasks, metrics, weights and numbers of samples of their own. The loss of the model is
/// the sum of the losses of its outputs, each times the weight of that output, as in Keras's
/// `compile(loss=…, loss_weights=…)`: of metrics with `reduction=sum_over_batch_size`, the weighted
/// value is the loss as it is trained there.
///
/// # Example
///
/// ```
/// use weighbridge::{Batch, Evaluator, MultiOutput, Task};
///
/// let stars = Evaluator::builder(Task::Regression).metrics(["mean_squared_error", "max_error"]);
/// let liked = Evaluator::builder(Task::Binary).metrics(["log_loss", "accuracy"]);
/// let mut suite = MultiOutput::new()
///     .output("stars", stars.build()?)?
///     .output("liked", liked.build()?)?
///     .loss("stars", "mean_squared_error", 1.0)?
///     .loss("liked", "log_loss", 0.5)?;
/// suite.update("stars", &Batch::new(&[4.0_f32, 2.0], &[5.0_f32, 2.0]))?;
/// suite.update("liked", &Batch::new(&[0.5_f32, 0.5], &[1_u8, 0]).weights(&[1.0_f32, 3.0]))?;
/// let report = suite.result()?;
/// let expected = 0.5 + 0.5 * 2_f64.ln();
/// assert!((report.loss().expect("losses").weighted? - expected).abs() < 1e-7);
/// assert_eq!(report.output("liked").expect("an output").weighted("accuracy")?, 0.75);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct MultiOutput {
    outputs: Vec<Output>,
}

#[derive(Debug)]
struct Output {
    name: String,
    evaluator: Evaluator,
    loss: Option<Loss>,
}

/// The metric that is the loss of an output, and its weight.
#[derive(Clone, Debug, PartialEq)]
struct Loss {
    spec: String,
    weight: f64,
}

impl MultiOutput {
    /// No outputs yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an output.
    ///
    /// # Errors
    ///
    /// [`MultiOutputError::RepeatedOutput`].
    pub fn output(
        mut self,
        name: impl Into<String>,
        evaluator: Evaluator,
    ) -> Result<Self, MultiOutputError> {
        let name = name.into();
        if self.outputs.iter().any(|output| output.name == name) {
            return Err(MultiOutputError::RepeatedOutput { name });
        }
        self.outputs.push(Output { name, evaluator, loss: None });
        Ok(self)
    }

    /// Says which metric of an output is its loss, by the spec it was asked for with, and how much it
    /// counts.
    ///
    /// # Errors
    ///
    /// [`MultiOutputError::UnknownOutput`], [`MultiOutputError::NoLoss`] if the output's evaluator does not report the
    /// metric, or [`MultiOutputError::InvalidLossWeight`].
    pub fn loss(mut self, output: &str, spec: &str, weight: f64) -> Result<Self, MultiOutputError> {
        let of_name = self.find(output)?;
        if !of_name.evaluator.specs().iter().any(|known| known.text == spec) {
            let known = of_name.evaluator.specs().iter().map(|spec| spec.text.clone()).collect();
            return Err(MultiOutputError::NoLoss {
                output: output.to_owned(),
                spec: spec.to_owned(),
                known,
            });
        }
        if !weight.is_finite() {
            return Err(MultiOutputError::InvalidLossWeight { output: output.to_owned(), weight });
        }
        of_name.loss = Some(Loss { spec: spec.to_owned(), weight });
        Ok(self)
    }

    /// Adds a batch of an output.
    ///
    /// # Errors
    ///
    /// [`MultiOutputError::UnknownOutput`], and those of [`Evaluator::update`].
    pub fn update(&mut self, output: &str, batch: &impl AsBatch) -> Result<(), MultiOutputError> {
        Ok(self.find(output)?.evaluator.update(&batch.as_batch())?)
    }

    /// The evaluator of an output.
    ///
    /// # Errors
    ///
    /// [`MultiOutputError::UnknownOutput`].
    pub fn evaluator(&mut self, output: &str) -> Result<&mut Evaluator, MultiOutputError> {
        Ok(&mut self.find(output)?.evaluator)
    }

    /// The values of all metrics of all outputs, and of the loss.
    ///
    /// # Errors
    ///
    /// Those of [`Evaluator::result`].
    pub fn result(&mut self) -> Result<MultiOutputReport, Error> {
        // All are asked before one is read: devices work side by side.
        let snapshot = |output: &mut Output| output.evaluator.snapshot();
        let snapshots: Vec<_> =
            self.outputs.iter_mut().map(snapshot).collect::<Result<_, Error>>()?;
        let reports = snapshots.into_iter().map(Snapshot::result);
        let outputs = self.outputs.iter().zip(reports).map(|(output, report)| {
            Ok(OutputReport {
                name: output.name.clone(),
                loss: output.loss.clone(),
                report: report?,
            })
        });
        Ok(MultiOutputReport { outputs: outputs.collect::<Result<_, Error>>()? })
    }

    /// Forgets everything that was added.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub fn reset(&mut self) -> Result<(), Error> {
        self.outputs.iter_mut().try_for_each(|output| output.evaluator.reset())
    }

    fn find(&mut self, name: &str) -> Result<&mut Output, MultiOutputError> {
        let known = || self.outputs.iter().map(|output| output.name.clone()).collect();
        match self.outputs.iter().position(|output| output.name == name) {
            Some(index) => Ok(&mut self.outputs[index]),
            None => Err(MultiOutputError::UnknownOutput { name: name.to_owned(), known: known() }),
        }
    }
}

/// The reports of a [`MultiOutput`]'s outputs.
///
/// `Display` prints the loss and a table for each.
#[derive(Clone, Debug, PartialEq)]
pub struct MultiOutputReport {
    outputs: Vec<OutputReport>,
}

#[derive(Clone, Debug, PartialEq)]
struct OutputReport {
    name: String,
    loss: Option<Loss>,
    report: Report,
}

/// Both values of the loss of all outputs.
#[derive(Clone, Debug, PartialEq)]
pub struct SuiteLoss {
    /// With every sample counting once.
    pub unweighted: Result<f64, ReportError>,
    /// With every sample counting as often as its weight says.
    pub weighted: Result<f64, ReportError>,
}

impl MultiOutputReport {
    /// The report of an output.
    pub fn output(&self, name: &str) -> Option<&Report> {
        let output = self.outputs.iter().find(|output| output.name == name)?;
        Some(&output.report)
    }

    /// The names of the outputs, and their reports.
    pub fn outputs(&self) -> impl Iterator<Item = (&str, &Report)> {
        self.outputs.iter().map(|output| (output.name.as_str(), &output.report))
    }

    /// The sum of the losses of the outputs, each times its weight; none if no output has one. It is
    /// missing where one of them is, and says which as `output/metric`.
    pub fn loss(&self) -> Option<SuiteLoss> {
        self.outputs.iter().find(|output| output.loss.is_some())?;
        let sum = |value: fn(&Report, &str) -> Result<f64, ReportError>| {
            let losses = self.outputs.iter().filter_map(|output| {
                let Loss { spec, weight } = output.loss.as_ref()?;
                let value = value(&output.report, spec).map_err(|missing| missing.of(&output.name));
                Some(value.map(|value| weight * value))
            });
            losses.sum()
        };
        Some(SuiteLoss { unweighted: sum(Report::unweighted), weighted: sum(Report::weighted) })
    }

    /// The report as JSON: `{"loss": {"unweighted": v, "weighted": v}, "outputs": {NAME: {...}}}`, each
    /// output as [`Report::to_json`] has it. A v is a number, or null with `"undefined": {"unweighted" |
    /// "weighted": "reason"}` beside it; without losses `"loss"` is null.
    pub fn to_json(&self) -> Json {
        let outputs = self.outputs().map(|(name, report)| (name.to_owned(), report.to_json()));
        json!({
            "loss": self.loss().map(|loss| loss.to_json()),
            "outputs": outputs.collect::<Map<_, _>>(),
        })
    }
}

impl fmt::Display for MultiOutputReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(loss) = self.loss() {
            let [unweighted, weighted] =
                [&loss.unweighted, &loss.weighted].map(|value| match value {
                    Ok(value) => number(*value),
                    Err(missing) => missing.to_string(),
                });
            writeln!(f, "loss: unweighted {unweighted}, weighted {weighted}")?;
        }
        let mut first = true;
        for OutputReport { name, loss, report } in &self.outputs {
            if !std::mem::take(&mut first) {
                writeln!(f)?;
            }
            match loss {
                Some(Loss { spec, weight }) => {
                    writeln!(f, "\n{name}, {} × {spec} of the loss", number(*weight))?;
                }
                None => writeln!(f, "\n{name}")?,
            }
            write!(f, "{report}")?;
        }
        Ok(())
    }
}

impl SuiteLoss {
    fn to_json(&self) -> Json {
        let sides = [("unweighted", &self.unweighted), ("weighted", &self.weighted)];
        let mut json: Map<_, _> = sides
            .iter()
            .map(|(side, value)| ((*side).to_owned(), json!(value.as_ref().ok())))
            .collect();
        let missing = |(side, value): (&str, &Result<f64, ReportError>)| {
            Some((side.to_owned(), value.as_ref().err()?.to_string().into()))
        };
        let undefined: Map<_, _> = sides.into_iter().filter_map(missing).collect();
        if !undefined.is_empty() {
            json.insert("undefined".to_owned(), undefined.into());
        }
        json.into()
    }
}
