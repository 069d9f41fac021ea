//! Distinct scores that single precision turns into ties, and the warning that counts them.

use crate::common::devices::devices;
use crate::common::random::Random;
use std::collections::BTreeSet;
use weighbridge::batch::FaultPolicy;
use weighbridge::report::Warning;
use weighbridge::statistic::Accumulator;
use weighbridge::{
    AsBatch, Batch, Device, Evaluator, EvaluatorBuilder, Precision, Report, State, Task, Window,
};

/// 2^-30, less than half of the distance of `f32` numbers near 0.1 and 0.5 (on that side).
const STEP: f64 = 1.0 / (1_u64 << 30) as f64;

/// Of these three, the first two are one `f32`.
const SCORES: [f64; 3] = [0.1, 0.1 + STEP, 0.5];
const LABELS: [u8; 3] = [0, 1, 1];

fn builder(task: Task, metrics: &[&str]) -> EvaluatorBuilder {
    let builder = Evaluator::builder(task).metrics(metrics.iter().copied());
    builder.precision(Precision::Single).device(Device::Cpu)
}

fn roc_auc() -> EvaluatorBuilder {
    builder(Task::Binary, &["roc_auc"])
}

fn evaluator(builder: EvaluatorBuilder, batches: &[Batch<'_>]) -> Evaluator {
    let mut evaluator = builder.build().expect("valid settings");
    for batch in batches {
        evaluator.update(batch).expect("a valid batch");
    }
    evaluator
}

/// The numbers of distinct scores before and after rounding, and whether there may be more ties.
fn ties(report: &Report) -> Option<(u64, u64, bool)> {
    report.warnings.iter().find_map(|warning| match *warning {
        Warning::TiedScores { distinct, left, at_least, .. } => Some((distinct, left, at_least)),
        _ => None,
    })
}

fn ties_of(builder: EvaluatorBuilder, batches: &[Batch<'_>]) -> Option<(u64, u64, bool)> {
    ties(&evaluator(builder, batches).result().expect("a report"))
}

#[test]
fn scores_that_become_ties_are_a_warning() {
    let metrics = ["roc_auc", "accuracy", "average_precision", "roc_auc:bins=4"];
    for device in devices() {
        let builder = builder(Task::Binary, &metrics).device(device);
        let mut evaluator = evaluator(builder, &[Batch::new(&SCORES, &LABELS)]);
        let report = evaluator.result().expect("a report");
        assert_eq!(report.unweighted("roc_auc"), Ok(0.75));
        let values = vec!["roc_auc".to_owned(), "average_precision".to_owned()];
        let warning = Warning::TiedScores { values, distinct: 3, left: 2, at_least: false };
        assert_eq!(
            warning.to_string(),
            "rounding to 32-bit floats left 2 of 3 distinct scores, which can change roc_auc, \
             average_precision: use double precision"
        );
        assert_eq!(report.warnings, [warning]);
    }
}

#[test]
fn other_precisions_make_no_ties() {
    for precision in [Precision::Auto, Precision::Double] {
        let batches = [Batch::new(&SCORES, &LABELS)];
        let mut evaluator = evaluator(roc_auc().precision(precision), &batches);
        let report = evaluator.result().expect("a report");
        assert_eq!(report.unweighted("roc_auc"), Ok(1.0), "{precision}");
        assert_eq!(report.warnings, [], "{precision}");
    }
}

#[test]
fn scores_that_are_floats_make_no_ties() {
    let narrow = SCORES.map(|score| score as f32);
    assert_eq!(ties_of(roc_auc(), &[Batch::new(&narrow, &LABELS)]), None);
    assert_eq!(ties_of(roc_auc(), &[Batch::new(&narrow.map(f64::from), &LABELS)]), None);
    // A tie needs one score that is not.
    let narrow = [narrow[0].into(), SCORES[0], 0.5];
    assert_eq!(ties_of(roc_auc(), &[Batch::new(&narrow, &LABELS)]), Some((3, 2, false)));
}

#[test]
fn metrics_that_do_not_order_scores_have_no_ties() {
    let metrics = ["accuracy", "log_loss", "roc_auc:bins=8", "expected_calibration_error"];
    let mut evaluator = evaluator(builder(Task::Binary, &metrics), &[Batch::new(&SCORES, &LABELS)]);
    assert_eq!(evaluator.result().expect("a report").warnings, []);
}

#[test]
fn undefined_curves_have_no_ties() {
    let batch = Batch::new(&SCORES, &[1_u8; 3]);
    assert_eq!(ties_of(roc_auc(), &[batch]), None);
    let mut both = evaluator(builder(Task::Binary, &["roc_auc", "average_precision"]), &[batch]);
    let report = both.result().expect("a report");
    let values = vec!["average_precision".to_owned()];
    let warning = Warning::TiedScores { values, distinct: 3, left: 2, at_least: false };
    assert_eq!(report.warnings, [warning]);
}

/// The two zeros are the same score; a score below the normal numbers of `f32` counts as zero.
#[test]
fn zeros_are_equal_before_and_after() {
    let zeros = [0.0, -0.0, 0.5];
    assert_eq!(ties_of(roc_auc(), &[Batch::new(&zeros, &LABELS)]), None);
    let tiny = [0.0, -1e-40, 1e-60];
    assert_eq!(ties_of(roc_auc(), &[Batch::new(&tiny, &LABELS)]), Some((3, 1, false)));
}

#[test]
fn integers_are_counted_as_numbers() {
    let scores = [16_777_216_i64, 16_777_217, 16_777_217];
    assert_eq!(ties_of(roc_auc(), &[Batch::new(&scores, &LABELS)]), Some((2, 1, false)));
    let scores = [3_u32, u32::MAX, u32::MAX - 1];
    assert_eq!(ties_of(roc_auc(), &[Batch::new(&scores, &LABELS)]), Some((3, 2, false)));
}

#[test]
fn masked_scores_do_not_count() {
    let batch = Batch::new(&SCORES, &LABELS);
    let mask = [false, true, true];
    assert_eq!(ties_of(roc_auc(), &[batch.mask(&mask)]), None);
    assert_eq!(ties_of(roc_auc().ignore_index(0), &[batch]), None);
    let lengths = [1_u8, 1, 1];
    let steps = [0.1, 0.1 + STEP, 0.5, 0.5 + STEP / 2.0, 0.9, 0.9];
    let sequences = Batch::new(&steps, &[0_u8, 0, 1, 1, 1, 1]).sequence_length(2);
    assert_eq!(ties_of(roc_auc(), &[sequences]), Some((5, 3, false)));
    assert_eq!(ties_of(roc_auc(), &[sequences.lengths(&lengths)]), None);
    // Weight 0 is not a mask.
    let weights = [0.0, 1.0, 1.0];
    assert_eq!(ties_of(roc_auc(), &[batch.weights(&weights)]), Some((3, 2, false)));
}

#[test]
fn scores_that_are_not_finite_do_not_count() {
    let scores = [0.1, 0.1 + STEP, 0.5, f64::NAN, f64::INFINITY, 1e39, 1e40];
    let labels = [0_u8, 1, 1, 0, 0, 1, 1];
    let weights = [1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0];
    let batch = Batch::new(&scores, &labels).weights(&weights);
    for fault_policy in [FaultPolicy::Reject, FaultPolicy::Count] {
        let batch = batch.on_fault(fault_policy);
        assert_eq!(ties_of(roc_auc(), &[batch]), Some((3, 2, false)), "{fault_policy:?}");
    }
}

#[test]
fn only_scores_of_the_same_label_are_ties() {
    let builder = || builder(Task::Multilabel, &["roc_auc"]).outputs(2);
    let labels = [1_u8, 0, 0, 1, 0, 1];
    let across = [0.1, 0.1 + STEP, 0.5, 0.7, 0.7 + STEP, 0.5 + STEP / 2.0];
    assert_eq!(ties_of(builder(), &[Batch::new(&across, &labels)]), None);
    let within = [0.1, 0.1, 0.1 + STEP, 0.1, 0.5, 0.1 + STEP];
    let batch = Batch::new(&within, &labels);
    assert_eq!(ties_of(builder(), &[batch]), Some((5, 3, false)));
    // Labels can be masked alone.
    let mask = [true, true, false, true, true, true];
    assert_eq!(ties_of(builder(), &[batch.mask(&mask)]), Some((4, 3, false)));
}

#[test]
fn only_scores_of_the_same_class_are_ties() {
    let across = [0.1, 0.3, 0.6, 0.7, 0.1 + STEP, 0.2, 0.3 + STEP, 0.6 + STEP, 0.1 - STEP];
    let within = [0.1, 0.3, 0.6, 0.1 + STEP, 0.7, 0.2, 0.3, 0.3 + STEP, 0.4];
    let labels = [2_u8, 1, 0];
    for metric in ["roc_auc", "roc_auc:multi_class=ovo"] {
        let builder = || builder(Task::Multiclass, &[metric]).classes(3);
        assert_eq!(ties_of(builder(), &[Batch::new(&across, &labels)]), None, "{metric}");
        let batch = Batch::new(&within, &labels);
        assert_eq!(ties_of(builder(), &[batch]), Some((9, 7, false)), "{metric}");
        let first_masked = batch.mask(&[false, true, true]);
        assert_eq!(ties_of(builder().ignore_index(0), &[batch]), Some((6, 5, false)), "{metric}");
        assert_eq!(ties_of(builder(), &[first_masked]), None, "{metric}");
        // Log-odds depend on the whole row.
        assert_eq!(ties_of(builder().from_logits(true), &[batch]), None, "{metric}");
    }
    let classes = Batch::new(&[1_u32, 2, 0], &labels);
    let accuracy = builder(Task::Multiclass, &["accuracy"]).classes(3);
    assert_eq!(ties_of(accuracy, &[classes]), None);
}

#[test]
fn logits_of_labels_are_scores() {
    let batches = [Batch::new(&SCORES, &LABELS)];
    assert_eq!(ties_of(roc_auc().from_logits(true), &batches), Some((3, 2, false)));
}

/// The numbers of distinct scores that an evaluator has stored.
fn stored(state: &State) -> u64 {
    let contents = state.totals.iter().flat_map(|totals| &totals.statistics);
    let scores = contents.filter_map(|total| match &total.content {
        Accumulator::Scores(scores) => Some(scores),
        _ => None,
    });
    let distinct = scores.map(|scores| {
        let scores = scores.samples().map(|sample| sample.score.to_bits());
        scores.collect::<BTreeSet<_>>().len() as u64
    });
    distinct.sum()
}

/// The counts are those of the scores that evaluators store in double and in single precision.
#[test]
fn counts_are_those_of_stored_scores() {
    let lines = include_str!("../data/sklearn_models/cancer_crowded.csv").lines().skip(1);
    let rows = lines.map(|line| line.split(',').map(|cell| cell.parse().expect("a number")));
    let rows: Vec<Vec<f64>> = rows.map(Iterator::collect).collect();
    let scores: Vec<f64> = rows.iter().map(|row| row[0]).collect();
    let labels: Vec<f64> = rows.iter().map(|row| row[1]).collect();
    let check = |builder: &dyn Fn() -> EvaluatorBuilder,
                 scores: &[f64],
                 labels: &[f64],
                 width: usize| {
        let batch = Batch::new(scores, labels);
        let count = |precision| {
            stored(&evaluator(builder().precision(precision), &[batch]).state().expect("a state"))
        };
        let (distinct, left) = (count(Precision::Double), count(Precision::Single));
        assert!(left < distinct);
        assert_eq!(ties_of(builder(), &[batch]), Some((distinct, left, false)));
        // However the samples are split into batches.
        for samples in [1, 7, 100] {
            let (scores, labels) = (scores.chunks(samples * width), labels.chunks(samples * width));
            let batches: Vec<_> = scores.zip(labels).map(|(p, t)| Batch::new(p, t)).collect();
            assert_eq!(ties_of(builder(), &batches), Some((distinct, left, false)));
        }
        distinct
    };
    assert_eq!(check(&roc_auc, &scores, &labels, 1), 214);

    let mut random = Random::new(18);
    let mut number = || f64::from(random.log_uniform(-3, -1));
    let crowded: Vec<f64> = (0..30_000)
        .map(|i| f64::from((number() * 2000.0) as u16) + STEP * f64::from(i % 4))
        .collect();
    let labels: Vec<f64> = (0..30_000).map(|i| f64::from(i % 2)).collect();
    let three_labels = || builder(Task::Multilabel, &["average_precision"]).outputs(3);
    check(&roc_auc, &crowded, &labels, 1);
    check(&three_labels, &crowded, &labels, 3);
}

#[test]
fn refused_batches_do_not_count() {
    for device in devices() {
        let mut evaluator = roc_auc().device(device).build().expect("valid settings");
        evaluator.update(&Batch::new(&SCORES[1..], &LABELS[1..])).expect("a valid batch");
        let refused = [0.1, 0.5 + STEP / 2.0, f64::NAN];
        evaluator.update(&Batch::new(&refused, &LABELS)).expect_err("NaN");
        evaluator.update(&Batch::new(&refused[..2], &[0_u8, 2])).expect_err("a label");
        evaluator.update(&Batch::new(&[0.3], &[0_u8])).expect("a valid batch");
        assert_eq!(ties(&evaluator.result().expect("a report")), None);
        evaluator.update(&Batch::new(&refused[..2], &[0_u8, 1])).expect("a valid batch");
        assert_eq!(ties(&evaluator.result().expect("a report")), Some((5, 3, false)));
    }
}

#[test]
fn resets_forget_scores() {
    let mut evaluator = evaluator(roc_auc(), &[Batch::new(&SCORES, &LABELS)]);
    evaluator.reset().expect("a reset");
    evaluator.update(&Batch::new(&SCORES[1..], &[0_u8, 1])).expect("a valid batch");
    assert_eq!(ties(&evaluator.result().expect("a report")), None);
    evaluator.update(&Batch::new(&SCORES[..1], &[0_u8])).expect("a valid batch");
    assert_eq!(ties(&evaluator.result().expect("a report")), Some((3, 2, false)));
}

#[test]
fn snapshots_have_the_ties_of_their_moment() {
    let mut evaluator = evaluator(roc_auc(), &[Batch::new(&SCORES, &LABELS)]);
    let first = evaluator.snapshot().expect("a snapshot");
    evaluator.update(&Batch::new(&[0.5 + STEP / 2.0], &[0_u8])).expect("a valid batch");
    let second = evaluator.snapshot().expect("a snapshot");
    assert_eq!(ties(&first.result().expect("a report")), Some((3, 2, false)));
    assert_eq!(ties(&second.result().expect("a report")), Some((4, 2, false)));
}

#[test]
fn states_and_windows_have_no_ties() {
    let batch = Batch::new(&SCORES, &LABELS);
    let state = evaluator(roc_auc(), &[batch]).state().expect("a state");
    let mut resumed = Evaluator::from_state(&state).expect("an evaluator");
    assert_eq!(resumed.result().expect("a report").unweighted("roc_auc"), Ok(0.75));
    assert_eq!(ties(&resumed.result().expect("a report")), None);

    let mut window = Window::new(evaluator(roc_auc(), &[batch]), 2).expect("a window");
    window.update(&batch).expect("a valid batch");
    assert_eq!(ties(&window.recent().expect("a report")), None);
    assert_eq!(ties(&window.lifetime().expect("a report")), None);
}

/// Scores that are not counted make the counts lower bounds.
#[test]
fn ties_are_at_least_those_of_narrowed_batches() {
    let (first, second) = (Batch::new(&SCORES, &LABELS), Batch::new(&[0.1_f32], &[0_u8]));
    assert_eq!(ties_of(roc_auc(), &[first, second]), Some((3, 2, true)));
    assert_eq!(ties_of(roc_auc(), &[second, first]), Some((3, 2, true)));
    let (no_scores, no_labels) = ([0.0_f32; 0], [0_u8; 0]);
    let nothing = Batch::new(&no_scores, &no_labels);
    assert_eq!(ties_of(roc_auc(), &[first, nothing]), Some((3, 2, false)));

    let mut merged = evaluator(roc_auc(), &[first]);
    merged.merge(&evaluator(roc_auc(), &[]).state().expect("a state")).expect("a merge");
    assert_eq!(ties(&merged.result().expect("a report")), Some((3, 2, false)));
    merged.merge(&evaluator(roc_auc(), &[first]).state().expect("a state")).expect("a merge");
    let report = merged.result().expect("a report");
    assert_eq!(ties(&report), Some((3, 2, true)));
    assert_eq!(
        report.warnings[0].to_string(),
        "rounding to 32-bit floats left 2 of the 3 distinct scores that were counted (there may \
         be more), which can change roc_auc: use double precision"
    );
    merged.reset().expect("a reset");
    merged.update(&first.as_batch()).expect("a valid batch");
    assert_eq!(ties(&merged.result().expect("a report")), Some((3, 2, false)));
}

/// Bins that replace the scores are much coarser.
#[test]
fn dropped_scores_have_no_ties() {
    let batch = Batch::new(&SCORES, &LABELS);
    let small = || roc_auc().score_memory(8 * 5).fallback_bins(16);
    assert_eq!(ties_of(small(), &[batch]), Some((3, 2, false)));
    let mut dropped = evaluator(small(), &[batch, batch]);
    dropped.update(&batch).expect("a valid batch");
    assert_eq!(ties(&dropped.result().expect("a report")), None);
    dropped.reset().expect("a reset");
    dropped.update(&batch).expect("a valid batch");
    assert_eq!(ties(&dropped.result().expect("a report")), Some((3, 2, false)));
    // Nor have scores that a merged state has dropped.
    let state = evaluator(small(), &[batch, batch]).state().expect("a state");
    let mut merged = evaluator(small(), &[batch]);
    merged.merge(&state).expect("a merge");
    assert_eq!(ties(&merged.result().expect("a report")), None);
}
