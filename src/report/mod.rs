//! Reports: values, with the information needed to judge them, printed as a table, JSON or
//! Markdown.

mod grid;
mod number;
mod print;

pub(crate) use self::number::number;
use crate::batch::PrecisionLoss;
use crate::error::{Input, Undefined};
use crate::exact::layout::UNIT_EXPONENT;
use crate::exact::ratio::ratio;
use crate::metric::{Axes, ResolvedMetric, Value};
use crate::statistic::{Faults, Plan, StatisticSet, Task, Totals, Weights};
use serde::Serialize;
use std::fmt;

/// The values of an evaluator's metrics, unweighted and weighted side by side.
///
/// `Display` prints a table; see [`to_json`](Self::to_json) and [`to_markdown`](Self::to_markdown)
/// for other formats.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The device that did the work.
    pub device: DeviceSummary,
    /// Number of samples, without masked ones.
    pub samples: u64,
    /// Number of masked samples, including those whose truth is the ignored label.
    pub masked_samples: u64,
    /// Number of samples of weight zero.
    pub zero_weight_samples: u64,
    /// Σw.
    pub weight_sum: f64,
    /// (Σw)² / Σw²; none if the sum of weights is 0.
    pub effective_samples: Option<f64>,
    pub(crate) class_names: Option<Vec<String>>,
    /// The metrics, in the order in which they were requested.
    pub entries: Vec<MetricResult>,
    /// Warnings about the values.
    pub warnings: Vec<Warning>,
}

/// The device that did the work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeviceSummary {
    /// `cpu` or `gpu`; `gpu` if both ran.
    pub engine: &'static str,
    /// The CPU's instruction set and threads, the adapter's name, or both.
    pub name: String,
    /// Whether both engines ran, and their states were equal bit for bit.
    pub checked: bool,
}

/// Both values of a metric.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricResult {
    /// The specification of the metric, as requested.
    pub spec: String,
    /// The meaning of rows and columns, if the value is a matrix.
    pub axes: Axes,
    /// The value with weight 1 for every sample.
    pub unweighted: Result<Value, Undefined>,
    /// The value with the weights of the samples.
    pub weighted: Result<Value, Undefined>,
}

/// Why a report has no number for a metric.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ReportError {
    /// The metric was not requested.
    #[error("the report has no metric {spec:?}: it has {}", known.join(", "))]
    NotReported {
        /// The requested specification.
        spec: String,
        /// The specifications in the report.
        known: Vec<String>,
    },
    /// The value is a vector or a matrix.
    #[error("the value of {spec} is not a single number: read it from the report's entries")]
    NotANumber {
        /// The requested specification.
        spec: String,
    },
    /// The value does not come with a threshold.
    #[error("the value of {spec} does not come with a threshold")]
    NoThreshold {
        /// The requested specification.
        spec: String,
    },
    /// The value is undefined.
    #[error("{spec} is undefined: {reason}")]
    Undefined {
        /// The requested specification.
        spec: String,
        /// The reason.
        reason: Undefined,
    },
}

impl ReportError {
    /// The same error with the specification `name/spec`.
    pub(crate) fn with_prefix(self, name: &str) -> Self {
        let named = |spec: String| format!("{name}/{spec}");
        match self {
            Self::NotReported { spec, known } => Self::NotReported { spec: named(spec), known },
            Self::NotANumber { spec } => Self::NotANumber { spec: named(spec) },
            Self::NoThreshold { spec } => Self::NoThreshold { spec: named(spec) },
            Self::Undefined { spec, reason } => Self::Undefined { spec: named(spec), reason },
        }
    }
}

/// A warning about values that may mislead.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Warning {
    /// Rounding an input to `f32` lost more than a thousandth of the mean absolute error.
    PrecisionLoss {
        /// The input.
        input: Input,
        /// The largest rounding.
        largest_rounding: f64,
        /// The mean absolute error, unweighted.
        mean_absolute_error: f64,
    },
    /// Weights are too small for `f32`: they lost digits, or count as zero.
    SmallWeights {
        /// Number of such weights.
        count: u64,
    },
    /// Numbers that are not zero were rounded to zero.
    Underflow {
        /// The metrics with such numbers, and statistics that no metric needs.
        values: Vec<String>,
        /// Number of samples with such numbers, of the statistic that has most of them.
        count: u64,
    },
    /// Probabilities below the smallest one that a metric accepts were clipped to it.
    Clipped {
        /// The metrics that clip, and statistics that no metric needs.
        values: Vec<String>,
        /// Number of clipped samples, of the statistic that has most of them.
        count: u64,
    },
    /// Rows of probabilities whose sum differs from 1 by more than 2^-11 were used unchanged.
    Unnormalized {
        /// The metrics that interpret rows as probabilities, and statistics that no metric needs.
        values: Vec<String>,
        /// Number of such rows, of the statistic that has most of them.
        count: u64,
    },
    /// Outputs that should be probabilities (predictions, truths or both) do not sum to 1.
    UnnormalizedOutputs {
        /// The metrics that interpret outputs as probabilities, and statistics that no metric
        /// needs.
        values: Vec<String>,
        /// Number of such samples, of the statistic that has most of them.
        count: u64,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PrecisionLoss { input, largest_rounding, mean_absolute_error } => write!(
                f,
                "narrowing the {input} to 32-bit floats rounded it by up to {}, more than a \
                 thousandth of the mean absolute error, {}: subtract a common offset from \
                 prediction and truth first",
                number(*largest_rounding),
                number(*mean_absolute_error)
            ),
            Self::SmallWeights { count } => write!(
                f,
                "weights in {count} of the samples are too small for 32-bit floats and lost digits \
                 or count as zero: multiply all weights by a power of two, which changes no ratio"
            ),
            Self::Underflow { values, count } => write!(
                f,
                "numbers in at least {count} of the samples are so small that they count as zero \
                 in {}",
                values.join(", ")
            ),
            Self::Clipped { values, count } => write!(
                f,
                "the probability of the label is clipped in {count} of the samples in {}",
                values.join(", ")
            ),
            Self::Unnormalized { values, count } => write!(
                f,
                "the probabilities of {count} of the samples do not sum to 1 in {}: if they are \
                 logits, say so",
                values.join(", ")
            ),
            Self::UnnormalizedOutputs { values, count } => write!(
                f,
                "the predictions or the truths of {count} of the samples do not sum to 1 in {}: \
                 divide them by their sum",
                values.join(", ")
            ),
        }
    }
}

impl Warning {
    /// All warnings about these totals.
    pub(crate) fn all(
        totals: &Totals,
        plan: &Plan,
        specs: &[ResolvedMetric],
        precision_loss: &PrecisionLoss,
    ) -> Vec<Self> {
        // Without samples this is NaN, which no rounding exceeds.
        let mean_absolute_error =
            precision_loss.absolute_error.to_f64() / precision_loss.samples as f64;
        let roundings =
            [(Input::Prediction, precision_loss.prediction), (Input::Truth, precision_loss.truth)];
        let narrowed = roundings
            .into_iter()
            .filter(|(_, rounding)| *rounding > mean_absolute_error / 1000.0)
            .map(|(input, largest_rounding)| Self::PrecisionLoss {
                input,
                largest_rounding,
                mean_absolute_error,
            });
        let count = precision_loss.lossy_weights;
        let lossy_weights = (count > 0).then_some(Self::SmallWeights { count });
        let faults = Self::of_faults(totals, plan, specs);
        narrowed.chain(lossy_weights).chain(faults).collect()
    }

    /// The warning about underflow in binary problems, if any, with the largest number of samples
    /// of any problem.
    pub(crate) fn of_binary_problems(
        totals: &[Totals],
        plan: &Plan,
        specs: &[ResolvedMetric],
    ) -> Option<Self> {
        let (mut most, mut all) = (0, Vec::new());
        for family in plan.families.iter().filter(|family| !family.kind.is_view()) {
            for totals in &totals[family.totals.clone()] {
                let underflow = |faults: &Faults| faults.underflow;
                let affected = affected(totals, &family.statistics, specs, underflow);
                let (values, count) = affected.unwrap_or_default();
                most = most.max(count);
                all.extend(values);
            }
        }
        let values = specs.iter().map(|spec| spec.text.clone());
        let values = values.filter(|text| all.contains(text)).collect();
        (most > 0).then_some(Self::Underflow { values, count: most })
    }

    /// Warnings about samples that were flushed to zero, clipped, or not normalized.
    fn of_faults(totals: &Totals, plan: &Plan, specs: &[ResolvedMetric]) -> Vec<Self> {
        let statistics = &plan.view_statistics;
        let underflow = affected(totals, statistics, specs, |faults| faults.underflow)
            .map(|(values, count)| Self::Underflow { values, count });
        let clipped = affected(totals, statistics, specs, |faults| faults.clipped)
            .map(|(values, count)| Self::Clipped { values, count });
        let unnormalized = affected(totals, statistics, specs, |faults| faults.unnormalized).map(
            |(values, count)| match plan.task {
                Task::Regression => Self::UnnormalizedOutputs { values, count },
                _ => Self::Unnormalized { values, count },
            },
        );
        underflow.into_iter().chain(clipped).chain(unnormalized).collect()
    }
}

/// The metrics that a count of samples affects, as requested, and the largest count of a statistic;
/// none if all counts are zero.
fn affected(
    totals: &Totals,
    statistics: &StatisticSet,
    specs: &[ResolvedMetric],
    count: fn(&Faults) -> u64,
) -> Option<(Vec<String>, u64)> {
    let counts = totals.statistics.iter().map(|total| count(&total.faults));
    let largest = counts.clone().max().filter(|&count| count > 0)?;
    let statistics = statistics.iter().zip(&statistics.metrics).zip(counts);
    let affected = statistics.filter(|(_, count)| *count > 0).map(|(statistic, _)| statistic);
    let texts = specs.iter().map(|spec| &spec.text);
    let texts = texts.filter(|text| affected.clone().any(|(_, metrics)| metrics.contains(text)));
    let others = affected.clone().filter(|(_, metrics)| metrics.is_empty());
    let others = others.map(|(statistic, _)| statistic.to_string());
    Some((texts.cloned().chain(others).collect(), largest))
}

impl Report {
    pub(crate) fn new(
        device: DeviceSummary,
        weights: &Weights,
        class_names: Option<Vec<String>>,
        entries: Vec<MetricResult>,
        warnings: Vec<Warning>,
    ) -> Self {
        let sum = weights.sum.to_integer();
        let square_sum = weights.square_sum.to_integer() << -UNIT_EXPONENT as u32;
        Self {
            device,
            samples: weights.unmasked(),
            masked_samples: weights.masked,
            zero_weight_samples: weights.zero_weight,
            weight_sum: weights.sum.to_f64(),
            effective_samples: (!weights.sum.is_zero()).then(|| ratio(&(&sum * &sum), &square_sum)),
            class_names,
            entries,
            warnings,
        }
    }

    /// The names of the classes, or of the labels, if there are any.
    pub fn class_names(&self) -> Option<&[String]> {
        self.class_names.as_deref()
    }

    /// Replaces the names of the classes, or of the labels.
    pub fn set_class_names(&mut self, names: Option<Vec<String>>) {
        self.class_names = names;
    }

    /// The values of a metric, by its specification as requested.
    pub fn get(&self, spec: impl AsRef<str>) -> Option<&MetricResult> {
        self.entries.iter().find(|entry| entry.spec == spec.as_ref())
    }

    /// The unweighted value of a metric that is a single number.
    ///
    /// # Errors
    ///
    /// [`ReportError`]: not in the report, not a number, or undefined.
    pub fn unweighted(&self, spec: impl AsRef<str>) -> Result<f64, ReportError> {
        self.read(spec.as_ref(), Side::Unweighted, number_of)
    }

    /// The weighted value of a metric that is a single number.
    ///
    /// # Errors
    ///
    /// [`ReportError`]: not in the report, not a number, or undefined.
    pub fn weighted(&self, spec: impl AsRef<str>) -> Result<f64, ReportError> {
        self.read(spec.as_ref(), Side::Weighted, number_of)
    }

    /// An interval that contains the exact weighted value: certified bounds if the value is
    /// computed from bins, else the value twice.
    ///
    /// # Errors
    ///
    /// [`ReportError`]: not in the report, not a number, or undefined.
    pub fn interval(&self, spec: impl AsRef<str>) -> Result<[f64; 2], ReportError> {
        self.read(spec.as_ref(), Side::Weighted, interval_of)
    }

    /// An interval that contains the exact unweighted value.
    ///
    /// # Errors
    ///
    /// [`ReportError`]: not in the report, not a number, or undefined.
    pub fn unweighted_interval(&self, spec: impl AsRef<str>) -> Result<[f64; 2], ReportError> {
        self.read(spec.as_ref(), Side::Unweighted, interval_of)
    }

    /// The threshold at which the weighted value is attained, for metrics such as `ks_statistic`.
    ///
    /// # Errors
    ///
    /// [`ReportError`]: not in the report, without a threshold, or undefined.
    pub fn threshold(&self, spec: impl AsRef<str>) -> Result<f64, ReportError> {
        self.read(spec.as_ref(), Side::Weighted, threshold_of)
    }

    /// The threshold at which the unweighted value is attained.
    ///
    /// # Errors
    ///
    /// [`ReportError`]: not in the report, without a threshold, or undefined.
    pub fn unweighted_threshold(&self, spec: impl AsRef<str>) -> Result<f64, ReportError> {
        self.read(spec.as_ref(), Side::Unweighted, threshold_of)
    }

    /// Reads one side of a value.
    fn read<T>(
        &self,
        spec: &str,
        side: Side,
        read: fn(&Value, String) -> Result<T, ReportError>,
    ) -> Result<T, ReportError> {
        let Some(entry) = self.get(spec) else {
            let known = self.entries.iter().map(|entry| entry.spec.clone()).collect();
            return Err(ReportError::NotReported { spec: spec.to_owned(), known });
        };
        let value = match side {
            Side::Unweighted => &entry.unweighted,
            Side::Weighted => &entry.weighted,
        };
        let spec = spec.to_owned();
        match value {
            Ok(value) => read(value, spec),
            Err(reason) => Err(ReportError::Undefined { spec, reason: reason.clone() }),
        }
    }
}

/// One of the two values of a metric.
#[derive(Clone, Copy, Debug)]
enum Side {
    Unweighted,
    Weighted,
}

fn number_of(value: &Value, spec: String) -> Result<f64, ReportError> {
    value.scalar().ok_or(ReportError::NotANumber { spec })
}

fn interval_of(value: &Value, spec: String) -> Result<[f64; 2], ReportError> {
    let interval = value.bounded().ok_or(ReportError::NotANumber { spec })?;
    Ok([interval.low, interval.high])
}

fn threshold_of(value: &Value, spec: String) -> Result<f64, ReportError> {
    match value {
        Value::AtThreshold(value) => Ok(value.threshold),
        _ => Err(ReportError::NoThreshold { spec }),
    }
}
