//! A report as a table, JSON and Markdown.

use super::{Entry, Report};
use crate::error::Undefined;
use crate::metric::Value;
use comfy_table::{CellAlignment, Table, TableStyle, presets};
use serde_json::{Map, Value as Json, json};
use std::fmt;

/// Significant digits of numbers in tables.
const DIGITS: usize = 6;

impl fmt::Display for Report {
    /// A table for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.summary())?;
        write!(f, "{}", self.table(presets::UTF8_FULL_CONDENSED))?;
        self.notes().iter().try_for_each(|note| write!(f, "\n{note}"))
    }
}

impl Report {
    /// The report as GitHub-flavoured Markdown.
    pub fn to_markdown(&self) -> String {
        let mut text = format!("{}\n\n{}\n", self.summary(), self.table(presets::ASCII_MARKDOWN));
        for note in self.notes() {
            text.push_str(&format!("\n{note}\n"));
        }
        text
    }

    /// The report as JSON: `{"device": {...}, "samples": N, "masked_samples": N,
    /// "zero_weight_samples": N, "weight_sum": x, "effective_samples": x, "metrics": {"SPEC":
    /// {"unweighted": v, "weighted": v}}}`.
    ///
    /// A v is a number, a (nested) list, or null with `"undefined": {"unweighted" | "weighted":
    /// "reason"}` beside it.
    pub fn to_json(&self) -> Json {
        let metrics: Map<_, _> =
            self.entries.iter().map(|entry| (entry.spec.clone(), entry.to_json())).collect();
        json!({
            "device": self.device,
            "samples": self.samples,
            "masked_samples": self.masked_samples,
            "zero_weight_samples": self.zero_weight_samples,
            "weight_sum": self.weight_sum,
            "effective_samples": self.effective_samples,
            "metrics": metrics,
        })
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

    fn table(&self, style: TableStyle) -> Table {
        let mut table = Table::new();
        table.load_style(style).set_header(["metric", "unweighted", "weighted"]);
        for entry in &self.entries {
            table.add_row([entry.spec.clone(), text(&entry.unweighted), text(&entry.weighted)]);
        }
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        table
    }

    /// A line for each reason why values are undefined, and for each warning.
    fn notes(&self) -> Vec<String> {
        let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
        for entry in &self.entries {
            for (side, value) in entry.sides() {
                let Err(reason) = value else { continue };
                let reason = format!("undefined ({side}), {reason}");
                match reasons.iter_mut().find(|(known, _)| *known == reason) {
                    Some((_, specs)) => specs.push(&entry.spec),
                    None => reasons.push((reason, vec![&entry.spec])),
                }
            }
        }
        let reasons =
            reasons.iter().map(|(reason, specs)| format!("{reason}: {}", specs.join(", ")));
        let warnings = self.warnings.iter().map(|warning| format!("warning: {warning}"));
        reasons.chain(warnings).collect()
    }
}

impl Entry {
    /// Both values, with the names of their sides.
    fn sides(&self) -> [(&'static str, &Result<Value, Undefined>); 2] {
        [("unweighted", &self.unweighted), ("weighted", &self.weighted)]
    }

    fn to_json(&self) -> Json {
        let mut entry = Map::new();
        let mut undefined = Map::new();
        for (side, value) in self.sides() {
            entry.insert(side.to_owned(), json!(value.as_ref().ok()));
            if let Err(reason) = value {
                undefined.insert(side.to_owned(), reason.to_string().into());
            }
        }
        if !undefined.is_empty() {
            entry.insert("undefined".to_owned(), undefined.into());
        }
        entry.into()
    }
}

fn text(value: &Result<Value, Undefined>) -> String {
    match value {
        Ok(Value::Scalar(x)) => number(*x),
        Ok(Value::Vector(row)) => self::row(row),
        Ok(Value::Matrix(rows)) => {
            rows.iter().map(|r| self::row(r)).collect::<Vec<_>>().join(" / ")
        }
        Err(_) => "undefined".to_owned(),
    }
}

fn row(numbers: &[f64]) -> String {
    numbers.iter().map(|&x| number(x)).collect::<Vec<_>>().join(" ")
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
