//! A report as a table, JSON and Markdown.

use super::{Entry, Report, grid};
use crate::error::Undefined;
use crate::metric::Value;
use comfy_table::{CellAlignment, Table, TableStyle, presets};
use serde_json::{Map, Value as Json, json};
use std::fmt;

/// Names of undefined parts of a value that a note lists.
const MOST_NAMES: usize = 5;

/// Significant digits of numbers in tables.
const DIGITS: usize = 6;

impl fmt::Display for Report {
    /// A table for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.summary())?;
        write!(f, "{}", self.tables(presets::UTF8_FULL_CONDENSED).join("\n"))?;
        self.notes().iter().try_for_each(|note| write!(f, "\n{note}"))
    }
}

impl Report {
    /// The report as GitHub-flavoured Markdown.
    pub fn to_markdown(&self) -> String {
        let tables = self.tables(presets::ASCII_MARKDOWN).join("\n\n");
        let mut text = format!("{}\n\n{tables}\n", self.summary());
        for note in self.notes() {
            text.push_str(&format!("\n{note}\n"));
        }
        text
    }

    /// The report as JSON: `{"device": {...}, "samples": N, "masked_samples": N,
    /// "zero_weight_samples": N, "weight_sum": x, "effective_samples": x, "metrics": {"SPEC":
    /// {"unweighted": v, "weighted": v}}}`, and `"classes": [NAME, ...]` before the metrics if they have
    /// names.
    ///
    /// A v is a number, a (nested) list, or null with `"undefined": {"unweighted" | "weighted":
    /// "reason"}` beside it. A list may hold nulls: the reason is a list then, as long, and null where
    /// a number stands.
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
        if let Some(classes) = &self.classes {
            report["classes"] = json!(classes);
        }
        report["metrics"] = metrics.into();
        report
    }

    fn summary(&self) -> String {
        let effective = match self.effective_samples {
            Some(samples) => number(samples),
            None => "undefined".to_owned(),
        };
        let mut summary = format!(
            "{} samples, sum of weights {}, effective sample size {effective}",
            self.samples,
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

    /// A table of all values that are numbers or vectors, and a table for each matrix below a line
    /// that says what it is.
    fn tables(&self, style: TableStyle) -> Vec<String> {
        let names = self.classes.as_deref();
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

    /// A line for each reason why values are undefined, and for each warning.
    fn notes(&self) -> Vec<String> {
        let mut reasons: Vec<(String, Vec<String>)> = Vec::new();
        for entry in &self.entries {
            for (side, value) in entry.sides() {
                for (reason, concerned) in self.undefined(&entry.spec, value) {
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

    /// Why a value is undefined, or parts of it, and which.
    fn undefined(&self, spec: &str, value: &Result<Value, Undefined>) -> Vec<(Undefined, String)> {
        let parts = match value {
            Err(reason) => return vec![(reason.clone(), spec.to_owned())],
            Ok(value) => value.reasons(),
        };
        let names = self.classes.as_deref().filter(|names| names.len() == parts.len());
        let mut reasons: Vec<(&Undefined, Vec<usize>)> = Vec::new();
        for (index, reason) in parts.into_iter().enumerate() {
            let Some(reason) = reason else { continue };
            match reasons.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, indices)) => indices.push(index),
                None => reasons.push((reason, vec![index])),
            }
        }
        let told = |(reason, indices): (&Undefined, Vec<usize>)| {
            let shown = indices.iter().take(MOST_NAMES).map(|&index| grid::label(names, index));
            let mut shown = shown.collect::<Vec<_>>().join(", ");
            if indices.len() > MOST_NAMES {
                shown.push_str(&format!(" and {} more", indices.len() - MOST_NAMES));
            }
            (reason.clone(), format!("{spec} [{shown}]"))
        };
        reasons.into_iter().map(told).collect()
    }
}

impl Entry {
    /// Both values, with the names of their sides.
    pub(super) fn sides(&self) -> [(&'static str, &Result<Value, Undefined>); 2] {
        [("unweighted", &self.unweighted), ("weighted", &self.weighted)]
    }

    fn to_json(&self) -> Json {
        let mut entry = Map::new();
        let mut undefined = Map::new();
        for (side, value) in self.sides() {
            let (value, reason) = match value {
                Ok(value) => value.to_json(),
                Err(reason) => (Json::Null, Some(reason.to_string().into())),
            };
            entry.insert(side.to_owned(), value);
            undefined.extend(reason.map(|reason| (side.to_owned(), reason)));
        }
        if !undefined.is_empty() {
            entry.insert("undefined".to_owned(), undefined.into());
        }
        entry.into()
    }
}

impl Value {
    /// The value, null where it is undefined, and why it is so there; none if all of it is defined.
    fn to_json(&self) -> (Json, Option<Json>) {
        let json = match self {
            Self::Scalar(number) => json!(number),
            Self::Vector(numbers) => {
                numbers.iter().map(|number| json!(number.as_ref().ok())).collect()
            }
            Self::Matrix(rows) => rows.iter().map(|row| json!(row.as_ref().ok())).collect(),
        };
        let reasons = self.reasons();
        let text = |reason: Option<&Undefined>| json!(reason.map(ToString::to_string));
        let undefined = reasons.iter().any(Option::is_some);
        (json, undefined.then(|| reasons.into_iter().map(text).collect()))
    }
}

/// A number with a few significant digits; integers whole.
pub(super) fn number(x: f64) -> String {
    let magnitude = x.abs();
    if x == x.trunc() && magnitude < 1e15 {
        format!("{x:.0}")
    } else if (1e-4..1e15).contains(&magnitude) {
        let integer_digits = magnitude.log10().floor() as i64 + 1;
        let decimals = (DIGITS as i64 - integer_digits).clamp(0, 10) as usize;
        format!("{x:.decimals$}")
    } else {
        format!("{x:.*e}", DIGITS - 1)
    }
}
