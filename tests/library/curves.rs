//! Curves and selected thresholds agree with each other, and with the counts of evaluators that are
//! configured with these thresholds.

use crate::common::random::Random;
use weighbridge::metric::{AtThreshold, Value};
use weighbridge::{Batch, Device, Evaluator, Report, Task, Undefined};

struct Data {
    scores: Vec<f32>,
    labels: Vec<u8>,
    weights: Vec<f32>,
}

/// Scores with ties; one kind has weights over 20 orders of magnitude.
fn data(kind: usize, samples: usize, random: &mut Random) -> Data {
    let mut unit = || random.below(1 << 24) as f32 / 2_f32.powi(24);
    let mut data = Data { scores: vec![], labels: vec![], weights: vec![] };
    for row in 0..samples {
        let score = unit();
        data.scores.push(if kind.is_multiple_of(2) {
            score
        } else {
            (score * 16.0).floor() / 16.0
        });
        data.labels.push(if row < 2 { row as u8 } else { (unit() < score).into() });
        data.weights.push(match kind / 2 {
            0 => (unit() * 4.0).floor(),
            _ => (1.0 + unit()) * 10_f32.powf(unit() * 20.0 - 10.0),
        });
    }
    data.weights[..2].fill(1.0);
    data
}

fn report(metrics: &[String], data: &Data) -> Report {
    let builder = Evaluator::builder(Task::Binary).metrics(metrics).device(Device::Cpu);
    let mut evaluator = builder.build().unwrap();
    let batch = Batch::new(&data.scores, &data.labels).weights(&data.weights);
    evaluator.update(&batch).unwrap();
    evaluator.result().unwrap()
}

fn strings<const N: usize>(specs: [&str; N]) -> Vec<String> {
    specs.map(str::to_owned).to_vec()
}

fn matrix(value: &Result<Value, Undefined>) -> Vec<Vec<f64>> {
    match value {
        Ok(Value::Matrix(rows)) => rows.iter().map(|row| row.clone().unwrap()).collect(),
        other => panic!("{other:?}"),
    }
}

fn reached(value: &Result<Value, Undefined>) -> AtThreshold {
    match value {
        Ok(Value::AtThreshold(reached)) => *reached,
        other => panic!("{other:?}"),
    }
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12
}

#[test]
fn areas_under_curves_match_metrics() {
    let mut random = Random::new(1);
    let names =
        ["roc_curve", "roc_auc", "precision_recall_curve", "average_precision", "det_curve"];
    for turn in 0..40 {
        let data = data(turn % 4, [2, 5, 60, 400][turn / 10], &mut random);
        let report = report(&strings(names), &data);
        for side in [false, true] {
            let value = |name: &str| {
                let entry = report.get(name).unwrap();
                if side { entry.weighted.clone() } else { entry.unweighted.clone() }
            };
            let number = |name: &str| value(name).unwrap().scalar().unwrap();
            let roc = matrix(&value("roc_curve"));
            let area: f64 = roc
                .windows(2)
                .map(|pair| (pair[1][0] - pair[0][0]) * (pair[1][1] + pair[0][1]) / 2.0)
                .sum();
            assert!(close(area, number("roc_auc")), "{area}, {}", number("roc_auc"));
            assert_eq!(
                (roc[0][..2].to_vec(), roc[roc.len() - 1][..2].to_vec()),
                (vec![0.0; 2], vec![1.0; 2])
            );

            let curve = matrix(&value("precision_recall_curve"));
            let steps: f64 =
                curve.windows(2).map(|pair| (pair[1][0] - pair[0][0]) * pair[1][1]).sum();
            assert!(close(steps, number("average_precision")), "{steps}");

            let det = matrix(&value("det_curve"));
            assert_eq!(det.len(), roc.len());
            for (det, roc) in det.iter().zip(&roc) {
                assert!(det[0] == roc[0] && det[2] == roc[2] && close(det[1], 1.0 - roc[1]));
            }
            for curve in [roc, curve] {
                assert!(curve.windows(2).all(|pair| pair[0][2] > pair[1][2]), "{curve:?}");
            }
        }
    }
}

/// Each row of a curve equals the counts of an evaluator with that threshold.
#[test]
fn rows_of_curves_match_counts_at_their_thresholds() {
    let mut random = Random::new(2);
    for kind in 0..4 {
        let data = data(kind, 50, &mut random);
        for curve in [
            "roc_curve",
            "roc_curve:bins=64",
            "precision_recall_curve",
            "precision_recall_curve:bins=9:spacing=uniform",
        ] {
            let rows = matrix(&report(&strings([curve]), &data).get(curve).unwrap().weighted);
            for row in rows {
                let threshold = row[2];
                // At the ends of the bins.
                if threshold.abs() == f64::from(f32::MAX) {
                    continue;
                }
                let [fpr, tpr, precision] = ["specificity", "recall", "precision"]
                    .map(|name| format!("{name}:threshold={threshold}"));
                let report = report(&[fpr.clone(), tpr.clone(), precision.clone()], &data);
                let tpr = report.weighted(&tpr).unwrap();
                if curve.starts_with("roc") {
                    let fpr = 1.0 - report.weighted(&fpr).unwrap();
                    assert!(
                        close(row[0], fpr) && close(row[1], tpr),
                        "{curve}: {row:?}, {fpr}, {tpr}"
                    );
                } else {
                    let precision = report.weighted(&precision).unwrap_or(1.0);
                    assert!(close(row[0], tpr) && close(row[1], precision), "{curve}: {row:?}");
                }
            }
        }
    }
}

/// An evaluator with the reported threshold finds the reported value; no other score does better.
#[test]
fn thresholds_reach_the_reported_value_and_none_reaches_more() {
    let mut random = Random::new(3);
    // The metric, the rate that it maximises, and the rate with a minimum.
    let cases = [
        ("sensitivity_at_specificity:specificity=0.7", "recall", Some(("specificity", 0.7))),
        ("specificity_at_sensitivity:sensitivity=0.7", "specificity", Some(("recall", 0.7))),
        ("precision_at_recall:recall=0.4", "precision", Some(("recall", 0.4))),
        ("recall_at_precision:precision=0.6", "recall", Some(("precision", 0.6))),
        ("best_fbeta_score:beta=2", "fbeta_score:beta=2", None),
        ("best_fbeta_score", "f1_score", None),
    ];
    let mut compared = [0; 6];
    for turn in 0..12 {
        let data = data(turn % 4, 40, &mut random);
        let at = |name: &str, threshold: f64| {
            // The ends of the bins, beyond all probabilities.
            let threshold = threshold.clamp((-f32::MIN_POSITIVE).into(), 1.0);
            let spec = format!("{name}:threshold={threshold}");
            report(std::slice::from_ref(&spec), &data).weighted(&spec).ok()
        };
        for (case, (spec, rate, condition)) in cases.into_iter().enumerate() {
            for bins in ["", ":bins=4096", ":bins=5"] {
                let spec = format!("{spec}{bins}");
                let found =
                    report(std::slice::from_ref(&spec), &data).get(&spec).unwrap().weighted.clone();
                let meets = |threshold: f64| {
                    condition.is_none_or(|(other, min)| {
                        at(other, threshold).is_some_and(|rate| rate >= min)
                    })
                };
                // If no threshold meets the condition, none does better than nothing.
                let mut best = f64::NEG_INFINITY;
                if !matches!(found, Err(Undefined::Unreached { .. })) {
                    let AtThreshold { value, threshold } = reached(&found);
                    let there = at(rate, threshold).unwrap_or(0.0);
                    assert!(close(value, there), "{spec}: {value} at {threshold}, but {there}");
                    if let Some((other, min)) = condition {
                        assert!(at(other, threshold).unwrap() >= min - 1e-12, "{spec}");
                    }
                    best = value;
                    compared[case] += 1;
                }
                if bins.is_empty() {
                    for &score in &data.scores {
                        let threshold = f64::from(score);
                        let better = at(rate, threshold).is_some_and(|rate| rate > best + 1e-12);
                        assert!(!(better && meets(threshold)), "{spec}: {score} is better");
                    }
                }
            }
        }
    }
    // Of 12 turns with three specs each.
    assert!(compared.iter().all(|&compared| compared > 20), "{compared:?} were reached");
}

#[test]
fn the_highest_of_equally_good_thresholds_is_reported() {
    let scores = [0.1_f32, 0.2, 0.3, 0.4, 0.5, 0.6];
    let labels = [1_u8, 0, 0, 1, 0, 1];
    let specs = strings([
        "ks_statistic",
        "specificity_at_sensitivity:sensitivity=0.5",
        "recall_at_precision:precision=1",
        "precision_at_recall:recall=0.9",
    ]);
    let weights = vec![1.0; 6];
    let data = Data { scores: scores.to_vec(), labels: labels.to_vec(), weights };
    let report = report(&specs, &data);
    let of = |spec: &str| reached(&report.get(spec).unwrap().weighted);
    let third = 1.0 / 3.0;
    assert_eq!(of("ks_statistic"), AtThreshold { value: third, threshold: 0.5 });
    let found = of("specificity_at_sensitivity:sensitivity=0.5");
    assert_eq!((found.value, found.threshold as f32), (2.0 / 3.0, 0.3));
    assert_eq!(of("recall_at_precision:precision=1"), AtThreshold { value: third, threshold: 0.5 });
    // Everything is above this one.
    let found = of("precision_at_recall:recall=0.9");
    assert_eq!((found.value, found.threshold as f32), (0.5, 0.1_f32.next_down()));
}

#[test]
fn thresholds_are_reported_beside_values() {
    let data = Data {
        scores: vec![0.25, 0.5, 0.375, 0.75],
        labels: vec![0, 0, 1, 1],
        weights: vec![1.0; 4],
    };
    let report = report(&strings(["ks_statistic"]), &data);
    let entry = &report.to_json()["metrics"]["ks_statistic"];
    assert_eq!(entry["weighted"], 0.5);
    assert_eq!(entry["threshold"]["unweighted"], 0.5);
    assert!(report.to_string().contains("0.500000 at 0.500000"), "{report}");
}

#[test]
fn values_that_no_threshold_reaches_are_undefined() {
    let data = Data { scores: vec![0.9, 0.5, 0.1], labels: vec![0, 1, 0], weights: vec![1.0; 3] };
    let spec = "recall_at_precision:precision=0.9";
    let value = report(&strings([spec]), &data).get(spec).unwrap().weighted.clone();
    let (rate, min) = ("precision".to_owned(), "0.9".to_owned());
    assert_eq!(value, Err(Undefined::Unreached { rate, min }));
}

/// Each label has its own threshold; averages are over values.
#[test]
fn labels_have_separate_thresholds() {
    let (scores, labels) = ([0.9_f32, 0.1, 0.4, 0.6, 0.2, 0.8], [1_u8, 0, 0, 1, 0, 0]);
    let specs = ["ks_statistic", "ks_statistic:average=none", "roc_curve"];
    let builder = Evaluator::builder(Task::Multilabel).outputs(2).device(Device::Cpu);
    let mut evaluator = builder.metrics(specs).build().unwrap();
    evaluator.update(&Batch::new(&scores, &labels)).unwrap();
    let report = evaluator.result().unwrap();
    let rows = matrix(&report.get("ks_statistic:average=none").unwrap().weighted);
    assert_eq!(rows[0].iter().map(|x| *x as f32).collect::<Vec<_>>(), [1.0, 0.4]);
    assert_eq!(rows[1].iter().map(|x| *x as f32).collect::<Vec<_>>(), [0.5, 0.6]);
    assert_eq!(report.weighted("ks_statistic"), Ok(0.75));
    // All labels together.
    let curve = matrix(&report.get("roc_curve").unwrap().weighted);
    assert_eq!(curve[1][..2], [0.0, 0.5]);
}

/// Groups whose weight vanishes in `f64` next to others still count.
#[test]
fn areas_are_accurate_for_weights_far_apart() {
    let data = Data {
        scores: vec![0.9, 0.8, 0.5, 0.4],
        labels: vec![0, 1, 1, 0],
        weights: vec![1e12, 1e12, 1e-6, 1.0],
    };
    let area = report(&strings(["pr_auc"]), &data).weighted("pr_auc").unwrap();
    // From nothing of 10^12 to half of twice that: 1 - ln 2.
    assert!((area - (1.0 - 2_f64.ln())).abs() < 1e-9, "{area}");
}

#[test]
fn the_last_threshold_is_below_all_scores_if_possible() {
    let specs = strings(["roc_curve", "roc_curve:bins=16", "best_fbeta_score:beta=0"]);
    let builder = Evaluator::builder(Task::Binary).from_logits(true).metrics(&specs);
    let mut evaluator = builder.device(Device::Cpu).build().unwrap();
    evaluator.update(&Batch::new(&[-50.0_f32, -40.0, 3.0, -2.0], &[0_u8, 1, 1, 0])).unwrap();
    let report = evaluator.result().unwrap();
    for (spec, last) in [(&specs[0], (-50.0_f32).next_down()), (&specs[1], f32::MIN)] {
        let rows = matrix(&report.get(spec).unwrap().weighted);
        assert!(rows.windows(2).all(|pair| pair[0][2] > pair[1][2]), "{spec}: {rows:?}");
        assert_eq!(rows[rows.len() - 1][2], f64::from(last), "{spec}");
    }
    let mut double = Evaluator::builder(Task::Binary).metrics(&specs[..1]).build().unwrap();
    double.update(&Batch::new(&[0.1_f64, 0.7], &[0_u8, 1])).unwrap();
    let rows = matrix(&double.result().unwrap().get(&specs[0]).unwrap().weighted);
    assert_eq!(rows[rows.len() - 1][2], 0.1_f64.next_down());
    // Precision is undefined if no score is above the threshold.
    let found = reached(&report.get(&specs[2]).unwrap().weighted);
    assert_eq!(found, AtThreshold { value: 1.0, threshold: -2.0 });
}

#[test]
fn averages_of_signed_values_are_within_their_bounds() {
    let (scores, labels) = ([0.9_f32, 0.1, 0.1, 0.9], [0_u8, 1, 1, 0]);
    let specs = ["gini:bins=64", "gini"];
    let builder = Evaluator::builder(Task::Multilabel).outputs(2).device(Device::Cpu);
    let mut evaluator = builder.metrics(specs).build().unwrap();
    evaluator.update(&Batch::new(&scores, &labels)).unwrap();
    let report = evaluator.result().unwrap();
    let Ok(Value::Interval(found)) = report.get(specs[0]).unwrap().weighted else { panic!() };
    assert_eq!((found.value, report.weighted(specs[1])), (-1.0, Ok(-1.0)));
    assert!(found.low == -1.0 && found.high < -0.99, "{found:?}");
}

#[test]
fn curves_are_listed_label_by_label() {
    let mut random = Random::new(8);
    let [first, mut second] = [0, 1].map(|kind| data(kind, 300, &mut random));
    second.weights.clone_from(&first.weights);
    let both = |of: fn(&Data, usize) -> f32| -> Vec<f32> {
        (0..300).flat_map(|row| [of(&first, row), of(&second, row)]).collect()
    };
    let scores = both(|data, row| data.scores[row]);
    let labels = both(|data, row| data.labels[row].into());
    for curve in ["roc_curve", "det_curve", "precision_recall_curve", "roc_curve:bins=20"] {
        let spec = format!("{curve}:average=none");
        let builder = Evaluator::builder(Task::Multilabel).outputs(2).metric(&spec);
        let mut evaluator = builder.device(Device::Cpu).build().unwrap();
        evaluator.update(&Batch::new(&scores, &labels).weights(&first.weights)).unwrap();
        let together = matrix(&evaluator.result().unwrap().entries[0].weighted);
        let alone = [&first, &second].map(|data| report(&[curve.to_owned()], data));
        let alone = alone.map(|report| matrix(&report.entries[0].weighted));
        let expected = (0..2).flat_map(|label| {
            let row = move |row: &Vec<f64>| [&[label as f64], &row[..]].concat();
            alone[label].iter().map(row).collect::<Vec<_>>()
        });
        assert_eq!(together, expected.collect::<Vec<_>>(), "{spec}");
    }
}

/// In a binned curve, the samples above a threshold match its point exactly.
#[test]
fn thresholds_of_bins_split_samples_like_their_points() {
    let mut random = Random::new(19);
    let mut points = 0;
    for (turn, from_logits) in [false, true, false, true].into_iter().enumerate() {
        let mut data = data(0, 3000, &mut random);
        data.weights.fill(1.0);
        if from_logits {
            data.scores.iter_mut().for_each(|score| *score = 60.0 * (*score - 0.5).powi(3));
        }
        let spacing = if turn < 2 { "" } else { ":spacing=uniform" };
        let spec = format!("roc_curve:bins=300{spacing}");
        let builder = Evaluator::builder(Task::Binary).metric(&spec).from_logits(from_logits);
        let mut evaluator = builder.device(Device::Cpu).build().unwrap();
        evaluator.update(&Batch::new(&data.scores, &data.labels)).unwrap();
        for row in matrix(&evaluator.result().unwrap().entries[0].unweighted) {
            for (rate, label) in [(row[0], 0), (row[1], 1)] {
                let of_label = data
                    .scores
                    .iter()
                    .zip(&data.labels)
                    .filter(|(_, of_sample)| **of_sample == label);
                let all = of_label.clone().count();
                let above = of_label.filter(|(score, _)| f64::from(**score) > row[2]).count();
                assert_eq!(rate, above as f64 / all as f64, "{spec}: above {}", row[2]);
            }
            points += 1;
        }
    }
    assert!(points > 400, "only {points} points");
}
