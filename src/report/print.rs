//! A report as a table, JSON and Markdown.

use super::number::number;
use super::{MetricResult, Report, grid};
use crate::error::Undefined;
use crate::metric::{Axes, Value};
use comfy_table::{CellAlignment, Table, TableStyle, presets};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value as Json, json};
use std::fmt;

/// The largest number of undefined parts of a value that a note names.
const MAX_NAMES: usize = 5;

impl fmt::Display for Report {
    /// Prints a text table.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.summary())?;
        let names = self.names();
        let tables = self.tables(presets::UTF8_FULL_CONDENSED, names.as_deref());
        write!(f, "{}", tables.join("\n"))?;
        self.notes(names.as_deref()).iter().try_for_each(|note| write!(f, "\n{note}"))
    }
}

/// As [`to_json`](Report::to_json).
impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl Report {
    /// The report as GitHub-flavoured Markdown.
    pub fn to_markdown(&self) -> String {
        let names = self.names();
        let escaped = |names: Vec<String>| names.iter().map(|n| n.replace('|', "\\|")).collect();
        let escaped: Option<Vec<_>> = names.clone().map(escaped);
        let tables = self.tables(presets::ASCII_MARKDOWN, escaped.as_deref()).join("\n\n");
        let mut text = format!("{}\n\n{tables}\n", self.summary());
        for note in self.notes(names.as_deref()) {
            text.push_str(&format!("\n{note}\n"));
        }
        text
    }

    /// The report as JSON: `{"device": {...}, "samples": N, "masked_samples": N,
    /// "zero_weight_samples": N, "weight_sum": x, "effective_samples": x, "metrics": {"SPEC":
    /// {"unweighted": v, "weighted": v}}}`, and `"classes": [NAME, ...]` before the metrics if they
    /// have names.
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
            summary.push_str(&format!(", {} of weight zero", self.zero_weight_samples));
        }
        if self.masked_samples > 0 {
            summary.push_str(&format!(", {} masked", self.masked_samples));
        }
        let checked = if self.device.checked { ", checked: both engines agree" } else { "" };
        format!("{summary}\n{}{checked}", self.device.name)
    }

    /// The names of the classes, without line breaks.
    fn names(&self) -> Option<Vec<String>> {
        let in_line = |c: char| match c.is_control() {
            true => c.escape_default().to_string(),
            false => c.to_string(),
        };
        let in_line = |name: &String| name.chars().map(in_line).collect();
        self.class_names.as_ref().map(|names| names.iter().map(in_line).collect())
    }

    /// A table of all values that are numbers or vectors, and a table for each matrix below a
    /// title.
    fn tables(&self, style: TableStyle, names: Option<&[String]>) -> Vec<String> {
        let (matrices, others): (Vec<_>, Vec<_>) =
            self.entries.iter().partition(|entry| grid::is_matrix(entry));
        let mut table = Table::new();
        table.load_style(style).set_header(["metric", "unweighted", "weighted"]);
        table.add_rows(others.iter().flat_map(|entry| grid::rows(entry, names)));
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        let table = (!others.is_empty()).then(|| table.to_string());
        let grids = matrices.into_iter().flat_map(|entry| grid::grids(entry, names, style));
        table.into_iter().chain(grids).collect()
    }

    /// A line per reason why values are undefined, and per warning.
    fn notes(&self, names: Option<&[String]>) -> Vec<String> {
        let mut reasons: Vec<(String, Vec<String>)> = Vec::new();
        for entry in &self.entries {
            for (side, value) in entry.sides() {
                for (reason, concerned) in undefined(entry, value, names) {
                    let reason = format!("undefined ({side}), {reason}");
                    match reasons.iter_mut().find(|(known, _)| *known == reason) {
                        Some((_, specs)) => specs.push(concerned),
                        None => reasons.push((reason, vec![concerned])),
                    }
                }
            }
        }
        let reasons =
            reasons.iter().map(|(reason, specs)| format!("{reason}: {}", specs.join(", ")));
        let warnings = self.warnings.iter().map(|warning| format!("warning: {warning}"));
        reasons.chain(warnings).collect()
    }
}

impl MetricResult {
    /// Both values, with the names of their sides.
    pub(super) fn sides(&self) -> [(&'static str, &Result<Value, Undefined>); 2] {
        [("unweighted", &self.unweighted), ("weighted", &self.weighted)]
    }

    fn to_json(&self) -> Json {
        let mut entry = Map::new();
        let [mut undefined, mut intervals, mut thresholds] = [(); 3].map(|()| Map::new());
        for (side, value) in self.sides() {
            if let Ok(Value::Interval(number)) = value {
                intervals.insert(side.to_owned(), json!([number.low, number.high]));
            }
            if let Ok(Value::AtThreshold(number)) = value {
                thresholds.insert(side.to_owned(), json!(number.threshold));
            }
            let (value, reason) = match value {
                Ok(value) => value.to_json(),
                Err(reason) => (Json::Null, Some(reason.to_string().into())),
            };
            entry.insert(side.to_owned(), value);
            undefined.extend(reason.map(|reason| (side.to_owned(), reason)));
        }
        let beside = [("undefined", undefined), ("interval", intervals), ("threshold", thresholds)];
        for (key, of_sides) in beside.into_iter().filter(|(_, of_sides)| !of_sides.is_empty()) {
            entry.insert(key.to_owned(), of_sides.into());
        }
        entry.into()
    }
}

impl Value {
    /// Each reason why parts of the value are undefined, with the indices of these parts.
    fn grouped_reasons(&self) -> Vec<(&Undefined, Vec<usize>)> {
        let mut groups: Vec<(&Undefined, Vec<usize>)> = Vec::new();
        let reasons = self.reasons().into_iter().enumerate();
        for (index, reason) in reasons.filter_map(|(index, reason)| Some((index, reason?))) {
            match groups.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, indices)) => indices.push(index),
                None => groups.push((reason, vec![index])),
            }
        }
        groups
    }

    /// The value, null where it is undefined, and the reasons; none if all of it is defined.
    fn to_json(&self) -> (Json, Option<Json>) {
        let json = match self {
            Self::Scalar(number) => json!(number),
            Self::Interval(number) => json!(number.value),
            Self::AtThreshold(number) => json!(number.value),
            Self::Vector(numbers) => {
                numbers.iter().map(|number| json!(number.as_ref().ok())).collect()
            }
            Self::Matrix(rows) => rows.iter().map(|row| json!(row.as_ref().ok())).collect(),
        };
        let reasons = self.grouped_reasons();
        let told =
            |(reason, indices): &(&Undefined, Vec<usize>)| (reason.to_string(), json!(indices));
        let undefined: Map<_, _> = reasons.iter().map(told).collect();
        (json, (!undefined.is_empty()).then(|| undefined.into()))
    }
}

/// The reason why a value, or parts of it, are undefined, and the names of these parts.
fn undefined(
    entry: &MetricResult,
    value: &Result<Value, Undefined>,
    names: Option<&[String]>,
) -> Vec<(Undefined, String)> {
    let spec = &entry.spec;
    let value = match value {
        Err(reason) => return vec![(reason.clone(), spec.clone())],
        Ok(value) => value,
    };
    // Rows without names are not parts that a user can request.
    if let (Value::Matrix(_), Axes::Columns(_)) = (value, entry.axes) {
        let reasons = value.grouped_reasons().into_iter();
        return reasons.map(|(reason, _)| (reason.clone(), spec.clone())).collect();
    }
    let names = names.filter(|names| names.len() == value.reasons().len());
    let told = |(reason, indices): (&Undefined, Vec<usize>)| {
        let shown = indices.iter().take(MAX_NAMES).map(|&index| grid::label(names, index));
        let mut shown = shown.collect::<Vec<_>>().join(", ");
        if indices.len() > MAX_NAMES {
            shown.push_str(&format!(" and {} more", indices.len() - MAX_NAMES));
        }
        (reason.clone(), format!("{spec} [{shown}]"))
    };
    value.grouped_reasons().into_iter().map(told).collect()
}
