//! Curves from histograms: the exact value lies in the certified interval.

use crate::common::random::Random;
use weighbridge::batch::FaultPolicy;
use weighbridge::metric::{Interval, Value};
use weighbridge::statistic::histogram::MAX_BINS;
use weighbridge::statistic::{Accumulator, Binning, Statistic};
use weighbridge::{Batch, Device, Evaluator, EvaluatorBuilder, ExactSum, Report, Task, Undefined};

fn builder(metrics: &[&str], from_logits: bool) -> EvaluatorBuilder {
    let builder = Evaluator::builder(Task::Binary).metrics(metrics.iter().copied());
    builder.from_logits(from_logits).device(Device::Cpu)
}

fn report(metrics: &[&str], from_logits: bool, batch: &Batch<'_>) -> Report {
    let mut evaluator = builder(metrics, from_logits).build().unwrap();
    evaluator.update(batch).unwrap();
    evaluator.result().unwrap()
}

/// Both values of a metric.
fn both(report: &Report, spec: &str) -> [Interval; 2] {
    let entry = report.get(spec).unwrap();
    [&entry.unweighted, &entry.weighted].map(|value| match value {
        Ok(Value::Interval(number)) => *number,
        other => panic!("{spec}: {other:?}"),
    })
}

/// ROC AUC and average precision from individual samples, in `f64`. Sums of n terms of one sign
/// have a relative error of at most n · 2^-53.
fn exact(scores: &[f32], labels: &[u8], weights: &[f32]) -> [f64; 2] {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&i, &j| scores[j].total_cmp(&scores[i]));
    let [mut above, mut false_above, mut pairs, mut precision] = [0.0; 4];
    let mut start = 0;
    while start < order.len() {
        let same = |&&i: &&usize| scores[i] == scores[order[start]];
        let group = order[start..].iter().take_while(same).count();
        let [mut a, mut b] = [0.0; 2];
        for &i in &order[start..start + group] {
            let weight = f64::from(weights[i]);
            if labels[i] == 1 { a += weight } else { b += weight }
        }
        pairs += b * (above + a / 2.0);
        above += a;
        false_above += b;
        if a > 0.0 {
            precision += a * above / (above + false_above);
        }
        start += group;
    }
    [pairs / (above * false_above), precision / above]
}

/// Scores of one kind, labels that correlate with them, and weights over many powers of two.
struct Data {
    scores: Vec<f32>,
    labels: Vec<u8>,
    weights: Vec<f32>,
}

fn unit(random: &mut Random) -> f64 {
    (random.bits() >> 11) as f64 / 2_f64.powi(53)
}

/// Number of kinds of data.
const KINDS: [&str; 8] =
    ["uniform", "near 0", "near 1", "near 1/2", "of few scores", "one score", "logits", "any bits"];

fn data(kind: &str, samples: usize, random: &mut Random) -> Data {
    let mut data = Data { scores: vec![], labels: vec![], weights: vec![] };
    for index in 0..samples {
        let label = u8::from(random.below(3) == 0 || index == 0);
        let (u, shift) = (unit(random), 0.3 * f64::from(label));
        let normal = (0..6).map(|_| unit(random)).sum::<f64>() - 3.0;
        let score = match kind {
            "uniform" => (u + shift) / 1.3,
            "near 0" => 1e-6 * (3.0 * normal + 3.0 * shift).exp(),
            "near 1" => 1.0 - (1e-4 * (2.0 * normal - 3.0 * shift).exp()).min(1.0),
            "near 1/2" => 0.5 + 1e-3 * (normal + shift),
            "of few scores" => ((u + shift) * 4.0).floor() / 8.0,
            "one score" => 0.625,
            "logits" => 3.0 * normal + 4.0 * shift,
            _ => f64::from(f32::from_bits(random.bits() as u32)),
        };
        let score = score as f32;
        data.scores.push(if score.is_finite() { score } else { -0.0 });
        data.labels.push(label);
        let power = random.below(67) as i32 - 33;
        let weight = ((1.0 + unit(random)) * 2_f64.powi(power)) as f32;
        data.weights.push(if random.below(10) == 0 { 0.0 } else { weight });
    }
    data.labels[samples - 1] = 0;
    data.weights[0] = 1.0;
    data.weights[samples - 1] = 1.0;
    // Subnormals and −0 count as 0.
    data.scores.iter_mut().for_each(|s| *s = if s.is_normal() { *s } else { 0.0 });
    data
}

#[test]
fn exact_values_lie_in_certified_intervals() {
    let mut random = Random::new(1);
    let metrics: Vec<String> =
        ["bins=2", "bins=3", "bins=16", "bins=4096", "bins=50:spacing=uniform"]
            .iter()
            .flat_map(|bins| ["roc_auc", "average_precision"].map(|name| format!("{name}:{bins}")))
            .collect();
    let metrics: Vec<&str> = metrics.iter().map(String::as_str).collect();
    for turn in 0..200 {
        let kind = KINDS[turn % KINDS.len()];
        let samples = 2 + random.below([4, 30, 400][turn % 3]);
        let data = data(kind, samples, &mut random);
        let batch = Batch::new(&data.scores, &data.labels).weights(&data.weights);
        let ones = vec![1.0_f32; samples];
        for from_logits in [false, true] {
            let report = report(&metrics, from_logits, &batch);
            let sides = [&ones, &data.weights].map(|w| exact(&data.scores, &data.labels, w));
            for spec in &metrics {
                let of_precision = usize::from(spec.starts_with("average"));
                for (found, exact) in both(&report, spec).into_iter().zip(sides) {
                    let exact = exact[of_precision];
                    // The rounding error of the formula in f64.
                    let slack = samples as f64 * 2_f64.powi(-51);
                    let Interval { value, low, high } = found;
                    let what = format!("{spec}, {kind}, {from_logits}: {exact}, {found:?}");
                    assert!(low - slack <= exact && exact <= high + slack, "{what}");
                    assert!(0.0 <= low && low <= value && value <= high && high <= 1.0, "{what}");
                }
            }
        }
    }
}

/// If each score has a separate bin, the value is exact; `roc_auc` is rounded once.
#[test]
fn scores_in_separate_bins_have_the_exact_value() {
    let scores = [0.05_f32, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95];
    let mut random = Random::new(2);
    for _ in 0..100 {
        let picked: Vec<f32> = (0..50).map(|_| scores[random.below(10)]).collect();
        let mut labels: Vec<u8> = (0..50).map(|_| random.below(2) as u8).collect();
        (labels[0], labels[1]) = (0, 1);
        // Small integers: every sum below is exact.
        let weights: Vec<f32> = (0..50).map(|_| 1.0 + random.below(7) as f32).collect();
        let report = report(
            &["roc_auc:bins=10:spacing=uniform", "average_precision:bins=4096"],
            false,
            &Batch::new(&picked, &labels).weights(&weights),
        );
        let [auc, precision] = exact(&picked, &labels, &weights);
        assert_eq!(both(&report, "roc_auc:bins=10:spacing=uniform")[1].value, auc);
        let found = both(&report, "average_precision:bins=4096")[1].value;
        assert!((found - precision).abs() < 50.0 * 2_f64.powi(-52), "{found}, {precision}");
    }
}

#[test]
fn equal_scores_count_half() {
    let report =
        report(&["roc_auc:bins=4096"], false, &Batch::new(&[0.25_f32; 5], &[0_u8, 1, 1, 0, 1]));
    // The histogram does not restrict them.
    assert_eq!(both(&report, "roc_auc:bins=4096")[0], Interval { value: 0.5, low: 0.0, high: 1.0 });
}

/// The widths of intervals for scores spread over [0, 1] and for crowded scores, where uniform bins
/// resolve almost nothing.
#[test]
fn adaptive_bins_are_narrow_where_scores_crowd() {
    let mut random = Random::new(3);
    // The maximum width of each, and the minimum ratio of uniform to adaptive width.
    let cases = [
        ("uniform", false, 0.0005, 0.0),
        ("near 0", false, 0.004, 100.0),
        ("near 1", false, 0.006, 100.0),
        ("near 1/2", false, 0.2, 0.5),
        ("logits", true, 0.003, 0.5),
    ];
    for (kind, from_logits, max, times) in cases {
        let data = data(kind, 100_000, &mut random);
        let specs = ["roc_auc:bins=4096", "roc_auc:bins=4096:spacing=uniform"];
        let batch = Batch::new(&data.scores, &data.labels);
        let report = report(&specs, from_logits, &batch);
        let [adaptive, uniform] = specs.map(|spec| {
            let Interval { low, high, .. } = both(&report, spec)[0];
            high - low
        });
        println!("{kind}: adaptive {adaptive:.5}, uniform {uniform:.5}");
        assert!(adaptive <= max && uniform >= times * adaptive, "{kind}: {adaptive}, {uniform}");
    }
}

#[test]
fn bins_increase_with_scores() {
    let binnings = [2, 3, 7, 200, 4096, MAX_BINS].map(|bins| {
        [false, true].map(|of_logits| {
            [Binning::adaptive(of_logits, bins), Binning::uniform(of_logits, bins)]
        })
    });
    let mut random = Random::new(4);
    for binning in binnings.concat().concat() {
        let mut scores: Vec<f32> = (0..20_000)
            .map(|turn| match turn % 4 {
                0 => f32::from_bits(random.bits() as u32),
                1 => unit(&mut random) as f32,
                2 => (80.0 * unit(&mut random) - 40.0) as f32,
                _ => 1.0 - 2_f32.powi(-1 - random.below(40) as i32),
            })
            .filter(|score| score.is_normal())
            .flat_map(|score| [score, score.next_up(), score.next_down()])
            .filter(|score| score.is_normal())
            .chain([0.0, 0.5, 1.0, 32.0, -32.0, f32::MAX, f32::MIN])
            .collect();
        scores.sort_by(f32::total_cmp);
        let bins: Vec<_> = scores.iter().map(|score| binning.bin(score.to_bits())).collect();
        assert!(bins.is_sorted(), "{binning}");
        assert_eq!((bins[0], bins[bins.len() - 1]), (0, binning.bins() - 1), "{binning}");
    }
    for bins in [2, 3, 4, 5, 100, 4096, MAX_BINS] {
        assert_eq!(Binning::adaptive(false, bins).bins(), bins);
    }
}

#[test]
fn one_label_has_no_curve() {
    let of = |labels: &[u8], weights: &[f32]| {
        let report = report(
            &["roc_auc:bins=4096", "average_precision:bins=4096"],
            false,
            &Batch::new(&[0.1_f32, 0.5, 0.9], labels).weights(weights),
        );
        report.entries.iter().map(|entry| entry.weighted.clone().err()).collect::<Vec<_>>()
    };
    let (ones, zeros) =
        (Some(Undefined::OneLabel { label: 1 }), Some(Undefined::OneLabel { label: 0 }));
    assert_eq!(of(&[1, 1, 1], &[1.0, 2.0, 3.0]), [ones.clone(), None]);
    assert_eq!(of(&[0, 0, 0], &[1.0, 2.0, 3.0]), [zeros.clone(), zeros]);
    assert_eq!(of(&[1, 0, 1], &[1.0, 0.0, 3.0]), [ones, None]);
    let scores = [0.5_f32, f32::NAN];
    let batch = Batch::new(&scores, &[0_u8, 1]).on_fault(FaultPolicy::Count);
    let reason = report(&["roc_auc:bins=2"], false, &batch).entries.remove(0).unweighted;
    assert_eq!(reason, Err(Undefined::NonFinite { count: 1 }));
}

#[test]
fn invalid_bins_are_refused() {
    let message = |spec: &str| builder(&[spec], false).build().err().unwrap().to_string();
    assert_eq!(
        message("roc_auc:bins=1"),
        "roc_auc: bins is \"1\", but must be a whole number from 2 to 65536"
    );
    assert_eq!(
        message("average_precision:bins=0"),
        "average_precision: bins is \"0\", but must be a whole number from 2 to 65536"
    );
    assert_eq!(
        message("roc_auc:bins=3:spacing=even"),
        "roc_auc: spacing is \"even\", but must be adaptive or uniform"
    );
    let binning = Binning::uniform(false, 1 << 20);
    let statistic = Statistic::Histogram { binning };
    let error = builder(&[], false).statistics([statistic]).build().err().unwrap();
    assert_eq!(
        error.to_string(),
        "histogram: bins is \"1048576\", but must be a whole number from 2 to 65536"
    );
}

/// Averages over labels, of values and of the ends of their intervals.
#[test]
fn labels_are_averaged_with_their_intervals() {
    let scores = [0.9_f32, 0.2, 0.6, 0.21, 0.3, 0.8, 0.1, 0.8];
    let labels = [1_u8, 0, 0, 1, 1, 0, 0, 1];
    let specs =
        ["none", "macro", "weighted", "micro"].map(|of| format!("roc_auc:bins=4:average={of}"));
    let builder = Evaluator::builder(Task::Multilabel).outputs(2).metrics(&specs);
    let mut evaluator = builder.device(Device::Cpu).build().unwrap();
    evaluator.update(&Batch::new(&scores, &labels)).unwrap();
    let report = evaluator.result().unwrap();
    let Ok(Value::Matrix(rows)) = &report.get(&specs[0]).unwrap().unweighted else { panic!() };
    let rows: Vec<_> = rows.iter().map(|row| row.clone().unwrap()).collect();
    let single = |label: usize| {
        let of = |all: &[f32]| all.iter().skip(label).step_by(2).copied().collect::<Vec<_>>();
        let truth: Vec<u8> = labels.iter().skip(label).step_by(2).copied().collect();
        let report = self::report(&["roc_auc:bins=4"], false, &Batch::new(&of(&scores), &truth));
        let Interval { value, low, high } = both(&report, "roc_auc:bins=4")[0];
        vec![value, low, high]
    };
    assert_eq!(rows, [single(0), single(1)]);
    for spec in &specs[1..3] {
        let found = both(&report, spec)[0];
        for (index, found) in [found.value, found.low, found.high].into_iter().enumerate() {
            let mean = (rows[0][index] + rows[1][index]) / 2.0;
            assert!((found - mean).abs() < 1e-14, "{spec}: {found}, {mean}");
        }
        assert!(found.low <= (rows[0][1] + rows[1][1]) / 2.0);
    }
    let json = report.to_json();
    let interval = &json["metrics"][&specs[1]]["interval"]["unweighted"];
    assert_eq!(interval[0].as_f64(), Some(both(&report, &specs[1])[0].low));
    assert!(report.to_string().contains('['), "{report}");
}

/// The state is the histogram: counts and weights, for any order and split.
#[test]
fn states_count_bins_and_labels() {
    let statistic = Statistic::Histogram { binning: Binning::uniform(false, 2) };
    let mut evaluator = builder(&[], false).statistics([statistic]).build().unwrap();
    let scores = [0.25_f32, 0.75, 0.75, -3.0, 9.0];
    evaluator
        .update(&Batch::new(&scores, &[0_u8, 0, 1, 1, 1]).weights(&[1.0_f32, 2.0, 0.0, 4.0, 8.0]))
        .unwrap();
    let state = evaluator.state().unwrap();
    let Accumulator::Cells(cells) = &state.totals[0].statistics[0].content else { panic!() };
    assert_eq!(cells.counts, [1, 1, 1, 2]);
    assert_eq!(cells.weights.iter().map(|w| w.to_f64()).collect::<Vec<_>>(), [1.0, 4.0, 2.0, 8.0]);
}

/// Sums expect weights of the magnitude of the first ones, and take another path otherwise.
#[test]
fn growing_weights_are_counted_like_others() {
    let scores: Vec<f32> = (0..2048).map(|row| (row % 7) as f32 / 8.0).collect();
    let labels: Vec<u8> = (0..2048).map(|row| u8::from(row % 3 == 0)).collect();
    for power in 1..60 {
        let weight = |row: usize| match row / 512 {
            0 => 0.0,
            1 => 1.0 + row as f32 * 2_f32.powi(-20),
            _ => (1.0 + row as f32 * 2_f32.powi(-20)) * 2_f32.powi(power),
        };
        let weights: Vec<f32> = (0..2048).map(weight).collect();
        let [whole, split] = [2048, 100].map(|len| {
            let mut evaluator = builder(&["roc_auc:bins=2"], false).build().unwrap();
            let rows = scores.chunks(len).zip(labels.chunks(len)).zip(weights.chunks(len));
            for ((scores, labels), weights) in rows {
                evaluator.update(&Batch::new(scores, labels).weights(weights)).unwrap();
            }
            evaluator.state().unwrap()
        });
        assert!(whole == split, "2^{power}");
        let Accumulator::Cells(cells) = &whole.totals[0].statistics[0].content else { panic!() };
        let mut expected = ExactSum::ZERO;
        weights.iter().for_each(|&weight| expected.add(weight).unwrap());
        assert!(cells.weights.iter().copied().sum::<ExactSum>() == expected, "2^{power}");
    }
}

/// With a histogram, a confusion count is computed from the bins, except for the threshold's bin.
#[test]
fn counts_are_the_same_with_and_without_a_histogram() {
    let mut random = Random::new(31);
    let thresholds = [0.5, 0.25, 0.0, -0.0, 1.0, -3.0, 7.5, 0.1, 0.625, 1e-40];
    for (turn, kind) in KINDS.iter().cycle().take(40).enumerate() {
        let of_logits = turn % 3 == 0;
        let bins = [2, 3, 16, 100][turn % 4];
        let threshold = thresholds[turn % thresholds.len()];
        let mut data = data(kind, 700 + 300 * turn, &mut random);
        // Scores at the threshold, and invalid ones.
        for (index, score) in data.scores.iter_mut().enumerate() {
            match index % 20 {
                3 => *score = threshold,
                4 if turn % 2 == 0 => *score = f32::NAN,
                5 if turn % 2 == 0 => *score = f32::from_bits(7),
                _ => {}
            }
        }
        let weights = match turn % 5 {
            0 => vec![1.0; data.scores.len()],
            // In some blocks they are too far apart.
            1 => data.weights.iter().map(|weight| weight * 1e-30).collect(),
            _ => data.weights.clone(),
        };
        let confusion = Statistic::Confusion { threshold: threshold.into(), probabilities: true };
        let binning = if turn % 2 == 0 { Binning::adaptive } else { Binning::uniform };
        let histogram = Statistic::Histogram { binning: binning(of_logits, bins) };
        let states =
            [vec![confusion, histogram], vec![confusion], vec![histogram]].map(|statistics| {
                let builder = Evaluator::builder(Task::Binary).statistics(statistics);
                let mut evaluator = builder.device(Device::Cpu).build().unwrap();
                let batch = Batch::new(&data.scores, &data.labels).weights(&weights);
                evaluator.update(&batch.on_fault(FaultPolicy::Count)).unwrap();
                evaluator.state().unwrap().totals.remove(0)
            });
        let [together, confusion, histogram] = states;
        let what = format!("{kind}, {bins} bins, threshold {threshold}");
        assert_eq!(together.weights, confusion.weights, "{what}");
        assert_eq!(together.statistics[0], confusion.statistics[0], "{what}");
        assert_eq!(together.statistics[1], histogram.statistics[0], "{what}");
    }
}
