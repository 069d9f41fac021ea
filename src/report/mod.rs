//! Reports: values, with the information needed to judge them, printed as a table, JSON or
//! Markdown.

mod device;
mod error;
mod grid;
mod number;
mod precision;
mod result;
mod text;
mod warning;

pub use self::device::DeviceSummary;
pub use self::error::ReportError;
pub(crate) use self::number::number;
pub use self::precision::SamplePrecision;
pub use self::result::MetricResult;
pub use self::warning::Warning;

use self::text::{footnotes, tables};
use crate::exact::layout::UNIT_EXPONENT;
use crate::exact::ratio::ratio;
use crate::metric::Value;
use crate::statistic::Weights;
use comfy_table::presets;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value as Json, json};
use std::fmt;

/// The values of an evaluator's metrics, unweighted and weighted side by side.
///
/// A report is plain data. `Display` prints a table; see [`to_json`](Self::to_json) and
/// [`to_markdown`](Self::to_markdown) for other formats.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The device that did the work.
    pub device: DeviceSummary,
    /// The precision of the samples. Those in double precision are computed by the CPU engine,
    /// whatever the device.
    pub precision: SamplePrecision,
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
    /// The names of the classes, or of the labels, if there are any.
    pub class_names: Option<Vec<String>>,
    /// The metrics, in the order in which they were requested.
    pub entries: Vec<MetricResult>,
    /// Warnings about the values.
    pub warnings: Vec<Warning>,
}

impl Report {
    pub(crate) fn new(
        device: DeviceSummary,
        precision: SamplePrecision,
        weights: &Weights,
        class_names: Option<Vec<String>>,
        entries: Vec<MetricResult>,
        warnings: Vec<Warning>,
    ) -> Self {
        let sum = weights.sum.to_integer();
        let square_sum = weights.square_sum.to_integer() << -UNIT_EXPONENT as u32;
        Self {
            device,
            precision,
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

    /// The report as GitHub-flavoured Markdown.
    pub fn to_markdown(&self) -> String {
        let names = self.names_in_line();
        let escaped = |names: Vec<String>| names.iter().map(|n| n.replace('|', "\\|")).collect();
        let escaped: Option<Vec<_>> = names.clone().map(escaped);
        let tables =
            tables(&self.entries, presets::ASCII_MARKDOWN, escaped.as_deref()).join("\n\n");
        let mut text = format!("{}\n\n{tables}\n", self.summary());
        for note in footnotes(&self.entries, &self.warnings, names.as_deref()) {
            text.push_str(&format!("\n{note}\n"));
        }
        text
    }

    /// The report as JSON: `{"device": {...}, "precision": "single" | "double" | "mixed",
    /// "samples": N, "masked_samples": N, "zero_weight_samples": N, "weight_sum": x,
    /// "effective_samples": x, "metrics": {"SPEC": {"unweighted": v, "weighted": v}}}`, and
    /// `"classes": [NAME, ...]` before the metrics if they have names.
    ///
    /// v is a number, a (nested) list, or null. If it is null, `"undefined": {"unweighted" |
    /// "weighted": "reason"}` says why. A list may contain nulls; `"undefined"` is then `{"reason":
    /// [index, ...]}`, with the indices to which each reason applies. A value computed from bins
    /// has `"interval": {"unweighted": [low, high], "weighted": [low, high]}`, and one that is
    /// reached at a threshold has `"threshold": {"unweighted": x, "weighted": x}`. `"warnings":
    /// [sentence, ...]` comes last, if there are any.
    pub fn to_json(&self) -> Json {
        let metrics: Map<_, _> =
            self.entries.iter().map(|entry| (entry.spec.clone(), entry.to_json())).collect();
        let mut report = json!({
            "device": self.device,
            "precision": self.precision,
            "samples": self.samples,
            "masked_samples": self.masked_samples,
            "zero_weight_samples": self.zero_weight_samples,
            "weight_sum": self.weight_sum,
            "effective_samples": self.effective_samples,
        });
        if let Some(classes) = &self.class_names {
            report["classes"] = json!(classes);
        }
        report["metrics"] = metrics.into();
        if !self.warnings.is_empty() {
            report["warnings"] = self.warnings.iter().map(ToString::to_string).collect();
        }
        report
    }

    /// The lines above the tables.
    fn summary(&self) -> String {
        let effective = match self.effective_samples {
            Some(samples) => number(samples),
            None => "undefined".to_owned(),
        };
        let mut summary = format!(
            "{} {}, sum of weights {}, effective sample size {effective}",
            self.samples,
            if self.samples == 1 { "sample" } else { "samples" },
            number(self.weight_sum),
        );
        if self.zero_weight_samples > 0 {
            summary.push_str(&format!(", {} with weight 0", self.zero_weight_samples));
        }
        if self.masked_samples > 0 {
            summary.push_str(&format!(", {} masked", self.masked_samples));
        }
        let checked = if self.device.checked { ", checked: both engines agree" } else { "" };
        let note = self.device.note.iter().map(|note| format!("; {note}")).collect::<String>();
        let on_cpu = if self.device.engine == "cpu" { "" } else { " on the CPU" };
        let precision = match self.precision {
            SamplePrecision::Single => String::new(),
            SamplePrecision::Double => format!("; double precision{on_cpu}"),
            SamplePrecision::Mixed { double } => {
                format!("; {double} of the samples in double precision{on_cpu}")
            }
        };
        format!("{summary}\n{}{checked}{precision}{note}", self.device.name)
    }

    /// The names of the classes, without line breaks.
    fn names_in_line(&self) -> Option<Vec<String>> {
        let in_line = |c: char| match c.is_control() {
            true => c.escape_default().to_string(),
            false => c.to_string(),
        };
        let in_line = |name: &String| name.chars().map(in_line).collect();
        self.class_names.as_ref().map(|names| names.iter().map(in_line).collect())
    }
}

impl fmt::Display for Report {
    /// Prints a text table.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.summary())?;
        let names = self.names_in_line();
        let tables = tables(&self.entries, presets::UTF8_FULL_CONDENSED, names.as_deref());
        write!(f, "{}", tables.join("\n"))?;
        footnotes(&self.entries, &self.warnings, names.as_deref())
            .iter()
            .try_for_each(|note| write!(f, "\n{note}"))
    }
}

/// As [`to_json`](Report::to_json).
impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
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
