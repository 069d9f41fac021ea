//! Several outputs of a model, each with its own evaluator, in one report.

use crate::batch::AsBatch;
use crate::error::{Error, MultiOutputError};
use crate::evaluator::{Evaluator, Snapshot};
use crate::kernel::StandardFloats;
use crate::metric::MetricSpec;
use crate::report::{Report, ReportError, number};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value as Json, json};
use std::fmt;

/// The evaluators of the outputs of a model, and the weights of their losses.
///
/// Each output has its own task, metrics, weights and number of samples. The loss of the model is
/// the sum of the losses of its outputs, each times the weight of that output, as in Keras's
/// `compile(loss=…, loss_weights=…)`. With `reduction=sum_over_batch_size`, the weighted value is
/// the training loss of Keras.
///
/// # Example
///
/// ```
/// use weighbridge::{Batch, Evaluator, MultiOutput, Task};
///
/// let stars = Evaluator::builder(Task::Regression).metrics(["mean_squared_error", "max_error"]);
/// let liked = Evaluator::builder(Task::Binary).metrics(["log_loss", "accuracy"]);
/// let mut model = MultiOutput::builder()
///     .output("stars", stars.build()?)
///     .output("liked", liked.build()?)
///     .loss("stars", "mean_squared_error", 1.0)
///     .loss("liked", "log_loss", 0.5)
///     .build()?;
/// model.update("stars", &Batch::new(&[4.0_f32, 2.0], &[5.0_f32, 2.0]))?;
/// model.update("liked", &Batch::new(&[0.5_f32, 0.5], &[1_u8, 0]).weights(&[1.0_f32, 3.0]))?;
/// let report = model.result()?;
/// let expected = 0.5 + 0.5 * 2_f64.ln();
/// assert!((report.loss().expect("losses").weighted? - expected).abs() < 1e-7);
/// assert_eq!(report.output("liked").expect("an output").weighted("accuracy")?, 0.75);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
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
    spec: MetricSpec,
    weight: f64,
}

/// Builds a [`MultiOutput`].
#[derive(Debug, Default)]
pub struct MultiOutputBuilder {
    outputs: Vec<(String, Evaluator)>,
    losses: Vec<(String, Loss)>,
}

impl MultiOutputBuilder {
    /// Adds an output.
    pub fn output(mut self, name: impl Into<String>, evaluator: Evaluator) -> Self {
        self.outputs.push((name.into(), evaluator));
        self
    }

    /// Sets the metric that is the loss of an output, and its weight. The evaluator of the output
    /// must report the metric.
    pub fn loss(
        mut self,
        output: impl Into<String>,
        spec: impl Into<MetricSpec>,
        weight: f64,
    ) -> Self {
        self.losses.push((output.into(), Loss { spec: spec.into(), weight }));
        self
    }

    /// Builds the outputs.
    ///
    /// # Errors
    ///
    /// [`MultiOutputError`]: two outputs with the same name, or a loss of an unknown output, of a
    /// metric that the output does not report, or with a weight that is not finite.
    pub fn build(self) -> Result<MultiOutput, MultiOutputError> {
        let mut built = MultiOutput { outputs: Vec::new() };
        for (name, evaluator) in self.outputs {
            if built.outputs.iter().any(|output| output.name == name) {
                return Err(MultiOutputError::RepeatedOutput { name });
            }
            built.outputs.push(Output { name, evaluator, loss: None });
        }
        for (name, loss) in self.losses {
            let output = built.find(&name)?;
            let specs = output.evaluator.specs().iter();
            let known: Vec<_> = specs.map(|spec| spec.text.clone()).collect();
            if !known.iter().any(|known| known == loss.spec.as_str()) {
                let spec = loss.spec.to_string();
                return Err(MultiOutputError::NoLoss { output: name, spec, known });
            }
            if !loss.weight.is_finite() {
                let weight = loss.weight;
                return Err(MultiOutputError::InvalidLossWeight { output: name, weight });
            }
            output.loss = Some(loss);
        }
        Ok(built)
    }
}

impl MultiOutput {
    /// A builder without outputs.
    pub fn builder() -> MultiOutputBuilder {
        MultiOutputBuilder::default()
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
        // All snapshots are started before one is read, so that devices work in parallel.
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

    /// Removes all data.
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
pub struct MultiOutputLoss {
    /// With weight 1 for every sample.
    pub unweighted: Result<f64, ReportError>,
    /// With the weights of the samples.
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

    /// The sum of the losses of the outputs, each times its weight; none if no output has a loss.
    /// If one of them is missing, so is the sum, and the error names it as `output/metric`.
    pub fn loss(&self) -> Option<MultiOutputLoss> {
        self.outputs.iter().find(|output| output.loss.is_some())?;
        let _floats = StandardFloats::set();
        let sum = |value: fn(&Report, &MetricSpec) -> Result<f64, ReportError>| {
            let losses = self.outputs.iter().filter_map(|output| {
                let Loss { spec, weight } = output.loss.as_ref()?;
                let value = value(&output.report, spec)
                    .map_err(|missing| missing.with_prefix(&output.name));
                Some(value.map(|value| weight * value))
            });
            losses.sum()
        };
        Some(MultiOutputLoss {
            unweighted: sum(|report, spec| report.unweighted(spec)),
            weighted: sum(|report, spec| report.weighted(spec)),
        })
    }

    /// The report as JSON: `{"loss": {"unweighted": v, "weighted": v}, "outputs": {NAME: {...}}}`,
    /// each output as in [`Report::to_json`]. v is a number, or null with `"undefined":
    /// {"unweighted" | "weighted": "reason"}` beside it. Without losses `"loss"` is null.
    pub fn to_json(&self) -> Json {
        let outputs = self.outputs().map(|(name, report)| (name.to_owned(), report.to_json()));
        json!({
            "loss": self.loss().map(|loss| loss.to_json()),
            "outputs": outputs.collect::<Map<_, _>>(),
        })
    }
}

/// As [`to_json`](MultiOutputReport::to_json).
impl Serialize for MultiOutputReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
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
                    writeln!(f, "\n{name}, loss term: {} × {spec}", number(*weight))?;
                }
                None => writeln!(f, "\n{name}")?,
            }
            write!(f, "{report}")?;
        }
        Ok(())
    }
}

impl MultiOutputLoss {
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
