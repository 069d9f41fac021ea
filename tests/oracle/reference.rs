//! Compares metrics with scikit-learn's values in f64, or with the formula in f64 if scikit-learn
//! has none. Data are predictions of real models, with weights that include zeros and a few very
//! large ones.

#[cfg(feature = "gpu")]
use crate::common::devices::adapters;
use crate::common::random::Random;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use weighbridge::metric::{self, ResolvedMetric, Value};
use weighbridge::statistic::{Statistic, ValueFn};
use weighbridge::{Batch, Device, Evaluator, EvaluatorBuilder, Precision, Report, Task};

/// Metrics of the reference cases that are computed from bins, with a certified interval.
const CERTIFIED: &[&str] = &["roc_auc", "average_precision"];

/// Bounds stated with the cases. A value made of counts or exact moments differs only by the
/// roundings of the reference's own f64 arithmetic; 1200 terms of 2^-53 are 1.3e-13.
const EXACT_TOLERANCE: f64 = 1e-11;
/// A value computed from f32 terms: each term is within 4 ulp, 2^-22 or 2.4e-7 relative.
const F32_TOLERANCE: f64 = 1e-6;

/// A value in double precision, of the same numbers: the reference itself has such errors.
const DOUBLE_TOLERANCE: f64 = 1e-12;

/// A reference case: columns and expected metrics.
struct Case {
    name: &'static str,
    task: Task,
    from_logits: bool,
    /// A row of scores per sample, with one element if a prediction is a single number.
    prediction: Vec<Vec<f32>>,
    /// A row of labels per sample, with one element if a truth is a single number.
    truth: Vec<Vec<f32>>,
    weight: Vec<f32>,
    metrics: serde_json::Map<String, Json>,
}

macro_rules! case {
    ($name:literal) => {
        Case::read(
            $name,
            include_str!(concat!("../data/", $name, ".csv")),
            include_str!(concat!("../data/", $name, ".json")),
        )
    };
}

fn cases() -> [Case; 6] {
    [
        case!("diabetes"),
        case!("shifted"),
        case!("cancer"),
        case!("cancer_logits"),
        case!("wine_logits"),
        case!("multilabel"),
    ]
}

impl Case {
    fn read(name: &'static str, csv: &str, json: &str) -> Self {
        let json: Json = serde_json::from_str(json).unwrap();
        let mut lines = csv.lines();
        let header: Vec<_> = lines.next().unwrap().split(',').collect();
        let rows: Vec<Vec<f32>> =
            lines.map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect()).collect();
        let column = |name: &Json| {
            let index = header.iter().position(|column| *column == name.as_str().unwrap()).unwrap();
            rows.iter().map(|row| row[index]).collect::<Vec<f32>>()
        };
        let columns = |names: &Json| -> Vec<Vec<f32>> {
            let columns: Vec<_> = names.as_array().unwrap().iter().map(column).collect();
            (0..rows.len()).map(|row| columns.iter().map(|column| column[row]).collect()).collect()
        };
        Self {
            name,
            task: serde_json::from_value(json["task"].clone()).unwrap(),
            from_logits: json["flags"].as_array().unwrap().iter().any(|f| *f == "--from-logits"),
            prediction: columns(&json["prediction"]),
            truth: columns(&json["truth"]),
            weight: column(&json["weight"]),
            metrics: json["metrics"].as_object().unwrap().clone(),
        }
    }

    /// The specs of its metrics.
    fn specs(&self) -> Vec<&str> {
        self.metrics.keys().map(String::as_str).collect()
    }

    /// The specs of the metrics of curves.
    fn certified(&self) -> Vec<&str> {
        self.specs().into_iter().filter(|spec| CERTIFIED.contains(&name(spec))).collect()
    }

    fn evaluator(&self) -> Evaluator {
        self.evaluator_on(Device::Cpu)
    }

    fn evaluator_on(&self, device: Device) -> Evaluator {
        self.evaluator_of(&self.specs(), device)
    }

    fn evaluator_of(&self, specs: &[&str], device: Device) -> Evaluator {
        self.builder(specs, device).build().unwrap()
    }

    fn builder(&self, specs: &[&str], device: Device) -> EvaluatorBuilder {
        let width = self.prediction[0].len() as u32;
        let builder = Evaluator::builder(self.task).classes(width as usize);
        let builder =
            if self.task == Task::Multilabel { builder.outputs(width as usize) } else { builder };
        let builder = builder.metrics(specs.iter().copied());
        builder.from_logits(self.from_logits).device(device)
    }

    fn update(&self, evaluator: &mut Evaluator, rows: &[usize]) {
        let elements = |of: &[Vec<f32>]| -> Vec<f32> {
            rows.iter().flat_map(|&row| &of[row]).copied().collect()
        };
        let (prediction, truth) = (elements(&self.prediction), elements(&self.truth));
        let weight: Vec<_> = rows.iter().map(|&row| self.weight[row]).collect();
        evaluator.update(&Batch::new(&prediction, &truth).weights(&weight)).unwrap();
    }

    fn rows(&self) -> Vec<usize> {
        (0..self.prediction.len()).collect()
    }

    fn report(&self, precision: Precision) -> Report {
        let builder = self.builder(&self.specs(), Device::Cpu).precision(precision);
        let mut evaluator = builder.build().unwrap();
        self.update(&mut evaluator, &self.rows());
        evaluator.result().unwrap()
    }
}

/// The metric name in a spec.
fn name(spec: &str) -> &str {
    spec.split(':').next().unwrap()
}

/// The numbers of a value, row by row.
fn flat(value: &Json) -> Vec<f64> {
    match value {
        Json::Array(values) => values.iter().flat_map(flat).collect(),
        number => vec![number.as_f64().unwrap()],
    }
}

fn tolerance(spec: &ResolvedMetric, precision: Precision) -> f64 {
    if precision == Precision::Double {
        return DOUBLE_TOLERANCE;
    }
    let exact = |statistic: &Statistic| match statistic.value().map(|value| value.function) {
        // Under logits, probabilities are f32 terms too.
        Some(function) if matches!(statistic, Statistic::Calibration { .. }) => {
            matches!(function, ValueFn::Probability | ValueFn::MaxProbability)
        }
        Some(function) => matches!(function, ValueFn::Correct | ValueFn::TopK),
        None => true,
    };
    let statistics = &spec.statistics;
    if statistics.iter().all(exact) { EXACT_TOLERANCE } else { F32_TOLERANCE }
}

#[test]
fn values_match_the_reference() {
    for (case, precision) in cases()
        .iter()
        .flat_map(|case| [Precision::Single, Precision::Double].map(|precision| (case, precision)))
    {
        let report = case.report(precision);
        for spec in case.evaluator().specs() {
            let entry = report.get(&spec.text).unwrap();
            let sides = [("unweighted", &entry.unweighted), ("weighted", &entry.weighted)];
            for (side, value) in sides {
                let what = format!("{}, {precision}: {side} {}", case.name, spec.text);
                let expected = flat(&case.metrics[&spec.text][side]);
                let value: &Value = value.as_ref().unwrap_or_else(|e| panic!("{what}: {e}"));
                let found = value.numbers().unwrap_or_else(|e| panic!("{what}: {e}"));
                assert_eq!(found.len(), expected.len(), "{what}");
                for (found, expected) in found.into_iter().zip(expected) {
                    let error = ((found - expected) / expected).abs();
                    let bound = tolerance(spec, precision);
                    assert!(error <= bound, "{what}: {found}, expected {expected}: {error:e}");
                }
            }
        }
    }
}

/// Samples of one bin count as equal; the reference lies within the reported interval.
#[test]
fn certified_intervals_contain_the_reference() {
    let mut compared = 0;
    for case in cases().iter().filter(|case| !case.certified().is_empty()) {
        let specs = case.certified();
        let binned: Vec<_> = specs.iter().map(|spec| format!("{spec}:bins=4096")).collect();
        let binned: Vec<_> = binned.iter().map(String::as_str).collect();
        let mut evaluator = case.evaluator_of(&binned, Device::Cpu);
        case.update(&mut evaluator, &case.rows());
        let report = evaluator.result().unwrap();
        for (entry, spec) in report.entries.iter().zip(specs) {
            for (side, value) in [("unweighted", &entry.unweighted), ("weighted", &entry.weighted)]
            {
                let what = format!("{}: {side} {}", case.name, entry.spec);
                let Ok(Value::Interval(found)) = value else { panic!("{what}: {value:?}") };
                let expected = case.metrics[spec][side].as_f64().unwrap();
                let holds = found.low - EXACT_TOLERANCE <= expected
                    && expected <= found.high + EXACT_TOLERANCE;
                assert!(holds, "{what}: {expected} is not in {found:?}");
                assert!(found.low <= found.value && found.value <= found.high, "{what}: {found:?}");
                // Some labels have few samples, and one of them may dominate: precision jumps in
                // its bin.
                let of_pairs = entry.spec.starts_with("roc_auc");
                assert!(!of_pairs || found.high - found.low < 0.05, "{what}: {found:?}");
                compared += 1;
            }
        }
    }
    assert!(compared >= 20, "only {compared} values");
}

#[test]
fn every_metric_of_the_reference_cases_exists() {
    let known: BTreeSet<_> = metric::all().map(|metric| metric.name).collect();
    for case in cases() {
        let missing = case.metrics.keys().map(|spec| name(spec)).find(|name| !known.contains(name));
        assert_eq!(missing, None, "{}", case.name);
    }
}

#[test]
fn reports_do_not_depend_on_split_or_order() {
    let mut random = Random::new(1);
    for case in cases() {
        let mut whole = case.evaluator();
        case.update(&mut whole, &case.rows());
        let (state, report) = (whole.state().unwrap(), whole.result().unwrap());
        for batch_len in [1, 7, 32, 100, 1000] {
            let mut rows = case.rows();
            random.shuffle(&mut rows);
            let mut split = case.evaluator();
            rows.chunks(batch_len).for_each(|rows| case.update(&mut split, rows));
            assert_eq!(split.state().unwrap(), state, "{} by {batch_len}", case.name);
            // Debug distinguishes −0 from 0, and every f64 from its neighbours.
            let (found, expected) = (split.result().unwrap(), &report);
            assert_eq!(format!("{found:?}"), format!("{expected:?}"), "{}", case.name);
        }
    }
}

/// One case is enough: values are computed from states by the same code for every adapter.
#[cfg(feature = "gpu")]
#[test]
fn states_are_the_same_bits_on_every_adapter() {
    let case = case!("wine_logits");
    for adapter in adapters() {
        let [expected, found] = [Device::Cpu, adapter.clone()].map(|device| {
            let mut evaluator = case.evaluator_on(device);
            case.update(&mut evaluator, &case.rows());
            evaluator.state().unwrap()
        });
        assert!(found == expected, "{} on {adapter:?}", case.name);
    }
}
