//! Calibration from bins of equal width or equal weight, compared with rational numbers; normalized
//! entropy.

use crate::common::devices::devices;
use crate::common::random::Random;
use crate::common::scored::Data;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};
use weighbridge::batch::FaultPolicy;
use weighbridge::kernel::bits::flush_result;
use weighbridge::metric::Value;
use weighbridge::statistic::ValueFn;
use weighbridge::{Batch, Device, Evaluator, EvaluatorBuilder, Report, Task, Undefined};

const NAMES: [&str; 4] = [
    "expected_calibration_error",
    "maximum_calibration_error",
    "calibration_bins",
    "calibration_curve",
];

/// Numbers of bins, some above the usual number of samples and some below.
const BINS: [usize; 6] = [1, 2, 7, 10, 15, 256];

const STRATEGIES: [&str; 2] = ["uniform", "quantile"];

fn spec(name: &str, bins: usize, strategy: &str) -> String {
    format!("{name}:bins={bins}:strategy={strategy}")
}

fn specs() -> Vec<String> {
    let of_name = |name: &'static str| {
        BINS.into_iter().flat_map(move |bins| STRATEGIES.map(|strategy| spec(name, bins, strategy)))
    };
    NAMES.into_iter().flat_map(of_name).collect()
}

fn builder() -> EvaluatorBuilder {
    Evaluator::builder(Task::Binary).metrics(specs()).device(Device::Cpu)
}

fn report(builder: EvaluatorBuilder, batch: &Batch<'_>) -> Report {
    let mut evaluator = builder.build().unwrap();
    evaluator.update(batch).unwrap();
    evaluator.result().unwrap()
}

/// Number of kinds of data: kinds of scores times four of weights.
const KINDS: usize = 4 * SCORES;

/// Number of kinds of scores.
const SCORES: usize = 8;

/// Scores: heavy ties, all equal, at the ends of bins, subnormal. Weights: 1, over 24 orders of
/// magnitude, 0 to 2, or one that outweighs all others.
fn data(kind: usize, samples: usize, logits: bool, random: &mut Random) -> Data {
    let mut data = Data::default();
    let unit = |random: &mut Random| (random.bits() >> 40) as f32 / 2_f32.powi(24);
    for row in 0..samples {
        let u = unit(random);
        let score = match kind % SCORES {
            0 => u,
            1 => (u * 4.0).floor() / 4.0,
            // The second to last counts as 0, but is a separate group.
            2 => [0.0, -0.0, f32::from_bits(1), -f32::from_bits(77), f32::MIN_POSITIVE, 1.0]
                [random.below(6)],
            3 => 0.625,
            4 => random.below(8) as f32 / 7.0,
            5 => random.below(11) as f32 / 10.0,
            6 => random.below(16) as f32 / 15.0,
            _ => u * 0.5_f32.powi(random.below(140) as i32),
        };
        data.scores.push(if logits { 240.0 * (score - 0.5) } else { score });
        data.labels.push((unit(random) < u).into());
        data.weights.push(match kind / SCORES {
            0 => 1.0,
            1 => (1.0 + unit(random)) * 10_f32.powi(random.below(25) as i32 - 12),
            2 => random.below(3) as f32,
            _ if row == samples / 2 => 1e9,
            _ => 1.0,
        });
    }
    data.weights[0] = data.weights[0].max(1.0);
    data
}

fn exact(number: f64) -> BigRational {
    BigRational::from_float(number).expect("a finite number")
}

/// A bin: weight, weight × probability, weight of label 1, and its ends.
struct Bin {
    weight: BigRational,
    probability: BigRational,
    positives: BigRational,
    ends: [f64; 2],
}

/// The bins with positive weight, in rational numbers, sample by sample.
fn bins(data: &Data, logits: bool, weighted: bool, number: usize, quantile: bool) -> Vec<Bin> {
    // Subnormal scores and −0 are zero.
    let score = |row: usize| if data.scores[row].is_normal() { data.scores[row] } else { 0.0 };
    let probability = |row: usize| match logits {
        true => {
            let bits = ValueFn::Logistic.at(score(row).to_bits(), 0, 0).expect("of samples");
            f64::from(f32::from_bits(flush_result(bits)))
        }
        false if score(row) < 2.0 * f32::MIN_POSITIVE => 0.0,
        false => f64::from(score(row)),
    };
    let weight = |row: usize| exact(if weighted { data.weights[row].into() } else { 1.0 });
    let rows: Vec<usize> = (0..data.len()).filter(|&row| !weight(row).is_zero()).collect();
    let sum = |counts: &dyn Fn(usize) -> bool| -> BigRational {
        rows.iter().filter(|row| counts(**row)).map(|&row| weight(row)).sum()
    };
    let whole = sum(&|_| true);
    let bin = |row: usize| -> usize {
        if quantile {
            let lower = sum(&|other| score(other) < score(row));
            let equal = sum(&|other| score(other) == score(row));
            let index = exact(number as f64) * (lower + equal * exact(0.5)) / &whole;
            return index.floor().to_usize().unwrap().min(number - 1);
        }
        // The last bin that begins at the probability or below.
        let begins = |&index: &usize| f64::from(index as f32 / number as f32) <= probability(row);
        (1..number).take_while(begins).count()
    };
    let of_rows: Vec<usize> = rows.iter().map(|&row| bin(row)).collect();
    let of_bin = |index: usize| {
        let of_bin =
            || rows.iter().zip(&of_rows).filter(|(_, bin)| **bin == index).map(|(row, _)| *row);
        let mut ends = [index, index + 1].map(|end| end as f64 / number as f64);
        if quantile {
            let lowest = of_bin().min_by(|&a, &b| score(a).total_cmp(&score(b)));
            let highest = of_bin().max_by(|&a, &b| score(a).total_cmp(&score(b)));
            ends = [lowest, highest].map(|row| row.map_or(0.0, probability));
        }
        Bin {
            weight: of_bin().map(weight).sum(),
            probability: of_bin().map(|row| weight(row) * exact(probability(row))).sum(),
            positives: of_bin().filter(|&row| data.labels[row] == 1).map(weight).sum(),
            ends,
        }
    };
    (0..number).map(of_bin).filter(|bin| !bin.weight.is_zero()).collect()
}

/// The values of a metric, computed from its bins.
fn expected(name: &str, bins: &[Bin]) -> Vec<BigRational> {
    let gap = |bin: &Bin| (&bin.probability - &bin.positives).abs();
    let mean = |bin: &Bin| &bin.probability / &bin.weight;
    let frequency = |bin: &Bin| &bin.positives / &bin.weight;
    match name {
        "expected_calibration_error" => {
            let weight: BigRational = bins.iter().map(|bin| &bin.weight).sum();
            vec![bins.iter().map(gap).sum::<BigRational>() / weight]
        }
        "maximum_calibration_error" => {
            vec![bins.iter().map(|bin| gap(bin) / &bin.weight).max().unwrap()]
        }
        "calibration_bins" => {
            let row = |bin: &Bin| {
                let [lower, upper] = bin.ends.map(exact);
                [lower, upper, bin.weight.clone(), mean(bin), frequency(bin)]
            };
            bins.iter().flat_map(row).collect()
        }
        _ => bins.iter().flat_map(|bin| [mean(bin), frequency(bin)]).collect(),
    }
}

#[test]
fn every_number_is_the_formula_rounded_once() {
    let mut random = Random::new(1);
    let rounding = exact(2_f64.powi(-53));
    for logits in [false, true] {
        for kind in 0..KINDS {
            for samples in [1, 2, 5, 40] {
                let data = data(kind, samples, logits, &mut random);
                let report = report(builder().from_logits(logits), &data.batch());
                for (weighted, strategy) in [(false, 0), (false, 1), (true, 0), (true, 1)] {
                    for number in BINS {
                        let bins = bins(&data, logits, weighted, number, strategy == 1);
                        for name in NAMES {
                            let spec = spec(name, number, STRATEGIES[strategy]);
                            let entry = report.get(&spec).unwrap();
                            let side = if weighted { &entry.weighted } else { &entry.unweighted };
                            let found = side.clone().unwrap().numbers().unwrap();
                            let expected = expected(name, &bins);
                            let what = format!("{spec}, {weighted}, kind {kind}, {samples}");
                            assert_eq!(found.len(), expected.len(), "{what}");
                            for (found, expected) in found.into_iter().zip(expected) {
                                let error = (exact(found) - &expected).abs();
                                assert!(error <= &rounding * &expected, "{what}: {found}");
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Enough samples for several ranges of the sorted order, some of which are one group.
#[test]
fn results_do_not_depend_on_order_split_or_device() {
    let mut random = Random::new(2);
    for kind in [7 + SCORES, 1, 5 + 2 * SCORES] {
        let data = data(kind, 100_000, false, &mut random);
        let expected = format!("{:?}", report(builder(), &data.batch()).entries);
        for device in devices() {
            let mut rows: Vec<_> = (0..data.len()).collect();
            random.shuffle(&mut rows);
            let [mut one, mut two] =
                [0, 1].map(|_| builder().device(device.clone()).build().unwrap());
            let (first, second) = rows.split_at(70_000);
            for rows in first.chunks(30_000) {
                one.update(&data.of(rows).batch()).unwrap();
            }
            two.update(&data.of(second).batch()).unwrap();
            one.merge(&two.state().unwrap()).unwrap();
            let found = format!("{:?}", one.result().unwrap().entries);
            assert!(found == expected, "kind {kind}, {device:?}");
        }
    }
}

#[test]
fn scaling_weights_by_a_power_of_two_changes_no_bit() {
    let mut random = Random::new(3);
    for kind in 0..KINDS {
        let data = data(kind, 500, false, &mut random);
        let mut scaled = data.clone();
        scaled.weights.iter_mut().for_each(|weight| *weight *= 2_f32.powi(-70));
        let [data, scaled] = [data, scaled].map(|data| report(builder(), &data.batch()));
        for (one, other) in data.entries.iter().zip(&scaled.entries) {
            if !one.spec.starts_with("calibration_bins") {
                assert_eq!(one.weighted, other.weighted, "{}, kind {kind}", one.spec);
            }
        }
    }
}

/// Rows of the weighted value of a metric.
fn rows(report: &Report, spec: &str) -> Vec<Vec<f64>> {
    let Ok(Value::Matrix(rows)) = &report.get(spec).unwrap().weighted else { panic!("{spec}") };
    rows.iter().map(|row| row.clone().unwrap()).collect()
}

#[test]
fn bins_of_equal_weight_differ_by_at_most_half_of_the_groups_at_their_ends() {
    let mut random = Random::new(4);
    let spec = "calibration_bins:bins=10:strategy=quantile";
    let builder = Evaluator::builder(Task::Binary).metric(spec).device(Device::Cpu);
    // A multiple of the number of bins, all distinct: all bins have the same weight. The second
    // number of samples spans several ranges of the sorted order.
    for samples in [1000, 100_000] {
        let mut scores: Vec<f32> = (0..samples).map(|row| row as f32 / samples as f32).collect();
        random.shuffle(&mut scores);
        let labels = vec![1_u8; samples];
        let all = report(builder.clone(), &Batch::new(&scores, &labels));
        let weights: Vec<f64> = rows(&all, spec).iter().map(|row| row[2]).collect();
        assert_eq!(weights, [samples as f64 / 10.0; 10]);
    }
    let scores: Vec<f32> = (0..1000).map(|row| (row * row) as f32 / 1e6).collect();
    let labels = vec![1_u8; 1000];
    for _ in 0..50 {
        let scores: Vec<f32> = scores.iter().map(|x| (x * 300.0).floor() / 300.0).collect();
        let weights: Vec<f32> = (0..1000).map(|_| random.below(5) as f32).collect();
        let report = report(builder.clone(), &Batch::new(&scores, &labels).weights(&weights));
        let group = |end: f64| -> f64 {
            let of_end = scores.iter().zip(&weights).filter(|(x, _)| f64::from(**x) == end);
            of_end.map(|(_, weight)| f64::from(*weight)).sum()
        };
        let whole: f64 = weights.iter().map(|weight| f64::from(*weight)).sum();
        // The first and the last bin share a group with one neighbour only.
        let bins = rows(&report, spec);
        let largest =
            bins.iter().flat_map(|row| [group(row[0]), group(row[1])]).fold(0.0, f64::max);
        for row in &bins {
            let bound = (group(row[0]) + group(row[1]) + 2.0 * largest) / 2.0;
            assert!((row[2] - whole / 10.0).abs() <= bound, "{row:?}");
        }
        assert!(bins.windows(2).all(|pair| pair[0][1] < pair[1][0]), "a group is divided");
        assert_eq!(bins.iter().map(|row| row[2]).sum::<f64>(), whole);
    }
}

/// No float equals seven tenths, and the `f32` nearest to it is smaller. Each score of k tenths
/// still belongs to the bin that begins there.
#[test]
fn scores_of_whole_tenths_belong_to_the_bins_that_begin_there() {
    let names = ["expected_calibration_error", "maximum_calibration_error", "calibration_bins"];
    let specs = names.map(|name| format!("{name}:bins=10"));
    // In each bin one sample, whose label is 1 for odd tenths only.
    let labels: Vec<u8> = (1..10).map(|tenths| tenths % 2).collect();
    let single: Vec<f32> = (1..10_u8).map(|tenths| f32::from(tenths) / 10.0).collect();
    let double: Vec<f64> = (1..10_u8).map(|tenths| f64::from(tenths) / 10.0).collect();
    let check = |report: Report, tolerance: f64, what: &str| {
        // Distances from the labels: 0.9 0.2 0.7 0.4 0.5 0.6 0.3 0.8 0.1.
        let near = |spec: &str, expected: f64| {
            let found = report.unweighted(spec).unwrap();
            assert!((found - expected).abs() < tolerance, "{found}, not {expected}: {what}");
        };
        near(&specs[0], 4.5 / 9.0);
        near(&specs[1], 0.9);
        let rows = rows(&report, &specs[2]);
        let found: Vec<[f64; 2]> = rows.iter().map(|row| [row[0], row[2]]).collect();
        let expected: Vec<_> = (1..10).map(|tenths| [f64::from(tenths) / 10.0, 1.0]).collect();
        assert_eq!(found, expected, "{what}");
    };
    for device in devices() {
        let builder = Evaluator::builder(Task::Binary).metrics(&specs).device(device.clone());
        let what = format!("{device:?}");
        check(report(builder.clone(), &Batch::new(&single, &labels)), 1e-7, &what);
        check(report(builder, &Batch::new(&double, &labels)), 1e-15, &what);
    }
}

/// A state may hold batches of both precisions: the ends of bins are rounded as each batch is.
#[test]
fn zeros_and_tenths_of_both_precisions_belong_to_the_same_bins() {
    let spec = "calibration_bins:bins=10";
    let (single, labels) = ([0.0_f32, -0.0, 0.3, 0.6, 0.7, 1.0], [0_u8, 1, 0, 1, 1, 1]);
    let double = [0.0_f64, -0.0, 0.3, 0.6, 0.7, 1.0];
    let builder = Evaluator::builder(Task::Binary).metric(spec).device(Device::Cpu);
    let mut evaluator = builder.build().unwrap();
    evaluator.update(&Batch::new(&single, &labels)).unwrap();
    evaluator.update(&Batch::new(&double, &labels)).unwrap();
    let rows = rows(&evaluator.result().unwrap(), spec);
    let found: Vec<[f64; 2]> = rows.iter().map(|row| [row[0], row[2]]).collect();
    assert_eq!(found, [[0.0, 4.0], [0.3, 2.0], [0.6, 2.0], [0.7, 2.0], [0.9, 2.0]]);
}

/// The label of a row is whether its most probable class is the true one.
#[test]
fn rows_in_double_precision_are_calibrated_by_their_hits() {
    let spec = "expected_calibration_error:bins=10";
    let scores = [0.75_f64, 0.25, 0.0, 0.25, 0.5, 0.25, 0.5, 0.25, 0.25];
    let builder = Evaluator::builder(Task::Multiclass).classes(3).metric(spec);
    let batch = Batch::new(&scores, &[0_u8, 2, 0]).weights(&[3.0_f64, 1.0, 2.0]);
    let report = report(builder.device(Device::Cpu), &batch);
    // In the bin of 1/2, the hits weigh 2 of 3.
    assert_eq!(report.unweighted(spec), Ok(1.0 / 12.0));
    assert_eq!(report.weighted(spec), Ok((0.75 + 0.5) / 6.0));
}

#[test]
fn equal_scores_are_never_split() {
    let scores = [0.0_f32, -0.0, f32::from_bits(5), -f32::from_bits(1)];
    let labels = [0_u8, 1, 1, 1];
    let mut metrics = Evaluator::builder(Task::Binary).device(Device::Cpu);
    metrics = metrics.metrics(STRATEGIES.map(|strategy| spec("calibration_curve", 4, strategy)));
    let report = report(metrics, &Batch::new(&scores, &labels));
    for strategy in STRATEGIES {
        assert_eq!(rows(&report, &spec("calibration_curve", 4, strategy)), [[0.0, 0.75]]);
    }
}

#[test]
fn weighted_bins_differ_from_unweighted_bins() {
    let spec = "calibration_bins:bins=2:strategy=quantile";
    let builder = Evaluator::builder(Task::Binary).metric(spec).device(Device::Cpu);
    let (scores, labels) = ([0.125_f32, 0.25, 0.5, 0.75], [0_u8, 0, 1, 1]);
    let report = report(builder, &Batch::new(&scores, &labels).weights(&[0.0_f32, 1.0, 1.0, 6.0]));
    let Ok(unweighted) = &report.get(spec).unwrap().unweighted else { panic!() };
    let expected = [[0.125, 0.25, 2.0, 0.1875, 0.0], [0.5, 0.75, 2.0, 0.625, 1.0]];
    assert_eq!(unweighted.numbers().unwrap(), expected.concat());
    // The midpoint of the last group is at 5 / 8 of all weight.
    let expected = [[0.25, 0.5, 2.0, 0.375, 0.5], [0.75, 0.75, 6.0, 0.75, 1.0]];
    assert_eq!(rows(&report, spec), expected);
}

/// A weight that is smaller by 2^-23 moves the midpoint of its group below the end of a bin, by a
/// sixth of that.
#[test]
fn bins_are_chosen_in_integers() {
    let spec = "calibration_bins:bins=3:strategy=quantile";
    let builder = Evaluator::builder(Task::Binary).metric(spec).device(Device::Cpu);
    let of = |weight: f32| {
        let batch = Batch::new(&[0.25_f32, 0.5, 0.75], &[0_u8, 1, 1]);
        let report = report(builder.clone(), &batch.weights(&[1.0, weight, 2.75]));
        rows(&report, spec).iter().map(|row| row[2] as f32).collect::<Vec<_>>()
    };
    // 3 (1 + w/2) / (1 + w + 2.75) is 1 for w = 1.5.
    assert_eq!(of(1.5), [1.0, 1.5, 2.75]);
    assert_eq!(of(1.5_f32.next_up()), [1.0, 1.5_f32.next_up(), 2.75]);
    assert_eq!(of(1.5_f32.next_down()).len(), 2);
}

/// Both values of a metric.
fn both(builder: EvaluatorBuilder, spec: &str, batch: &Batch<'_>) -> [Result<Value, Undefined>; 2] {
    let entry = report(builder.metric(spec), batch).entries.pop().unwrap();
    [entry.unweighted, entry.weighted]
}

#[test]
fn undefined_values_say_why() {
    let of = |scores: &[f32], weights: &[f32]| {
        let labels = vec![1_u8; scores.len()];
        let entries = report(
            builder(),
            &Batch::new(scores, &labels).weights(weights).on_fault(FaultPolicy::Count),
        )
        .entries;
        let sides = entries.into_iter().map(|entry| [entry.unweighted, entry.weighted]);
        let mut reasons: Vec<_> = sides.map(|sides| sides.map(Result::err)).collect();
        reasons.dedup();
        assert_eq!(reasons.len(), 1, "{reasons:?}");
        reasons.remove(0)
    };
    let nonfinite = |count| Some(Undefined::NonFinite { count });
    let nan = [0.5, f32::NAN, -3.0, f32::INFINITY];
    assert_eq!(of(&nan, &[1.0; 4]), [nonfinite(2), nonfinite(2)]);
    let domain = "predictions from 0 to 1".to_owned();
    let outside = |count| Some(Undefined::OutsideDomain { count, domain: domain.clone() });
    let far = [0.5, -0.25, 1.0_f32.next_up(), 1.0, -f32::MIN_POSITIVE];
    assert_eq!(of(&far, &[1.0; 5]), [outside(3), outside(3)]);
    assert_eq!(of(&far, &[1.0, 0.0, 2.0, 1.0, 1.0]), [outside(3), outside(2)]);
    assert_eq!(of(&far, &[1.0, 0.0, 0.0, 1.0, 0.0]), [outside(3), None]);
    assert_eq!(of(&[-2.0; 3], &[1.0; 3]), [outside(3), outside(3)]);
    assert_eq!(of(&[0.5; 3], &[0.0; 3]), [None, Some(Undefined::ZeroWeights)]);
    assert_eq!(of(&[], &[]), [Some(Undefined::NoSamples), Some(Undefined::NoSamples)]);
    // A single label is not a fault.
    assert_eq!(of(&[0.0, 1.0], &[1.0; 2]), [None, None]);
}

#[test]
fn dropped_scores_leave_only_bins_of_equal_width() {
    let specs = NAMES.map(|name| STRATEGIES.map(|strategy| spec(name, 7, strategy))).concat();
    let builder = Evaluator::builder(Task::Binary).metrics(&specs).device(Device::Cpu);
    let builder = builder.fallback_bins(16).score_memory(16);
    let report = report(builder, &Batch::new(&[0.1_f32, 0.2, 0.9], &[0_u8, 1, 1]));
    for entry in &report.entries {
        match entry.spec.ends_with("quantile") {
            true => assert_eq!(entry.weighted, Err(Undefined::ScoresDropped), "{}", entry.spec),
            false => assert!(entry.weighted.is_ok(), "{}", entry.spec),
        }
    }
}

#[test]
fn rows_of_scores_have_no_bins_of_equal_weight() {
    for name in NAMES {
        let builder = Evaluator::builder(Task::Multiclass).classes(3).device(Device::Cpu);
        assert!(builder.clone().metric(name).build().is_ok());
        let refused = builder.metric(spec(name, 5, "quantile")).build().err().unwrap();
        let sentence = format!(
            "{name} has no parameter \"strategy\" in the multiclass task; it has only bins"
        );
        assert_eq!(refused.to_string(), sentence);
    }
    let builder = Evaluator::builder(Task::Binary).device(Device::Cpu);
    let refused = builder.metric("calibration_curve:strategy=mass").build().err().unwrap();
    let sentence = "calibration_curve: strategy is \"mass\", but must be uniform or quantile";
    assert_eq!(refused.to_string(), sentence);
}

/// The rows of all labels begin with the label; a label without bins has a reason.
#[test]
fn labels_have_separate_rows() {
    let mut random = Random::new(5);
    let labels = [0, 1, 4].map(|kind| data(SCORES * 2 + kind, 60, false, &mut random));
    let together = |of: &dyn Fn(&Data, usize) -> f32| -> Vec<f32> {
        (0..60).flat_map(|row| [0, 1, 2].map(|label| of(&labels[label], row))).collect()
    };
    let truth: Vec<f32> = together(&|data, row| data.labels[row].into());
    let weights = together(&|data, row| data.weights[row]);
    for device in devices() {
        let mut scores = together(&|data, row| data.scores[row]);
        let builder = Evaluator::builder(Task::Multilabel).outputs(3).device(device);
        let specs = NAMES.map(|name| STRATEGIES.map(|strategy| spec(name, 7, strategy))).concat();
        let batch = Batch::new(&scores, &truth).weights(&weights);
        let all = report(builder.clone().metrics(&specs), &batch);
        for spec in &specs {
            let value = |data: &Data| {
                let builder = Evaluator::builder(Task::Binary).device(Device::Cpu);
                both(builder, spec, &data.batch())
            };
            let alone = [0, 1, 2].map(|label| value(&labels[label]));
            let entry = all.get(spec).unwrap();
            for (side, found) in [&entry.unweighted, &entry.weighted].into_iter().enumerate() {
                let found = found.clone().unwrap();
                let values = alone.each_ref().map(|sides| sides[side].clone().unwrap());
                let expected = if spec.contains("error") {
                    let values = values.map(|value| value.scalar().unwrap());
                    Value::Scalar(values.iter().sum::<f64>() / 3.0)
                } else {
                    let rows = values.into_iter().enumerate().flat_map(|(label, value)| {
                        let Value::Matrix(rows) = value else { panic!("{spec}") };
                        rows.into_iter().map(move |row| [vec![label as f64], row.unwrap()].concat())
                    });
                    Value::from(rows.collect::<Vec<_>>())
                };
                assert_eq!(found, expected, "{spec}");
            }
        }
        scores[1] = f32::NAN;
        let batch = Batch::new(&scores, &truth).on_fault(FaultPolicy::Count);
        let [value, _] = both(builder, "calibration_curve:strategy=quantile", &batch);
        let Ok(Value::Matrix(rows)) = value else { panic!() };
        let reason = Undefined::NonFinite { count: 1 }.into();
        let undefined = Err(Undefined::Label { label: 1, reason });
        assert_eq!(rows.iter().filter(|row| **row == undefined).count(), 1);
        let label = |row: &Result<Vec<f64>, Undefined>| row.as_ref().map_or(1.0, |row| row[0]);
        assert!(rows.iter().map(label).is_sorted());
        assert_eq!((label(&rows[0]), label(&rows[rows.len() - 1])), (0.0, 2.0));
    }
}

#[test]
fn a_curve_is_printed_as_points() {
    let builder = Evaluator::builder(Task::Multilabel).outputs(2).device(Device::Cpu);
    let batch = Batch::new(&[0.25_f32, 0.5, 0.75, 0.5], &[0_u8, 1, 1, 0]);
    let report = report(builder.metric("calibration_curve:bins=2"), &batch).to_string();
    let grid = "
┌───────┬──────────────────┬───────────────────────┐
│ label ┆ mean_probability ┆ fraction_of_positives │
╞═══════╪══════════════════╪═══════════════════════╡
│     0 ┆         0.250000 ┆                     0 │
│     0 ┆         0.750000 ┆                     1 │
│     1 ┆         0.500000 ┆              0.500000 │
└───────┴──────────────────┴───────────────────────┘";
    assert!(report.contains(grid), "{report}");
}

const ENTROPY: &str = "normalized_entropy";

/// Both values of the normalized entropy of a task.
fn entropy(builder: EvaluatorBuilder, batch: &Batch<'_>) -> [Result<f64, Undefined>; 2] {
    let number = |value: Result<Value, Undefined>| value.map(|value| value.scalar().unwrap());
    both(builder.device(Device::Cpu), ENTROPY, batch).map(number)
}

#[test]
fn predicting_the_base_rate_gives_1() {
    // The base rate by weight is 1/4.
    let (scores, labels) = ([0.25_f32; 3], [1_u8, 0, 0]);
    let binary = || Evaluator::builder(Task::Binary);
    let logits = [(0.25_f64 / 0.75).ln() as f32; 3];
    let near = |found: Result<f64, Undefined>, expected: f64| {
        let found = found.unwrap();
        // A loss is within 2 ulp, 2^-22 of itself.
        assert!((found / expected - 1.0).abs() <= 0.5_f64.powi(22), "{found}, not {expected}");
    };
    for (scores, from_logits) in [(&scores, false), (&logits, true)] {
        let batch = Batch::new(scores, &labels).weights(&[1.0_f32, 2.5, 0.5]);
        let [unweighted, weighted] = entropy(binary().from_logits(from_logits), &batch);
        near(weighted, 1.0);
        let [p, r] = [0.25_f64, 1.0 / 3.0];
        let loss = |r: f64, p: f64| -(r * p.ln() + (1.0 - r) * (1.0 - p).ln());
        near(unweighted, loss(r, p) / loss(r, r));
    }
    let rows = [0.5_f32, 0.25, 0.25].repeat(3);
    let batch = Batch::new(&rows, &[0_u8, 1, 2]).weights(&[2.0_f32, 1.0, 1.0]);
    let [unweighted, weighted] = entropy(Evaluator::builder(Task::Multiclass).classes(3), &batch);
    near(weighted, 1.0);
    near(unweighted, 5.0 * 2_f64.ln() / (3.0 * 3_f64.ln()));
    // Per label: the mean of 1 and of the value of predicting 1/2 if 1/4 is right.
    let scores = [0.25_f32, 0.5].repeat(4);
    let batch = Batch::new(&scores, &[1_u8, 1, 0, 0, 0, 0, 0, 0]);
    let [unweighted, _] = entropy(Evaluator::builder(Task::Multilabel).outputs(2), &batch);
    let quarter = 2.0 * 2_f64.ln() - 0.75 * 3_f64.ln();
    near(unweighted, (1.0 + 2_f64.ln() / quarter) / 2.0);
}

/// If a label is so rare that its frequency vanishes in `f64`, its share of the entropy is still
/// computed.
#[test]
fn rare_labels_have_an_entropy() {
    for exponent in [-2, -20, -60, -100, -140] {
        for rare in [0_u8, 1] {
            let m = 2_f64.powi(exponent);
            let weights = [m as f32, m as f32, 1.0, 1.0];
            let labels = [rare, rare, 1 - rare, 1 - rare];
            let batch = Batch::new(&[0.5_f32; 4], &labels).weights(&weights);
            let [_, weighted] = entropy(Evaluator::builder(Task::Binary), &batch);
            // ln 2 over −r ln r − (1 − r) ln(1 − r) with r = m / (1 + m), written without
            // cancellation.
            let expected = 2_f64.ln() / (m.ln_1p() - m / (1.0 + m) * m.ln());
            let found = weighted.unwrap();
            assert!((found / expected - 1.0).abs() < 0.5_f64.powi(22), "{found}, not {expected}");
        }
    }
}

#[test]
fn one_label_has_no_entropy() {
    let of = |labels: &[u8], weights: &[f32]| {
        let scores = vec![0.5_f32; labels.len()];
        let batch = Batch::new(&scores, labels).weights(weights);
        entropy(Evaluator::builder(Task::Binary), &batch).map(Result::err)
    };
    let only = |label| Some(Undefined::OneLabel { label });
    assert_eq!(of(&[1, 1], &[1.0, 2.0]), [only(1), only(1)]);
    assert_eq!(of(&[0, 0], &[1.0, 2.0]), [only(0), only(0)]);
    assert_eq!(of(&[0, 1], &[0.0, 2.0]), [None, only(1)]);
    assert_eq!(of(&[0, 1], &[0.0, 0.0]), [None, Some(Undefined::ZeroWeights)]);
    let batch = Batch::new(&[0.5_f32, 0.25, 0.25], &[1_u8]);
    let [reason, _] = entropy(Evaluator::builder(Task::Multiclass).classes(3), &batch);
    let sentence = "division by zero: all samples of positive weight are of one class";
    assert_eq!(reason.unwrap_err().to_string(), sentence);
}
