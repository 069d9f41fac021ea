//! Totals in double precision: one sample at a time, with exact sums of single numbers.
//!
//! Values are taken from the library, since `double.rs` compares them with their formulas.

use super::reference::bin;
use super::{CLASSES, evaluator, in_order_of_a_state, totals};
use crate::common::families::{Labels, Random};
use crate::common::values::values;
use weighbridge::batch::FaultPolicy;
use weighbridge::statistic::{
    Accumulator, Binning, CalibrationBin, Cells, Confusion, Constant, Extremes, Factor, Faults,
    Key, Moment, ScoredSample, Sides, Statistic, Task, Total, ValueFn, ValueSpec, Weights,
};
use weighbridge::{Batch, ExactSum, InstructionSet};

fn two_to(exponent: i32) -> f64 {
    2_f64.powi(exponent)
}

/// One sample: numbers, or classes as numbers.
#[derive(Clone, Copy, Debug)]
struct Sample {
    prediction: f64,
    truth: f64,
    /// The weight in the batch.
    given: f64,
    bad_label: bool,
}

impl Sample {
    fn has_valid_weight(&self) -> bool {
        self.given >= 0.0 && self.given < two_to(64)
    }

    /// The weight that counts: a multiple of 2^-190, and 0 if it is invalid.
    fn weight(&self) -> f64 {
        let rounded = (self.given * two_to(190)).round_ties_even() * two_to(-190);
        match self.given {
            _ if !self.has_valid_weight() => 0.0,
            exact if exact >= two_to(-138) => exact,
            _ => rounded.abs(),
        }
    }

    fn weighs(&self) -> bool {
        self.weight() != 0.0
    }

    /// The smallest finite `f32` that is not below the score; below all normal numbers, it is zero.
    fn score_up(&self) -> f32 {
        let near = self.prediction as f32;
        let candidates = [near.next_down(), near, near.next_up()];
        let above = candidates.into_iter().find(|&x| f64::from(x) >= self.prediction);
        let above = above.unwrap_or(f32::MAX).clamp(f32::MIN, f32::MAX);
        if above.is_normal() { above } else { 0.0 }
    }
}

/// Adds a product of numbers, each of which is exact, and of the weight.
fn add(sum: &mut Sides<ExactSum>, [x, y]: [f64; 2], weight: f64) {
    let product = x * y;
    for part in [product, x.mul_add(y, -product)] {
        sum.unweighted.add(part).expect("in range");
        sum.weighted.add_product(weight, part).expect("in range");
    }
}

/// A value of a sample with finite inputs. The faults that it has are counted.
fn value_of(value: ValueSpec, sample: &Sample, sums: bool, faults: &mut Faults) -> Option<f64> {
    let Sample { prediction, truth, .. } = *sample;
    let eps = value.parameter.double;
    let number = value.function.at_double(prediction, truth, eps).expect("a value of samples");
    let likelihood = |label| if truth == label { prediction } else { 1.0 - prediction };
    let clips = match value.function {
        ValueFn::LogLoss => likelihood(1.0) < eps,
        ValueFn::LogLossOfOtherLabel => likelihood(0.0) < eps,
        _ => false,
    };
    faults.clipped += u64::from(sums && clips && (0.0..=1.0).contains(&prediction));
    if number.is_nan() {
        faults.outside.count(sample.weighs());
        None
    } else if number.abs() >= two_to(384) {
        faults.overflow.count(sample.weighs());
        None
    } else if number.abs() < two_to(-270) {
        faults.underflow += u64::from(number != 0.0);
        Some(0.0)
    } else {
        Some(number)
    }
}

/// The factors of a moment, if each is zero or from 2^-109 to 2^192.
fn factors_of(moment: Moment, sample: &Sample, faults: &mut Faults) -> Option<[f64; 2]> {
    let factors = moment.factors().map(|factor| match factor {
        Factor::One => 1.0,
        Factor::Prediction => sample.prediction,
        Factor::Truth => sample.truth,
    });
    if factors.iter().any(|x| x.abs() >= two_to(192)) {
        faults.overflow.count(sample.weighs());
        None
    } else if factors.iter().any(|&x| x != 0.0 && x.abs() < two_to(-109)) {
        faults.underflow += 1;
        None
    } else {
        Some(factors)
    }
}

/// The cells that a sample belongs to.
fn cells_of(statistic: Statistic, sample: &Sample) -> Vec<usize> {
    let [prediction, truth] = [sample.prediction, sample.truth].map(|class| class as usize);
    match statistic {
        Statistic::Histogram { binning } => vec![2 * bin(binning, sample.score_up()) + truth],
        Statistic::Margins { classes } => {
            let classes = classes as usize;
            let hit = (prediction == truth).then_some(truth);
            hit.into_iter().chain([classes + truth, 2 * classes + prediction]).collect()
        }
        Statistic::Matrix { classes } => vec![truth * classes as usize + prediction],
        _ => vec![],
    }
}

/// The total of a statistic, and the samples that it stores.
fn total(task: Task, statistic: Statistic, samples: &[Sample]) -> (Total, Vec<ScoredSample>) {
    let mut faults = Faults::default();
    let mut sum = Sides::<ExactSum>::default();
    let mut maximum = Sides::<f64>::default();
    let mut extremes = Extremes::default();
    let mut confusion = Confusion::default();
    let cells = statistic.cells();
    let mut table = Cells { counts: vec![0; cells], weights: vec![ExactSum::ZERO; cells] };
    let mut bins = match statistic {
        Statistic::Calibration { bins, .. } => vec![CalibrationBin::default(); bins as usize],
        _ => vec![],
    };
    let mut stored = Vec::new();
    let reads_truth = statistic.reads().truth() && !task.has_labels();
    for sample in samples.iter().filter(|sample| !sample.bad_label) {
        let (weight, weighs) = (sample.weight(), sample.weighs());
        let Sample { prediction, truth, .. } = *sample;
        let reads_prediction = statistic.reads().prediction();
        if reads_prediction && !prediction.is_finite() || reads_truth && !truth.is_finite() {
            faults.nonfinite.count(weighs);
            continue;
        }
        let label = usize::from(truth == 1.0);
        match statistic {
            Statistic::Sum(value) => {
                if let Some(x) = value_of(value, sample, true, &mut faults) {
                    add(&mut sum, [x, 1.0], weight);
                }
            }
            Statistic::Moment(moment) => {
                if let Some(factors) = factors_of(moment, sample, &mut faults) {
                    add(&mut sum, factors, weight);
                }
            }
            Statistic::Maximum(value) => {
                if let Some(x) = value_of(value, sample, true, &mut faults) {
                    maximum.unweighted = maximum.unweighted.max(x);
                    maximum.weighted = maximum.weighted.max(if weighs { x } else { 0.0 });
                }
            }
            Statistic::Extremes(value) => {
                let Some(x) = value_of(value, sample, false, &mut faults) else { continue };
                let (key, Extremes { largest, smallest }) = (Key::new(x), &mut extremes);
                largest.unweighted = largest.unweighted.max(key);
                smallest.unweighted = smallest.unweighted.max(key.reversed());
                if weighs {
                    largest.weighted = largest.weighted.max(key);
                    smallest.weighted = smallest.weighted.max(key.reversed());
                }
            }
            Statistic::Calibration { probability, bins: number } => {
                let Some(p) = value_of(probability, sample, false, &mut faults) else { continue };
                let begins = |&index: &u32| f64::from(index) / f64::from(number) <= p;
                let bin = &mut bins[(1..number).take_while(begins).count()];
                bin.counts[label] += 1;
                bin.weights[label].add(weight).expect("in range");
                add(&mut bin.probability, [p, 1.0], weight);
            }
            Statistic::Confusion { threshold, probabilities } => {
                // Such a sample is also counted in its cell.
                if probabilities && !(0.0..=1.0).contains(&prediction) {
                    faults.outside.count(weighs);
                }
                let cell = 2 * label + usize::from(prediction > threshold.double);
                confusion.counts[cell] += 1;
                confusion.weights[cell].add(weight).expect("in range");
            }
            Statistic::Scores => {
                stored.push(ScoredSample { score: prediction + 0.0, label, weight });
            }
            Statistic::Histogram { .. } | Statistic::Margins { .. } | Statistic::Matrix { .. } => {
                for cell in cells_of(statistic, sample) {
                    table.counts[cell] += 1;
                    table.weights[cell].add(weight).expect("in range");
                }
            }
        }
    }
    let content = match statistic {
        Statistic::Sum(_) | Statistic::Moment(_) => Accumulator::Sum(sum),
        Statistic::Maximum(_) => Accumulator::Maximum(Sides {
            unweighted: Key::of_magnitude(maximum.unweighted),
            weighted: Key::of_magnitude(maximum.weighted),
        }),
        Statistic::Extremes(_) => Accumulator::Extremes(extremes),
        Statistic::Calibration { .. } => Accumulator::Calibration(bins),
        Statistic::Confusion { .. } => Accumulator::Confusion(confusion),
        Statistic::Scores => Accumulator::Scores(Default::default()),
        Statistic::Histogram { .. } | Statistic::Margins { .. } | Statistic::Matrix { .. } => {
            Accumulator::Cells(table)
        }
    };
    let bits = |x: &ScoredSample| (Key::new(x.score), x.label, x.weight.to_bits());
    stored.sort_by_key(bits);
    (Total { faults, content }, stored)
}

fn weights(samples: &[Sample]) -> Weights {
    let mut weights = Weights { samples: samples.len() as u64, ..Weights::default() };
    for sample in samples {
        let weight = sample.weight();
        weights.zero_weight += u64::from(sample.has_valid_weight() && weight == 0.0);
        weights.invalid_weight += u64::from(!sample.has_valid_weight());
        if sample.bad_label {
            weights.invalid_label.count(weight != 0.0);
        } else {
            weights.sum.add(weight).expect("in range");
            weights.square_sum.add_product(weight, weight).expect("in range");
        }
    }
    weights
}

fn unit(random: &mut Random) -> f64 {
    (random.bits() >> 11) as f64 * two_to(-53)
}

/// Either sign, an exponent in a range, and a mantissa of 53 bits.
fn log_uniform(random: &mut Random, exponents: std::ops::Range<i32>) -> f64 {
    let exponent = exponents.start + random.below(exponents.len()) as i32;
    let magnitude = (1.0 + unit(random)) * two_to(exponent);
    if random.below(2) == 0 { magnitude } else { -magnitude }
}

/// One of some numbers, one of its neighbours, or their opposites.
fn near(random: &mut Random, numbers: &[f64]) -> f64 {
    let number = numbers[random.below(numbers.len())];
    let number = [number, number.next_up(), number.next_down()][random.below(3)];
    if random.below(4) == 0 { -number } else { number }
}

const NUMBERS: usize = 8;

fn number(kind: usize, random: &mut Random) -> f64 {
    match kind {
        0 => 2.0 * unit(random) - 1.0,
        1 => unit(random),
        2 => log_uniform(random, -125..130),
        3 => f64::from_bits(random.bits()),
        // Close to a threshold, to ends of bins, and to numbers of `f32`.
        4 => near(random, &[0.1, 0.1_f32.into(), 0.5, 1.0 / 3.0, 5.0 / 7.0, 1.0, 0.0]),
        5 => 0.5 + random.below(9) as f64 * two_to(-52),
        6 => {
            let exponents = [-1074, -1022, -270, -200, -149, -126, -109, 0, 64, 128, 192, 384];
            let power = two_to(exponents[random.below(12)]);
            let limits = [power, 0.0, f32::MAX.into(), f64::MAX, f64::INFINITY, f64::NAN];
            let limit = limits[random.below(6)];
            near(random, &[power, power, power, limit])
        }
        _ if random.below(100) == 0 => number(6, random),
        _ => unit(random),
    }
}

const WEIGHTS: usize = 7;

fn weight(kind: usize, random: &mut Random) -> f64 {
    match kind {
        0 => 1.0,
        1 => [0.0, unit(random)][random.below(8).min(1)],
        2 => [0.0, -0.0, 1.0, unit(random)][random.below(4)],
        3 => log_uniform(random, -138..64).abs(),
        // Weights that are rounded.
        4 => log_uniform(random, -195..-130).abs(),
        5 => {
            let exponents = [-1074, -191, -190, -138, 0, 63, 64];
            let power = two_to(exponents[random.below(7)]);
            let limit = [f64::INFINITY, f64::NAN, -1.0][random.below(3)];
            near(random, &[power, power, 0.0, limit])
        }
        _ => f64::from_bits(random.bits()),
    }
}

/// The samples of a batch, and its columns.
#[derive(Default)]
struct Data {
    samples: Vec<Sample>,
    prediction: Vec<f64>,
    truth: Vec<f64>,
    labels: Vec<u32>,
    classes: Vec<u32>,
    weight: Option<Vec<f64>>,
}

impl Data {
    fn new(task: Task, kinds: [usize; 3], labels: Labels, len: usize, random: &mut Random) -> Self {
        let mut data = Self { weight: (kinds[2] > 0).then(Vec::new), ..Self::default() };
        let classes = if task == Task::Multiclass { CLASSES } else { 2 };
        for _ in 0..len {
            let [mut prediction, mut truth] = [kinds[0], kinds[1]].map(|kind| number(kind, random));
            let [class, label] = [0; 2].map(|_| labels.class(classes, random));
            let given = weight(kinds[2], random);
            data.prediction.push(prediction);
            data.truth.push(truth);
            data.labels.push(label);
            data.classes.push(class);
            data.weight.iter_mut().for_each(|column| column.push(given));
            let mut bad_label = false;
            if task.has_labels() {
                (truth, bad_label) = (label.into(), label >= classes);
            }
            if task == Task::Multiclass {
                (prediction, bad_label) = (class.into(), bad_label || class >= classes);
            }
            data.samples.push(Sample { prediction, truth, given, bad_label });
        }
        data
    }

    fn batch(&self, task: Task) -> Batch<'_> {
        let batch = match task {
            Task::Regression => Batch::new(&self.prediction, &self.truth),
            Task::Multiclass => Batch::new(&self.classes, &self.labels),
            _ => Batch::new(&self.prediction, &self.labels),
        };
        let batch = batch.on_fault(FaultPolicy::Count);
        match &self.weight {
            Some(weight) => batch.weights(weight),
            None => batch,
        }
    }
}

/// Compares the totals of a batch with the reference, for every instruction set.
fn compare(task: Task, statistics: &[Statistic], data: &Data, what: &str) {
    let expected: Vec<_> =
        statistics.iter().map(|&statistic| total(task, statistic, &data.samples)).collect();
    let weights = weights(&data.samples);
    for set in InstructionSet::available() {
        let what = format!("{} samples, {task}, {what}, {}", data.samples.len(), set.name());
        let mut evaluator = evaluator(task, statistics, set);
        evaluator.update(&data.batch(task)).expect("faults are counted");
        let actual = totals(&mut evaluator);
        assert_eq!(actual.weights, weights, "weights of {what}");
        for ((statistic, actual), (expected, stored)) in
            statistics.iter().zip(&actual.statistics).zip(&expected)
        {
            assert_eq!(actual.faults, expected.faults, "{statistic} of {what}");
            match &actual.content {
                Accumulator::Scores(scores) => {
                    let scores: Vec<_> = scores.samples().collect();
                    assert!(scores == *stored, "{statistic} of {what}");
                }
                content => assert!(*content == expected.content, "{statistic} of {what}"),
            }
        }
    }
}

fn statistics(task: Task) -> Vec<Statistic> {
    let identity = ValueSpec { function: ValueFn::Identity, parameter: Constant::ZERO };
    let mut all = vec![Statistic::Extremes(identity)];
    all.extend(Moment::ALL.iter().copied().map(Statistic::Moment));
    if task == Task::Multiclass {
        all.extend([
            Statistic::Margins { classes: CLASSES },
            Statistic::Matrix { classes: CLASSES },
        ]);
        all.push(Statistic::sum(ValueFn::Error));
        return in_order_of_a_state(task, all);
    }
    // What these clip depends on the label.
    let of_labels = [ValueFn::LogLoss, ValueFn::LogLossOfOtherLabel];
    let fits = |value: &ValueSpec| task.has_labels() || !of_labels.contains(&value.function);
    all.extend(values().filter(fits).map(Statistic::Sum));
    for function in [ValueFn::AbsoluteError, ValueFn::SquaredError, ValueFn::PercentageError] {
        let value = ValueSpec { function, parameter: Constant::ZERO };
        all.extend([Statistic::Maximum(value), Statistic::Extremes(value)]);
    }
    if task == Task::Binary {
        let binnings = [
            Binning::adaptive(false, 33),
            Binning::adaptive(true, 32),
            Binning::uniform(false, 7),
            Binning::uniform(true, 64),
        ];
        all.extend(binnings.map(|binning| Statistic::Histogram { binning }));
        all.push(Statistic::Scores);
        let thresholds = [(0.1, true), (0.5, false), (-0.0, true), (-1e-300, false)];
        all.extend(thresholds.map(|(threshold, probabilities)| Statistic::Confusion {
            threshold: Constant::new(threshold),
            probabilities,
        }));
        let probability = ValueSpec { function: ValueFn::Probability, parameter: Constant::ZERO };
        all.extend([1, 7, 10].map(|bins| Statistic::Calibration { probability, bins }));
    }
    in_order_of_a_state(task, all)
}

#[test]
fn totals_in_double_precision_are_those_of_their_samples() {
    let mut random = Random::new(77);
    for task in [Task::Regression, Task::Binary, Task::Multiclass] {
        let statistics = statistics(task);
        for kind in 0..NUMBERS * WEIGHTS {
            let (number, mut weight) = (kind % NUMBERS, kind % WEIGHTS);
            if task == Task::Multiclass {
                // The weights alone make the batch one in double precision.
                weight = weight.max(1);
            } else if kind % 3 > 0 {
                continue;
            }
            let labels = Labels::ALL[random.below(Labels::ALL.len())];
            let truth = random.below(NUMBERS);
            let data = Data::new(task, [number, truth, weight], labels, 1100, &mut random);
            let what = format!("numbers {number}, {truth}, weights {weight}, {labels:?} labels");
            compare(task, &statistics, &data, &what);
        }
    }
}

#[test]
fn sizes_around_blocks_and_ranges_in_double_precision() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().expect("three threads");
    let mut random = Random::new(78);
    let absolute_error = ValueSpec { function: ValueFn::AbsoluteError, parameter: Constant::ZERO };
    let statistics = vec![
        Statistic::Sum(absolute_error),
        Statistic::Maximum(absolute_error),
        Statistic::Scores,
        Statistic::Confusion { threshold: Constant::new(0.1), probabilities: false },
        Statistic::Histogram { binning: Binning::uniform(false, 7) },
    ];
    let statistics = in_order_of_a_state(Task::Binary, statistics);
    for (index, len) in [0, 1, 2, 1023, 1024, 1025, 2049, 32_769, 65_535, 65_537, 98_303, 98_305]
        .into_iter()
        .enumerate()
    {
        let labels = Labels::ALL[index % Labels::ALL.len()];
        let data = Data::new(Task::Binary, [7, 7, index % 3], labels, len, &mut random);
        pool.install(|| compare(Task::Binary, &statistics, &data, "sizes"));
    }
}
