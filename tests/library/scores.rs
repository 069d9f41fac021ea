//! Stored scores: exact curves, for any order and split of samples, in bounded memory.

use crate::common::devices::devices;
use crate::common::random::Random;
use crate::common::scored::Data;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};
use weighbridge::batch::FaultPolicy;
use weighbridge::error::{BuildError, StateError, UpdateError};
use weighbridge::metric::Value;
use weighbridge::report::Warning;
use weighbridge::statistic::Accumulator;
use weighbridge::{
    Batch, Device, Error, Evaluator, EvaluatorBuilder, State, Task, Undefined, Window,
};

const CURVES: [&str; 2] = ["roc_auc", "average_precision"];

fn builder() -> EvaluatorBuilder {
    Evaluator::builder(Task::Binary).metrics(CURVES).device(Device::Cpu)
}

/// Data of one kind: crowded scores, heavy ties, weights over 20 orders of magnitude.
fn data(kind: usize, samples: usize, random: &mut Random) -> Data {
    let mut data = Data::default();
    let unit = |random: &mut Random| (random.bits() >> 40) as f32 / 2_f32.powi(24);
    for row in 0..samples {
        let u = unit(random);
        data.scores.push(match kind % 4 {
            0 => u,
            1 => (u * 4.0).floor() / 4.0 - 0.5,
            2 => [0.0, -0.0, f32::from_bits(1), -f32::from_bits(77), 1.0][random.below(5)],
            _ => f32::from_bits((random.bits() as u32).min(0x7f7f_ffff)),
        });
        data.labels.push(if row < 2 { row as u8 } else { (random.below(3) == 0).into() });
        data.weights.push(match kind / 4 % 3 {
            0 => 1.0,
            1 => (1.0 + unit(random)) * 10_f32.powi(random.below(21) as i32 - 10),
            _ => random.below(3) as f32,
        });
    }
    data.weights[..2].fill(2.0);
    data
}

fn exact(number: f64) -> BigRational {
    BigRational::from_float(number).expect("a finite number")
}

/// The formulas, pair by pair and group by group, in rational numbers.
fn formulas(data: &Data, weighted: bool) -> [BigRational; 2] {
    // Subnormal scores and −0 are zero.
    let score = |row: usize| if data.scores[row].is_normal() { data.scores[row] } else { 0.0 };
    let weight = |row: usize| exact(if weighted { data.weights[row].into() } else { 1.0 });
    let of_label = |label: u8| {
        let rows = (0..data.len()).filter(move |&row| data.labels[row] == label);
        rows.map(|row| (score(row), weight(row))).collect::<Vec<_>>()
    };
    let [negatives, positives] = [0, 1].map(of_label);
    let sum = |samples: &[(f32, BigRational)], max: f32, min: f32| -> BigRational {
        let inside = samples.iter().filter(|(score, _)| (min..=max).contains(score));
        inside.map(|(_, weight)| weight).sum()
    };
    let all = |samples| sum(samples, f32::MAX, f32::MIN);
    let (mut pairs, mut precision) = (BigRational::zero(), BigRational::zero());
    for (score, weight) in &positives {
        let below = sum(&negatives, score.next_down(), f32::MIN);
        pairs += weight * (below + sum(&negatives, *score, *score) * exact(0.5));
        let [right, wrong] = [&positives, &negatives].map(|of| sum(of, f32::MAX, *score));
        if !weight.is_zero() {
            precision += weight * &right / (&right + wrong);
        }
    }
    [pairs / (all(&positives) * all(&negatives)), precision / all(&positives)]
}

#[test]
fn values_match_the_formulas_within_the_stated_rounding() {
    let mut random = Random::new(1);
    let rounding = exact(2_f64.powi(-53));
    for kind in 0..12 {
        for samples in [2, 3, 40] {
            let data = data(kind, samples, &mut random);
            let mut evaluator = builder().build().unwrap();
            evaluator.update(&data.batch()).unwrap();
            let report = evaluator.result().unwrap();
            for (weighted, side) in [(false, "unweighted"), (true, "weighted")] {
                let [auc, precision] = formulas(&data, weighted);
                let found = CURVES.map(|name| match weighted {
                    false => report.unweighted(name).unwrap(),
                    true => report.weighted(name).unwrap(),
                });
                let [off_auc, off_precision] =
                    [(found[0], &auc), (found[1], &precision)].map(|(x, of)| (exact(x) - of).abs());
                // Rounded once.
                assert!(off_auc <= &auc * &rounding, "kind {kind}, {side}: {found:?}");
                // And for each group, an error of 3 · 2^-63 of it.
                let of_groups = exact(3.0 * 2_f64.powi(-63));
                let bound = &precision * &rounding + of_groups;
                assert!(off_precision <= bound, "kind {kind}, {side}: {found:?}");
            }
        }
    }
    assert!(formulas(&data(1, 9, &mut random), true)[0] <= BigRational::one());
}

/// On every device, with more samples than fit into the first chunks, a tile, or a block of tiles.
#[test]
fn states_and_values_do_not_depend_on_order_split_or_device() {
    let mut random = Random::new(2);
    let data = data(5, 150_000, &mut random);
    let mut whole = builder().build().unwrap();
    whole.update(&data.batch()).unwrap();
    let (state, report) =
        (whole.state().unwrap(), format!("{:?}", whole.result().unwrap().entries));
    for device in devices() {
        let mut rows: Vec<_> = (0..data.len()).collect();
        random.shuffle(&mut rows);
        let [mut one, mut two] = [0, 1].map(|_| builder().device(device.clone()).build().unwrap());
        let (first, second) = rows.split_at(110_000);
        let mut start = 0;
        while start < first.len() {
            let end = (start + 1 + random.below(30_000)).min(first.len());
            one.update(&data.of(&first[start..end]).batch()).unwrap();
            if random.below(3) == 0 {
                // Samples can be added after sorting.
                one.result().unwrap();
            }
            start = end;
        }
        two.update(&data.of(second).batch()).unwrap();
        one.merge(&two.state().unwrap()).unwrap();
        assert!(one.state().unwrap() == state, "{device:?}");
        assert_eq!(format!("{:?}", one.result().unwrap().entries), report, "{device:?}");

        // Nothing is left after a reset.
        one.reset().unwrap();
        let few = data.of(&rows[..1000]);
        one.update(&few.batch()).unwrap();
        let mut fresh = builder().build().unwrap();
        fresh.update(&few.batch()).unwrap();
        assert!(one.state().unwrap() == fresh.state().unwrap(), "{device:?}");
    }
}

#[test]
fn states_hold_samples_in_canonical_order_and_survive_serialisation() {
    let mut random = Random::new(3);
    let data = data(6, 200, &mut random);
    let mut evaluator = builder().build().unwrap();
    evaluator.update(&data.batch()).unwrap();
    let state = evaluator.state().unwrap();
    let Accumulator::Scores(scores) = &state.totals[0].statistics[0].content else { panic!() };
    let samples: Vec<_> = scores.samples().collect();
    let of =
        |sample: &weighbridge::statistic::ScoredSample| (sample.score, sample.label, sample.weight);
    assert!(samples.is_sorted_by(|a, b| of(a) <= of(b)));
    assert_eq!(samples.len(), 200);
    let text = serde_json::to_string(&state).unwrap();
    assert!(serde_json::from_str::<State>(&text).unwrap() == state);
    let mut bytes = Vec::new();
    ciborium::into_writer(&state, &mut bytes).unwrap();
    assert!(ciborium::from_reader::<State, _>(&bytes[..]).unwrap() == state);

    // States that no samples can produce are refused.
    let broken = |from: &str, to: &str| {
        assert!(text.contains(from));
        serde_json::from_str::<State>(&text.replacen(from, to, 1))
    };
    let refused = |state: State| builder().build().unwrap().merge(&state).unwrap_err();
    for bad in ["0", "2147483647", "2147483649", "4286578688"] {
        let first_key = format!("\"keys\":[{}", bad);
        let sound = text.split("\"keys\":[").nth(1).unwrap().split(',').next().unwrap();
        let state = broken(&format!("\"keys\":[{sound}"), &first_key).unwrap();
        assert_eq!(refused(state), Error::State(StateError::Inconsistent), "a key of {bad}");
    }
    // A weight that is NaN, or 2^64.
    let sound = text.split("\"labels_and_weights\":[").nth(1).unwrap().split(',').next().unwrap();
    for bad in [0x7fc0_0000_u32, 0x5f80_0000] {
        let column = "\"labels_and_weights\":[";
        let state = broken(&format!("{column}{sound}"), &format!("{column}{bad}")).unwrap();
        assert_eq!(refused(state), Error::State(StateError::Inconsistent), "a weight of {bad:#x}");
    }
    // One sample fewer than stored, or none, and scores that are marked as dropped but present.
    let first = |column: &str| {
        let rest = text.split(&format!("\"{column}\":[")).nth(1).unwrap();
        format!("\"{column}\":[{},", rest.split(',').next().unwrap())
    };
    let fewer = text.replacen(&first("keys"), "\"keys\":[", 1);
    let fewer = fewer.replacen(&first("labels_and_weights"), "\"labels_and_weights\":[", 1);
    assert_eq!(
        refused(serde_json::from_str(&fewer).unwrap()),
        Error::State(StateError::Inconsistent)
    );
    let state = broken("\"dropped\":false", "\"dropped\":true").unwrap();
    assert_eq!(refused(state), Error::State(StateError::Inconsistent));
    let error = broken("\"labels_and_weights\":[", "\"labels_and_weights\":[0,").unwrap_err();
    let sentence = "200 keys of scores, but 201 labels and weights";
    assert!(error.to_string().starts_with(sentence), "{error}");
    let more = text.replacen("\"keys\":[", "\"keys\":[2147483648,", 1);
    let more = more.replacen("\"labels_and_weights\":[", "\"labels_and_weights\":[0,", 1);
    assert_eq!(
        refused(serde_json::from_str(&more).unwrap()),
        Error::State(StateError::Inconsistent)
    );
}

#[test]
fn equal_scores_have_no_order() {
    for device in devices() {
        let mut evaluator = builder().device(device).build().unwrap();
        let scores = [0.0_f32, -0.0, f32::from_bits(3), -f32::from_bits(9)];
        let weights = [1.0_f32, 2.0, 3.0, 2.0];
        evaluator.update(&Batch::new(&scores, &[0_u8, 1, 0, 1]).weights(&weights)).unwrap();
        let report = evaluator.result().unwrap();
        assert_eq!(report.unweighted("roc_auc"), Ok(0.5));
        assert_eq!(report.weighted("average_precision"), Ok(0.5));
        assert_eq!(report.weighted("roc_auc"), Ok(0.5));
    }
}

#[test]
fn curves_without_an_order_are_undefined() {
    let reason = |scores: &[f32], labels: &[u8], weights: &[f32]| {
        let mut evaluator = builder().build().unwrap();
        let batch = Batch::new(scores, labels).weights(weights).on_fault(FaultPolicy::Count);
        evaluator.update(&batch).unwrap();
        evaluator.result().unwrap().get("roc_auc").unwrap().weighted.clone().unwrap_err()
    };
    let ones = [1.0_f32; 3];
    let scores = [0.1_f32, 0.2, 0.3];
    assert_eq!(reason(&scores, &[1, 1, 1], &ones), Undefined::OneLabel { label: 1 });
    assert_eq!(reason(&scores, &[0, 0, 0], &ones), Undefined::OneLabel { label: 0 });
    assert_eq!(reason(&scores, &[0, 1, 1], &[0.0, 1.0, 1.0]), Undefined::OneLabel { label: 1 });
    assert_eq!(reason(&scores, &[0, 1, 1], &[0.0; 3]), Undefined::ZeroWeights);
    let with_nan = [0.1, f32::NAN, f32::INFINITY];
    assert_eq!(reason(&with_nan, &[0, 1, 1], &ones), Undefined::NonFinite { count: 2 });
    assert_eq!(reason(&with_nan, &[0, 1, 1], &[1.0, 2.0, 0.0]), Undefined::NonFinite { count: 1 });
}

#[test]
fn running_out_of_memory_is_reported_and_nothing_is_lost() {
    for device in devices() {
        let bounded = |bytes: u64| builder().device(device.clone()).score_memory(bytes);
        let mut evaluator = bounded(8 * 5).build().unwrap();
        let data = data(0, 3, &mut Random::new(4));
        evaluator.update(&data.batch()).unwrap();
        let before = evaluator.state().unwrap();
        let full = |samples: u64, limit: u64| {
            Error::Update(UpdateError::ScoreMemoryFull { samples, bytes: 8 * samples, limit })
        };
        assert_eq!(evaluator.update(&data.batch()), Err(full(6, 40)));
        assert_eq!(evaluator.merge(&before), Err(full(6, 40)));
        assert!(evaluator.state().unwrap() == before);
        evaluator.update(&data.of(&[0, 1]).batch()).unwrap();
        evaluator.result().unwrap();
        assert_eq!(evaluator.update(&data.of(&[2]).batch()), Err(full(6, 40)));
        evaluator.reset().unwrap();
        evaluator.update(&data.batch()).unwrap();
        assert!(evaluator.state().unwrap() == before);
        let error = bounded(0).build().unwrap().update(&data.batch()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the scores of 3 samples need 24 bytes, but stored scores may take 0 bytes: allow \
             more memory (score_memory), fall back on bins when it is full (fallback_bins), or \
             use bins from the start, as in roc_auc:bins=4096"
        );
    }
    // Each label stores separate scores; metrics that store none need no memory.
    let labels = Evaluator::builder(Task::Multilabel).outputs(2).device(Device::Cpu);
    let batch = Batch::new(&[0.5_f32, 0.1, 0.2, 0.3], &[1_u8, 0, 0, 1]);
    let of = |metric: &str| labels.clone().metric(metric).score_memory(31).build().unwrap();
    let full = UpdateError::ScoreMemoryFull { samples: 2, bytes: 32, limit: 31 };
    assert_eq!(of("roc_auc").update(&batch), Err(full.into()));
    assert_eq!(of("accuracy").update(&batch), Ok(()));
    assert_eq!(of("roc_auc:bins=16").update(&batch), Ok(()));
}

#[test]
fn windows_have_bounded_memory_too() {
    let evaluator = builder().score_memory(8 * 5).build().unwrap();
    let mut window = Window::new(evaluator, 2).unwrap();
    let data = data(0, 2, &mut Random::new(4));
    window.update(&data.batch()).unwrap();
    window.update(&data.batch()).unwrap();
    let full = UpdateError::ScoreMemoryFull { samples: 6, bytes: 48, limit: 40 };
    assert_eq!(window.update(&data.batch()), Err(full.into()));
    assert_eq!(window.lifetime().unwrap().samples, 4);
}

#[test]
fn bins_replace_scores_when_memory_runs_out_in_any_order() {
    let mut random = Random::new(5);
    let mut data = data(4, 60, &mut random);
    // Some scores are flushed to zero and counted.
    data.scores.iter_mut().step_by(3).for_each(|score| *score = f32::from_bits(7));
    let binned = CURVES.map(|name| format!("{name}:bins=64"));
    let mut expected = Evaluator::builder(Task::Binary).metrics(&binned).device(Device::Cpu);
    expected = expected.from_logits(true);
    let mut expected = expected.build().unwrap();
    expected.update(&data.batch()).unwrap();
    let expected = expected.result().unwrap();
    let mut states = Vec::new();
    for device in devices() {
        let fallback = |bytes: u64| {
            let builder = builder().device(device.clone()).from_logits(true);
            builder.fallback_bins(64).score_memory(bytes).build().unwrap()
        };
        for split in [59, 60, 7, 1] {
            let mut evaluator = fallback(8 * 59);
            let mut rows: Vec<_> = (0..60).collect();
            random.shuffle(&mut rows);
            for rows in rows.chunks(split) {
                evaluator.update(&data.of(rows).batch()).unwrap();
            }
            let report = evaluator.result().unwrap();
            for (name, binned) in CURVES.iter().zip(&binned) {
                let (found, expected) = (report.get(name).unwrap(), expected.get(binned).unwrap());
                assert_eq!(found.unweighted, expected.unweighted, "{device:?}");
                assert_eq!(found.weighted, expected.weighted, "{device:?}");
                assert!(matches!(found.weighted, Ok(Value::Interval(_))));
            }
            states.push(evaluator.state().unwrap());
            // After a reset there is memory again.
            evaluator.reset().unwrap();
            evaluator.update(&data.of(&[0, 1, 2]).batch()).unwrap();
            let value = evaluator.result().unwrap().get("roc_auc").unwrap().weighted.clone();
            assert!(matches!(value, Ok(Value::Scalar(_))), "{value:?}");
        }
        assert!(states.iter().all(|state| *state == states[0]), "{device:?}");
        let last = states.last().unwrap().clone();
        assert_eq!(last.totals, states[0].totals);
        let mut checked = fallback(8 * 59);
        if device != Device::Cpu {
            let builder = builder().device(device.clone()).from_logits(true).checked(true);
            checked = builder.fallback_bins(64).score_memory(8 * 30).build().unwrap();
        }
        for rows in (0..60).collect::<Vec<_>>().chunks(25) {
            checked.update(&data.of(rows).batch()).unwrap();
        }
        assert!(checked.state().unwrap() == states[0], "{device:?}");
        // Exact as long as there is memory; scores that were dropped elsewhere are dropped here
        // too.
        let mut evaluator = fallback(8 * 120);
        evaluator.update(&data.batch()).unwrap();
        let value = evaluator.result().unwrap().get("roc_auc").unwrap().weighted.clone();
        assert!(matches!(value, Ok(Value::Scalar(_))), "{value:?}");
        evaluator.merge(&states[0]).unwrap();
        let value = evaluator.result().unwrap().get("roc_auc").unwrap().weighted.clone();
        assert!(matches!(value, Ok(Value::Interval(_))), "{value:?}");
    }
    let refused = builder().fallback_bins(1).build().unwrap_err();
    assert_eq!(refused, BuildError::InvalidFallbackBins { bins: 1, max: 65536 }.into());
    assert_eq!(
        refused.to_string(),
        "fallback_bins is 1; it must be from 2 \
                                     to 65536"
    );
}

/// Totals of many cells are not created again for each batch.
#[test]
fn faults_do_not_depend_on_the_split_with_many_bins() {
    let scores = [f32::from_bits(3), 0.5, 0.25, f32::from_bits(9), 0.75, 1.0];
    let labels = [0_u8, 1, 0, 1, 1, 0];
    let states = [1, 2, 6].map(|split| {
        let builder = builder().fallback_bins(16384).score_memory(8 * 3);
        let mut evaluator = builder.build().unwrap();
        for (scores, labels) in scores.chunks(split).zip(labels.chunks(split)) {
            evaluator.update(&Batch::new(scores, labels)).unwrap();
        }
        evaluator.state().unwrap()
    });
    assert!(states[0] == states[1] && states[1] == states[2]);
}

#[test]
fn refused_batches_drop_nothing() {
    for device in devices() {
        let builder = builder().device(device.clone()).fallback_bins(64).score_memory(8 * 5);
        let mut evaluator = builder.build().unwrap();
        let good = data(0, 3, &mut Random::new(8));
        evaluator.update(&good.batch()).unwrap();
        let before = evaluator.state().unwrap();
        let bad = Data { weights: vec![1.0, -1.0, 1.0], ..good.clone() };
        let refused = evaluator.update(&bad.batch()).unwrap_err();
        assert!(
            matches!(refused, Error::Update(UpdateError::InvalidWeight { row: 1, .. })),
            "{refused:?}"
        );
        assert!(evaluator.state().unwrap() == before, "{device:?}");
        evaluator.update(&good.batch()).unwrap();
        let value = evaluator.result().unwrap().get("roc_auc").unwrap().weighted.clone();
        assert!(matches!(value, Ok(Value::Interval(_))), "{value:?}");
    }
}

/// Batches of one sample each, up to the limit.
#[test]
fn small_batches_up_to_the_limit_take_few_chunks() {
    for device in devices() {
        let mut evaluator =
            builder().device(device.clone()).score_memory(8 * 1500).build().unwrap();
        let data = data(0, 1500, &mut Random::new(9));
        for row in 0..1500 {
            evaluator.update(&data.of(&[row]).batch()).unwrap();
        }
        let mut whole = builder().build().unwrap();
        whole.update(&data.batch()).unwrap();
        assert!(evaluator.state().unwrap() == whole.state().unwrap(), "{device:?}");
    }
}

/// The weights of labels in an average do not depend on the smallest weight of each label.
#[test]
fn label_weights_do_not_depend_on_the_smallest_weight() {
    let (scores, labels) = ([0.9_f32, 0.35, 0.1, 0.4, 0.5, 0.3], [1_u8, 0, 0, 1, 1, 1]);
    let weights = [1.0_f32, 4.0, 2.0, 0.375, 1.0, 0.5];
    let specs = ["roc_auc:average=weighted", "roc_auc:average=none"];
    let mut evaluator = Evaluator::builder(Task::Multilabel)
        .outputs(2)
        .device(Device::Cpu)
        .metrics(specs)
        .build()
        .unwrap();
    evaluator.update(&Batch::new(&scores, &labels).weights(&weights)).unwrap();
    let report = evaluator.result().unwrap();
    let Ok(Value::Vector(each)) = &report.get(specs[1]).unwrap().weighted else { panic!() };
    let [first, second] = [0, 1].map(|label| *each[label].as_ref().unwrap());
    let (support, other) = (1.0 + 1.0, 0.375 + 0.5);
    let expected = (first * support + second * other) / (support + other);
    assert!((report.weighted(specs[0]).unwrap() - expected).abs() < 1e-15);
}

#[test]
fn spacing_without_bins_is_refused() {
    let of = |spec: &str| Evaluator::builder(Task::Binary).metric(spec).device(Device::Cpu);
    let refused = of("roc_auc:spacing=uniform").build().unwrap_err();
    assert_eq!(refused, BuildError::SpacingWithoutBins.into());
    assert_eq!(
        refused.to_string(),
        "spacing needs bins to divide scores into: give their number too, as in bins=4096"
    );
    assert!(of("roc_auc:spacing=uniform").fallback_bins(16).build().is_ok());
}

/// Without fallback bins, the value is undefined if scores were dropped elsewhere.
#[test]
fn dropped_scores_leave_no_value() {
    let specs = ["roc_auc", "roc_auc:bins=16"];
    let build = |fallback: bool| {
        let builder = Evaluator::builder(Task::Binary).device(Device::Cpu).score_memory(8);
        let builder = if fallback { builder.fallback_bins(16) } else { builder };
        builder.metrics(specs).build().unwrap()
    };
    let mut dropped = build(true);
    dropped.update(&data(0, 5, &mut Random::new(6)).batch()).unwrap();
    let builder = Evaluator::builder(Task::Binary).device(Device::Cpu).metrics(specs);
    let mut evaluator = builder.build().unwrap();
    evaluator.merge(&dropped.state().unwrap()).unwrap();
    let report = evaluator.result().unwrap();
    assert_eq!(report.get("roc_auc").unwrap().weighted, Err(Undefined::ScoresDropped));
    assert!(report.get("roc_auc:bins=16").unwrap().weighted.is_ok());
}

#[test]
fn partial_areas_and_gini_are_consistent_with_the_full_area() {
    let mut random = Random::new(7);
    let specs =
        ["roc_auc", "gini", "roc_auc:max_fpr=1", "roc_auc:max_fpr=0.3", "roc_auc:max_fpr=0.999"];
    let binned = specs.map(|spec| format!("{spec}:bins=4096"));
    for kind in 0..12 {
        let data = data(kind, 50, &mut random);
        let builder = Evaluator::builder(Task::Binary).device(Device::Cpu).from_logits(true);
        let mut evaluator = builder.metrics(specs).metrics(&binned).build().unwrap();
        evaluator.update(&data.batch()).unwrap();
        let report = evaluator.result().unwrap();
        let [auc, gini, all, part, max] = specs.map(|spec| report.weighted(spec).unwrap());
        assert_eq!((auc, gini), (all, 2.0 * auc - 1.0));
        // The area by trapezoids, of f64 sums.
        let area = |max: f64| {
            let mut order: Vec<_> = (0..data.len()).collect();
            let score =
                |row: usize| if data.scores[row].is_normal() { data.scores[row] } else { 0.0 };
            order.sort_by(|&a, &b| score(b).total_cmp(&score(a)));
            let sum = |label: u8| -> f64 {
                let rows = order.iter().filter(|&&row| data.labels[row] == label);
                rows.map(|&row| f64::from(data.weights[row])).sum()
            };
            let totals = [sum(0), sum(1)];
            let [mut x, mut y, mut area] = [0.0_f64; 3];
            for group in order.chunk_by(|&a, &b| score(a) == score(b)) {
                let [mut dx, mut dy] = [0.0; 2];
                for &row in group {
                    let weight = f64::from(data.weights[row]);
                    match data.labels[row] {
                        0 => dx += weight / totals[0],
                        _ => dy += weight / totals[1],
                    }
                }
                let past = dx > 0.0 && x + dx > max;
                let part = if past { (max - x).max(0.0) / dx } else { 1.0 };
                area += part * dx * (y + part * dy / 2.0);
                (x, y) = (x + dx, y + dy);
            }
            let min = max * max / 2.0;
            (1.0 + (area - min) / (max - min)) / 2.0
        };
        for (found, max) in [(part, 0.3), (max, 0.999)] {
            assert!((found - area(max)).abs() < 1e-12, "kind {kind}: {found}, {}", area(max));
        }
        for (spec, binned) in specs.iter().zip(&binned) {
            let exact = report.weighted(spec).unwrap();
            let Ok(Value::Interval(found)) = report.get(binned).unwrap().weighted else { panic!() };
            let holds = found.low <= exact && exact <= found.high;
            assert!(holds, "kind {kind}, {binned}: {exact} in {found:?}");
        }
    }
}

/// Three scores, each with more samples than a thread processes at a time: counted, not sorted.
#[test]
fn ties_of_very_many_samples_are_one_group() {
    let mut random = Random::new(77);
    let mut data = Data::default();
    let mut sums = [[0_u64; 2]; 3];
    for _ in 0..120_000 {
        let (score, weight) = (random.below(3), 1 + random.below(4) as u64);
        let label = usize::from(random.below(5) < 1 + score);
        sums[score][label] += weight;
        data.scores.push(score as f32);
        data.labels.push(label as u8);
        data.weights.push(weight as f32);
    }
    let [negatives, positives] = [0, 1].map(|label| sums.iter().map(|sum| sum[label]).sum::<u64>());
    let (mut twice, mut below) = (0, 0);
    for [own_negatives, own_positives] in sums {
        twice += own_positives * (2 * below + own_negatives);
        below += own_negatives;
    }
    let expected = twice as f64 / (2 * negatives * positives) as f64;
    for device in devices() {
        let mut evaluator = builder().device(device).build().unwrap();
        evaluator.update(&data.batch()).unwrap();
        assert_eq!(evaluator.result().unwrap().weighted("roc_auc"), Ok(expected));
    }
}

/// Free slots contain nothing from before a reset, in chunks of several sizes.
#[test]
fn resets_leave_nothing_behind() {
    let mut random = Random::new(78);
    let first = data(0, 140_000, &mut random);
    let mut second = data(5, 135_001, &mut random);
    second.scores.iter_mut().step_by(3).for_each(|score| *score = f32::NAN);
    for device in devices() {
        let mut evaluator = builder().device(device).build().unwrap();
        evaluator.update(&first.batch()).unwrap();
        evaluator.reset().unwrap();
        for rows in (0..second.len()).collect::<Vec<_>>().chunks(63_000) {
            let batch = second.of(rows);
            evaluator.update(&batch.batch().on_fault(FaultPolicy::Count)).unwrap();
        }
        let mut expected = builder().build().unwrap();
        expected.update(&second.batch().on_fault(FaultPolicy::Count)).unwrap();
        assert_eq!(evaluator.state().unwrap(), expected.state().unwrap());
    }
}

#[test]
fn values_from_bins_without_an_interval_have_a_warning() {
    let data = data(0, 60, &mut Random::new(5));
    let warnings = |bytes: u64| {
        let builder =
            Evaluator::builder(Task::Binary).metrics(["roc_auc", "ks_statistic", "pr_auc"]);
        let builder = builder.metric("accuracy").device(Device::Cpu);
        let mut evaluator = builder.fallback_bins(64).score_memory(bytes).build().unwrap();
        evaluator.update(&data.batch()).unwrap();
        evaluator.result().unwrap().warnings
    };
    assert_eq!(warnings(8 * 60), []);
    let values = ["ks_statistic", "pr_auc"].map(str::to_owned).to_vec();
    assert_eq!(warnings(8 * 59), [Warning::Approximated { values }]);
}
