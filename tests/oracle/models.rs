//! Compares metrics in double precision with scikit-learn's, on f64 predictions of real models.
//!
//! `tests/data/sklearn_models/generate.py` makes the cases: a file of columns for each, and one of
//! what scikit-learn computes from them.

use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use weighbridge::{Batch, Device, Evaluator, Report, Task};

/// The largest relative difference from scikit-learn's value.
///
/// Each side has roundings of f64 in each sample's value, and in its last steps; scikit-learn also
/// rounds its sums. 2000 terms of 2^-53 are 2.2e-13, and the subtraction of nearly equal sums, as
/// in a kappa near 0, costs a digit more. Where scikit-learn is further than 1e-13 from exact
/// arithmetic, the exact value is compared instead.
const TOLERANCE: f64 = 1e-12;
/// The largest difference from a value of exactly 0. Tiny values are compared like all others: a
/// deviance of Unix times is 1e-16.
const ZERO_TOLERANCE: f64 = 1e-15;

/// A case: columns, settings, and expected values.
struct Case {
    name: String,
    prediction: Vec<f64>,
    truth: Vec<f64>,
    weight: Vec<f64>,
    json: Json,
}

impl Case {
    fn read(path: &Path) -> Self {
        let json: Json = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let text = fs::read_to_string(path.with_extension("csv")).unwrap();
        let mut lines = text.lines();
        let header: Vec<_> = lines.next().unwrap().split(',').collect();
        let index = |name: &Json| header.iter().position(|column| column == name).unwrap();
        let rows: Vec<Vec<f64>> =
            lines.map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect()).collect();
        // The columns row by row.
        let elements = |names: &[Json]| -> Vec<f64> {
            let columns: Vec<_> = names.iter().map(index).collect();
            rows.iter().flat_map(|row| columns.iter().map(|&column| row[column])).collect()
        };
        Self {
            name: path.file_stem().unwrap().to_str().unwrap().to_owned(),
            prediction: elements(json["prediction"].as_array().unwrap()),
            truth: elements(json["truth"].as_array().unwrap()),
            weight: elements(&[json["weight"].clone()]),
            json,
        }
    }

    fn expected(&self) -> &Map<String, Json> {
        self.json["expected"].as_object().unwrap()
    }

    fn report(&self) -> Report {
        let task: Task = serde_json::from_value(self.json["task"].clone()).unwrap();
        let mut builder = Evaluator::builder(task)
            .metrics(self.expected().keys())
            .from_logits(self.json["from_logits"].as_bool().unwrap())
            .device(Device::Cpu);
        match task {
            Task::Binary => builder = builder.threshold(self.json["threshold"].as_f64().unwrap()),
            Task::Multiclass => builder = builder.classes(self.prediction.len() / self.truth.len()),
            _ => {}
        }
        let mut evaluator = builder.build().unwrap();
        let batch = Batch::new(&self.prediction, &self.truth).weights(&self.weight);
        evaluator.update(&batch).unwrap();
        evaluator.result().unwrap()
    }
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/sklearn_models");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    files.iter().map(|path| Case::read(path)).collect()
}

/// The numbers of a value, row by row.
fn flat(value: &Json) -> Vec<f64> {
    match value {
        Json::Array(values) => values.iter().flat_map(flat).collect(),
        number => vec![number.as_f64().unwrap()],
    }
}

/// Prints the largest relative difference of each metric.
#[test]
fn values_in_double_precision_match_scikit_learn() {
    let mut compared = 0;
    let mut largest = BTreeMap::new();
    let mut failures = Vec::new();
    for case in cases() {
        let report = case.report();
        for (spec, expected) in case.expected() {
            let entry = report.get(spec).unwrap();
            let sides = [("unweighted", &entry.unweighted), ("weighted", &entry.weighted)];
            // scikit-learn cannot weight some metrics.
            for (side, value) in sides.into_iter().filter(|(side, _)| expected.get(side).is_some())
            {
                let what = format!("{}: {side} {spec}", case.name);
                let exact = case.json["exact"].get(spec).unwrap_or(expected);
                let expected = flat(&exact[side]);
                let value = value.as_ref().unwrap_or_else(|e| panic!("{what}: {e}"));
                let found = value.numbers().unwrap_or_else(|e| panic!("{what}: {e}"));
                assert_eq!(found.len(), expected.len(), "{what}");
                for (found, expected) in found.into_iter().zip(expected) {
                    compared += 1;
                    if expected == 0.0 {
                        assert!(found.abs() <= ZERO_TOLERANCE, "{what}: {found}, expected 0");
                        continue;
                    }
                    let relative = ((found - expected) / expected).abs();
                    let worst = largest.entry(spec.clone()).or_insert((0.0, String::new()));
                    if relative > worst.0 {
                        *worst = (relative, what.clone());
                    }
                    if relative > TOLERANCE {
                        failures.push(format!("{what}: {found}, expected {expected}"));
                    }
                }
            }
        }
    }
    for (spec, (relative, what)) in largest {
        println!("{spec:36} {relative:8.1e} in {what}");
    }
    assert!(compared > 3500, "only {compared} values");
    let (failed, failures) = (failures.len(), failures.join("\n"));
    assert!(failed == 0, "{failed} of {compared} values differ:\n{failures}");
}
