//! Curves in the multiclass task: one-vs-rest and one-vs-one.

use crate::common::devices::devices;
use crate::common::random::Random;
use weighbridge::batch::FaultPolicy;
use weighbridge::error::{BuildError, StateError, UpdateError};
use weighbridge::internals::kernel::log_odds;
use weighbridge::internals::kernel::row::RowSummary;
use weighbridge::metric::Value;
use weighbridge::statistic::Accumulator;
use weighbridge::{Batch, Device, Error, Evaluator, EvaluatorBuilder, Report, Task, Undefined};

/// Scores of the reference cases' three kinds of wine, and their labels.
fn wine() -> (Vec<f32>, Vec<u32>) {
    let lines = include_str!("../data/wine_logits.csv").lines().skip(1);
    let rows = lines.map(|line| line.split(',').map(|cell| cell.parse::<f32>().expect("a number")));
    let rows: Vec<Vec<f32>> = rows.map(Iterator::collect).collect();
    let labels = rows.iter().map(|row| row[3] as u32).collect();
    (rows.iter().flat_map(|row| row[..3].to_vec()).collect(), labels)
}

fn builder(classes: u32, metrics: &[&str]) -> EvaluatorBuilder {
    let builder =
        Evaluator::builder(Task::Multiclass).classes(classes as usize).device(Device::Cpu);
    builder.metrics(metrics.iter().copied())
}

fn report(builder: EvaluatorBuilder, batch: &Batch<'_>) -> Report {
    let mut evaluator = builder.build().expect("an evaluator");
    evaluator.update(batch).expect("a batch");
    evaluator.result().expect("a report")
}

fn close(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() < 1e-11, "{what}: {found}, not {expected}");
}

/// scikit-learn 1.9.1: `roc_auc_score(y, softmax(z), multi_class="ovo")`, with rows repeated by
/// weight, since it takes no weights there; `average_precision_score` of one-hot truths.
#[test]
fn values_match_scikit_learn() {
    let (scores, labels) = wine();
    let weights: Vec<f32> = (0..labels.len()).map(|row| (1 + row % 4) as f32).collect();
    let expected = [
        ("roc_auc:multi_class=ovo", [0.890_133_053_499_907_2, 0.895_886_971_252_655_2]),
        ("average_precision", [0.816_971_481_968_860_5, 0.825_618_421_044_573]),
        ("average_precision:average=weighted", [0.815_209_751_306_453_3, 0.826_051_666_419_683_6]),
        (
            "roc_auc:multi_class=ovo:average=weighted",
            [0.888_357_749_373_470_5, 0.894_587_455_885_330_6],
        ),
    ];
    let specs = expected.map(|(spec, _)| spec);
    assert_eq!(labels.len(), 178);
    let batch = Batch::new(&scores, &labels).weights(&weights);
    let found = report(builder(3, &specs).from_logits(true), &batch);
    for (spec, [unweighted, weighted]) in expected {
        close(found.unweighted(spec).expect("a value"), unweighted, spec);
        close(found.weighted(spec).expect("a value"), weighted, spec);
    }
}

/// The log-odds of a row of logits, computed in `f64` and rounded once.
fn row(logits: &[f32]) -> RowSummary {
    let top = (0..logits.len()).rev().max_by(|&a, &b| logits[a].total_cmp(&logits[b])).unwrap();
    let other_classes =
        logits.iter().enumerate().filter(|(class, _)| *class != top).map(|(_, z)| *z);
    let runner_up = other_classes.clone().fold(f32::NEG_INFINITY, f32::max);
    let terms = other_classes.map(|z| (f64::from(z) - f64::from(runner_up)).exp());
    RowSummary {
        arg_max: top as u32,
        max: logits[top].to_bits(),
        runner_up: runner_up.to_bits(),
        sum: (terms.sum::<f64>() as f32).to_bits(),
        ..RowSummary::default()
    }
}

#[test]
fn log_odds_are_within_their_bound() {
    let mut random = Random::new(3);
    let (mut worst, mut largest) = (0.0_f64, 0.0_f64);
    for turn in 0..20_000 {
        let classes = [2, 3, 10, 300][turn % 4];
        let spread = [0.01, 1.0, 10.0, 1000.0, 1e30, 3e38][turn % 6];
        let mut logit = || spread * (random.below(1 << 24) as f32 / 2_f32.powi(23) - 1.0);
        let logits: Vec<f32> = (0..classes).map(|_| logit()).collect();
        let row = row(&logits);
        for class in (0..classes).take(5).chain([row.arg_max as usize]) {
            let found = f32::from_bits(log_odds(&row, logits[class].to_bits(), class as u32));
            let z = |class: usize| f64::from(logits[class]);
            let other_classes = (0..classes).filter(|&other| other != class);
            let max = other_classes.clone().map(z).fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = other_classes.map(|other| (z(other) - max).exp()).sum();
            let exact = z(class) - max - sum.ln();
            let exact = exact.clamp(f32::MIN.into(), f32::MAX.into());
            let unit = exact.abs() + 2.0 * (classes as f64).ln();
            let error = (f64::from(found) - exact).abs() / unit;
            (worst, largest) = (worst.max(error), largest.max(exact.abs()));
            assert!(
                error < 2_f64.powi(-22),
                "{found}, not {exact}: {error:e} of {classes} classes"
            );
        }
    }
    assert!(worst > 2_f64.powi(-25) && largest > 3e38, "{worst:e}, {largest:e}");
}

/// With two classes, the log-odds are the difference of the logits, which is the score in the
/// binary task, and the rest is the other class.
#[test]
fn two_classes_match_the_binary_task() {
    let mut random = Random::new(9);
    let mut logits = || (random.below(2000) as f32 - 1000.0) / 128.0;
    let scores: Vec<f32> = (0..2000).map(|_| logits()).collect();
    let differences: Vec<f32> = scores.chunks(2).map(|row| row[1] - row[0]).collect();
    let labels: Vec<u32> = (0..1000).map(|_| random.below(3) as u32 / 2).collect();
    let weights: Vec<f32> = (0..1000).map(|_| random.below(7) as f32 / 2.0).collect();
    for metric in ["roc_auc", "gini", "roc_auc:bins=300", "ks_statistic"] {
        let binary = Evaluator::builder(Task::Binary).metric(metric).from_logits(true);
        let batch = Batch::new(&differences, &labels).weights(&weights);
        let expected = report(binary.device(Device::Cpu), &batch);
        let pairs = format!("{metric}:multi_class=ovo");
        let batch = Batch::new(&scores, &labels).weights(&weights);
        let found = report(builder(2, &[metric, &pairs]).from_logits(true), &batch);
        for spec in [metric, &pairs] {
            close(found.weighted(spec).unwrap(), expected.weighted(metric).unwrap(), spec);
            close(found.unweighted(spec).unwrap(), expected.unweighted(metric).unwrap(), spec);
        }
    }
}

/// Scores whose probabilities would be equal in `f32` are still distinguished.
#[test]
fn nearly_certain_classes_are_still_ranked() {
    // Probabilities of class 0 within 1e-9 of 1.
    let scores = [[30.0_f32, 0.0, 0.0], [25.0, 0.0, 0.0], [22.0, 0.0, 0.0], [21.0, 0.0, 0.0]];
    let labels = [0_u32, 0, 1, 2];
    let specs = ["roc_auc:average=none"];
    let found =
        report(builder(3, &specs).from_logits(true), &Batch::new(&scores.concat(), &labels));
    let Ok(Value::Vector(values)) = &found.entries[0].unweighted else { panic!("no vector") };
    assert_eq!(values[0], Ok(1.0));
}

#[test]
fn averages_skip_absent_classes() {
    let scores = [[0.7_f32, 0.1, 0.2], [0.2, 0.5, 0.3], [0.5, 0.4, 0.1], [0.1, 0.2, 0.7]];
    let labels = [0_u32, 1, 1, 2];
    let specs =
        ["roc_auc", "roc_auc:average=weighted", "roc_auc:average=none", "roc_auc:multi_class=ovo"];
    // The only sample of class 2 has weight 0.
    let weights = [1.0_f32, 2.0, 1.0, 0.0];
    let found =
        report(builder(3, &specs), &Batch::new(&scores.concat(), &labels).weights(&weights));
    let without = report(
        builder(3, &specs),
        &Batch::new(&scores[..3].concat(), &labels[..3]).weights(&weights[..3]),
    );
    for spec in specs {
        let [found, without] = [&found, &without].map(|report| &report.get(spec).unwrap().weighted);
        assert_eq!(found, without, "{spec}");
    }
    assert_eq!(found.weighted("roc_auc"), Ok(1.0));
    let Ok(Value::Vector(values)) = &found.entries[2].weighted else { panic!("no vector") };
    assert_eq!(values[2], Err(Undefined::AbsentClass { class: 2 }));
    assert!(values[..2].iter().all(Result::is_ok));
    let Ok(Value::Vector(values)) = &found.entries[2].unweighted else { panic!("no vector") };
    assert!(values.iter().all(Result::is_ok));
}

#[test]
fn a_single_class_is_undefined_with_a_reason() {
    let scores = [0.1_f32, 0.2, 0.7, 0.6, 0.3, 0.1];
    let in_pairs = "average_precision:multi_class=ovo";
    let specs = ["roc_auc", "roc_auc:multi_class=ovo", in_pairs, "roc_curve"];
    for class in 0..3 {
        let found = report(builder(3, &specs), &Batch::new(&scores, &[class; 2]));
        for spec in &specs[..3] {
            let expected = Err(Undefined::OneClass { class });
            assert_eq!(found.get(spec).unwrap().unweighted, expected, "{spec}");
        }
        let Ok(Value::Matrix(rows)) = &found.get("roc_curve").unwrap().unweighted else {
            panic!("no curves")
        };
        let reason = |index: u32| match index == class {
            true => Undefined::OneClass { class },
            false => Undefined::AbsentClass { class: index },
        };
        let expected: Vec<_> = (0..3).map(|index| Err(reason(index))).collect();
        assert_eq!(*rows, expected);
    }
    let weights = [0.0_f32, 0.0];
    // With samples of one class only, pairs of other classes have no samples.
    let batch = Batch::new(&scores, &[0_u32, 0]).weights(&weights);
    let found = report(builder(3, &specs), &batch);
    for spec in specs {
        assert_eq!(found.get(spec).unwrap().weighted, Err(Undefined::ZeroWeights), "{spec}");
    }
    let mut nothing = builder(3, &specs).build().unwrap();
    for entry in nothing.result().unwrap().entries {
        assert_eq!(entry.unweighted, Err(Undefined::NoSamples), "{}", entry.spec);
    }
}

#[test]
fn a_row_with_nan_makes_every_class_undefined() {
    let scores = [0.7_f32, f32::NAN, 0.2, 0.2, 0.5, 0.3, 0.5, 0.4, 0.1];
    let weights = [0.0_f32, 1.0, 1.0];
    let specs = ["roc_auc", "roc_auc:multi_class=ovo"];
    let double = scores.map(f64::from);
    for batch in [Batch::new(&scores, &[0_u32, 1, 0]), Batch::new(&double, &[0_u32, 1, 0])] {
        let batch = batch.weights(&weights).on_fault(FaultPolicy::Count);
        let found = report(builder(3, &specs), &batch);
        for spec in specs {
            let entry = found.get(spec).unwrap();
            assert_eq!(entry.unweighted, Err(Undefined::NonFinite { count: 1 }), "{spec}");
            assert_eq!(entry.weighted, Ok(Value::Scalar(1.0)), "{spec}");
        }
    }
}

#[test]
fn masked_rows_in_double_precision_belong_to_no_problem() {
    let scores = [0.5_f64, 0.3, 0.2, 0.2, 0.7, 0.1, 0.6, 0.3, 0.1, 0.9, 0.05, 0.05];
    let (labels, specs) = ([0_u32, 1, 2, 2], ["roc_auc", "roc_auc:multi_class=ovo"]);
    let mask = [true, true, true, false];
    let masked = report(builder(3, &specs), &Batch::new(&scores, &labels).mask(&mask));
    let without = report(builder(3, &specs), &Batch::new(&scores[..9], &labels[..3]));
    let whole = report(builder(3, &specs), &Batch::new(&scores, &labels));
    for spec in specs {
        assert_eq!(masked.unweighted(spec), without.unweighted(spec), "{spec}");
        assert_ne!(masked.unweighted(spec), whole.unweighted(spec), "{spec}");
    }
}

#[test]
fn class_weights_and_invalid_labels_of_rows_in_double_precision() {
    let scores = [0.5_f64, 0.3, 0.2, 0.4, 0.5, 0.1, 0.6, 0.3, 0.1, 0.3, 0.45, 0.25];
    let labels = [0_u32, 1, 2, 1];
    let specs = ["roc_auc:average=weighted", "roc_auc:average=none"];
    let weighing = builder(3, &specs).class_weights([(1, 3.0), (2, 0.5)]);
    let found = report(weighing, &Batch::new(&scores, &labels));
    let weights = [1.0_f64, 3.0, 0.5, 3.0];
    let expected = report(builder(3, &specs), &Batch::new(&scores, &labels).weights(&weights));
    for spec in specs {
        assert_eq!(found.get(spec).unwrap().weighted, expected.get(spec).unwrap().weighted);
    }
    let batch = Batch::new(&scores, &[0_u32, 1, 2, 3]).on_fault(FaultPolicy::Count);
    let found = report(builder(3, &["roc_auc"]), &batch);
    let reason = Undefined::InvalidLabel { count: 1 };
    assert_eq!(found.get("roc_auc").unwrap().unweighted, Err(reason));
}

/// The log-odds of a class are z − ln Σ e^z over the others.
#[test]
fn stored_log_odds_in_double_precision_are_those_of_the_formula() {
    let rows = [[0.5_f64, -1.25, 2.0], [3.0, 3.0, -40.0], [-700.0, 0.1, 30.0], [1e-9, 0.0, -1e-9]];
    let mut evaluator = builder(3, &["roc_auc"]).from_logits(true).build().unwrap();
    let weights = [1.0_f64, 2.0, 3.0, 4.0];
    evaluator.update(&Batch::new(&rows.concat(), &[0_u32, 1, 2, 0]).weights(&weights)).unwrap();
    let state = evaluator.state().unwrap();
    let scores = state.totals.iter().flat_map(|totals| &totals.statistics);
    let scores = scores.filter_map(|total| match &total.content {
        Accumulator::Scores(scores) => Some(scores),
        _ => None,
    });
    for (class, scores) in scores.enumerate() {
        for sample in scores.samples() {
            let row = rows[sample.weight as usize - 1];
            let others = (0..3).filter(|&other| other != class).map(|other| row[other].exp());
            let expected = row[class] - others.sum::<f64>().ln();
            let what = format!("{row:?}, class {class}: {}, not {expected}", sample.score);
            assert!((sample.score - expected).abs() <= expected.abs() * 1e-14 + 1e-14, "{what}");
        }
    }
}

#[test]
fn curves_are_listed_class_by_class() {
    let (scores, labels) = wine();
    let specs =
        ["roc_curve", "det_curve", "precision_recall_curve", "precision_recall_curve:bins=100"];
    let found = report(builder(3, &specs).from_logits(true), &Batch::new(&scores, &labels));
    for (class, entry) in (0..3).flat_map(|class| found.entries.iter().map(move |e| (class, e))) {
        let Ok(Value::Matrix(rows)) = &entry.unweighted else { panic!("{}", entry.spec) };
        let rows: Vec<_> = rows.iter().flatten().filter(|row| row[0] == f64::from(class)).collect();
        assert!(rows.len() > 10, "{}", entry.spec);
        // One-vs-rest is a binary task.
        let scores_of_class: Vec<f32> = log_odds_of(&scores, class);
        let is_of_class: Vec<bool> = labels.iter().map(|&label| label == class).collect();
        let binary = Evaluator::builder(Task::Binary).metric(&entry.spec).from_logits(true);
        let binary =
            report(binary.device(Device::Cpu), &Batch::new(&scores_of_class, &is_of_class));
        let Ok(Value::Matrix(expected)) = &binary.entries[0].unweighted else { panic!("no curve") };
        let expected: Vec<_> = expected.iter().flatten().collect();
        assert_eq!(rows.len(), expected.len(), "{}", entry.spec);
        // Thresholds are sums that are rounded in a different order here.
        let alike = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-5;
        let same = |(row, expected): (&&Vec<f64>, &Vec<f64>)| {
            row[1..3] == expected[..2] && row[1..].iter().zip(expected).all(alike)
        };
        assert!(rows.iter().zip(expected).all(same), "{}", entry.spec);
    }
    assert!(found.to_string().contains("label ┆ false_positive_rate"), "{found}");
}

fn log_odds_of(scores: &[f32], class: u32) -> Vec<f32> {
    let row = |logits: &[f32]| log_odds(&row(logits), logits[class as usize].to_bits(), class);
    scores.chunks(3).map(|logits| f32::from_bits(row(logits))).collect()
}

#[test]
fn invalid_settings_are_refused() {
    let built = |classes, spec: &str| builder(classes, &[spec]).build().map(|_| ());
    let error = built(3, "roc_auc:multi_class=ovo:average=none").unwrap_err().to_string();
    assert!(error.contains("macro or weighted with multi_class=ovo"), "{error}");
    let error = built(300, "roc_auc:multi_class=ovo").unwrap_err();
    let Error::Build(BuildError::TooManyCurves { classes: 300, curves: 89_700, .. }) = error else {
        panic!("{error:?}")
    };
    let error = built(70_000, "average_precision").unwrap_err().to_string();
    assert!(
        error.starts_with("70000 classes make 70000 curves, but at most 65535 are possible"),
        "{error}"
    );
    let error = built(60_000, "roc_auc:bins=65536").unwrap_err();
    assert!(matches!(error, Error::Build(BuildError::BinsTooLarge { .. })), "{error}");
    let labels = Evaluator::builder(Task::Multilabel).outputs(60_000).metric("roc_auc:bins=4096");
    let error = labels.build().unwrap_err().to_string();
    assert!(error.contains("use fewer bins"), "{error}");

    let mut evaluator = builder(3, &["roc_auc"]).build().unwrap();
    let error = evaluator.update(&Batch::new(&[1_u32, 2], &[1_u32, 0])).unwrap_err().to_string();
    assert!(error.contains("roc_auc") && error.contains("scores"), "{error}");
    for spec in ["roc_auc:average=micro", "roc_auc:multi_class=all", "roc_curve:multi_class=ovo"] {
        assert!(built(3, spec).is_err(), "{spec}");
    }
}

#[test]
fn memory_counts_all_classes_and_bins_replace_stored_scores() {
    let (scores, labels) = wine();
    let batch = Batch::new(&scores, &labels);
    for device in devices() {
        // 8 bytes for each of the three classes and each of the six ordered pairs.
        for (spec, bytes) in [("roc_auc", 24), ("roc_auc:multi_class=ovo", 48)] {
            let builder = builder(3, &[spec]).from_logits(true).device(device.clone());
            let enough = 178 * bytes;
            let mut evaluator = builder.clone().score_memory(enough - 1).build().unwrap();
            let error = evaluator.update(&batch).unwrap_err();
            let Error::Update(UpdateError::ScoreMemoryFull { bytes: wanted, .. }) = error else {
                panic!("{error:?}")
            };
            assert_eq!(wanted, enough);
            let mut exact = builder.clone().score_memory(enough).build().unwrap();
            exact.update(&batch).unwrap();
            let exact = exact.result().unwrap().unweighted(spec).unwrap();
            let binned = builder.score_memory(enough - 1).fallback_bins(512).build();
            let mut binned = binned.unwrap();
            binned.update(&batch).unwrap();
            let report = binned.result().unwrap();
            let Ok(Value::Interval(found)) = report.entries[0].unweighted else { panic!("{spec}") };
            assert!(found.low <= exact && exact <= found.high, "{exact}, {found:?}");
        }
    }
}

#[test]
fn states_can_be_merged_and_serialised() {
    let (scores, labels) = wine();
    let specs = ["roc_auc", "roc_auc:multi_class=ovo", "gini:bins=64:multi_class=ovo", "accuracy"];
    let new = || builder(3, &specs).from_logits(true).build().unwrap();
    let mut whole = new();
    whole.update(&Batch::new(&scores, &labels)).unwrap();
    let [mut first, mut second] = [new(), new()];
    second.update(&Batch::new(&scores[..300], &labels[..100])).unwrap();
    first.update(&Batch::new(&scores[300..], &labels[100..])).unwrap();
    let state = serde_json::to_string(&second.state().unwrap()).unwrap();
    first.merge(&serde_json::from_str(&state).unwrap()).unwrap();
    assert_eq!(first.state(), whole.state());
    assert_eq!(first.result(), whole.result());
    let state = whole.state().unwrap();
    assert_eq!(state.totals.len(), 1 + 3 + 6);
    let names = ["sum:correct", "one_vs_rest:log_odds:scores"];
    assert_eq!(state.statistics[..2], names);
    // States of other evaluators do not fit.
    let mut other = builder(3, &["roc_auc", "accuracy"]).build().unwrap();
    assert!(matches!(other.merge(&state), Err(Error::State(StateError::Mismatch { .. }))));
    let mut broken = state.clone();
    broken.totals.pop();
    assert_eq!(new().merge(&broken), Err(Error::State(StateError::Inconsistent)));
}

/// Longer than the chunks in which the CPU engine computes scores, for few classes and for many.
#[test]
fn long_batches_are_processed_in_chunks() {
    let mut random = Random::new(12);
    for (classes, samples) in [(3, 140_000), (40, 30_000)] {
        let mut score = || random.below(1 << 12) as f32 / 256.0;
        let scores: Vec<f32> = (0..samples * classes).map(|_| score()).collect();
        let labels: Vec<u32> = (0..samples).map(|_| random.below(classes) as u32).collect();
        let specs = ["roc_auc:bins=16", "average_precision:bins=9"];
        let new = || builder(classes as u32, &specs).from_logits(true).build().unwrap();
        let (mut whole, mut split) = (new(), new());
        whole.update(&Batch::new(&scores, &labels)).unwrap();
        for (scores, labels) in scores.chunks(1000 * classes).zip(labels.chunks(1000)) {
            split.update(&Batch::new(scores, labels)).unwrap();
        }
        assert!(whole.state() == split.state(), "{classes} classes");
        let totals = &whole.state().unwrap().totals;
        assert!(totals.iter().all(|totals| totals.weights.samples == samples as u64));
    }
}

/// Without a mask, a weight with the bits that mark deleted samples is an invalid weight.
#[test]
fn a_weight_with_all_bits_set_is_a_fault_in_pairs_too() {
    let scores = [0.7_f32, 0.2, 0.1, 0.2, 0.5, 0.3, 0.5, 0.4, 0.1, 0.1, 0.1, 0.8];
    let weights = [1.0, f32::from_bits(u32::MAX), 2.0, 1.0];
    let mut states = Vec::new();
    for device in devices() {
        let builder = builder(3, &["roc_auc:multi_class=ovo", "roc_auc"]).device(device);
        let mut evaluator = builder.build().unwrap();
        let batch =
            Batch::new(&scores, &[0_u32, 1, 0, 2]).weights(&weights).on_fault(FaultPolicy::Count);
        evaluator.update(&batch).unwrap();
        let state = evaluator.state().unwrap();
        // The sample is of class 1: it does not count in the pairs of 0 and 2.
        let faults: Vec<_> = state.totals.iter().map(|t| t.weights.invalid_weight).collect();
        assert_eq!(faults, [1, 1, 1, 1, 1, 0, 1, 1, 0, 1]);
        states.push(state);
    }
    assert!(states.iter().all(|state| *state == states[0]));
}

/// More statistics than fit into one vector of parameters.
#[test]
fn many_histograms_of_classes_fit_in_one_plan() {
    let (scores, labels) = wine();
    let specs = [10, 11, 12, 13, 14].map(|bins| format!("roc_auc:bins={bins}"));
    let specs = specs.each_ref().map(String::as_str);
    let states = devices().into_iter().map(|device| {
        let mut evaluator = builder(3, &specs).from_logits(true).device(device).build().unwrap();
        evaluator.update(&Batch::new(&scores, &labels)).unwrap();
        evaluator.state().unwrap()
    });
    let states: Vec<_> = states.collect();
    assert!(states.iter().all(|state| *state == states[0]));
}

/// A score that is too small counts as one sample, in any number of binary problems.
#[test]
fn scores_that_count_as_zero_are_counted_once() {
    let mut scores = [0.5_f32, 0.25, 0.25].repeat(6);
    scores[0] = 1e-40;
    let specs = ["roc_auc", "roc_auc:multi_class=ovo", "gini", "accuracy"];
    let found = report(builder(3, &specs), &Batch::new(&scores, &[0_u32, 1, 2, 0, 1, 2]));
    let warnings: Vec<_> = found.warnings.iter().map(ToString::to_string).collect();
    let curves: Vec<_> = warnings.iter().filter(|w| w.contains("roc_auc")).collect();
    let [warning] = curves[..] else { panic!("{:?}", found.warnings) };
    assert!(warning.contains("at least 1 of the samples"), "{warning}");
    assert!(warning.contains("roc_auc, roc_auc:multi_class=ovo, gini"), "{warning}");
}
