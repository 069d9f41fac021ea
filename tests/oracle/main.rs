//! The CPU engine, with every instruction set of this machine, against a plain reference: the
//! totals are equal, bit for bit, for inputs of every kind.

#[path = "../common/custom.rs"]
mod custom;
#[path = "../common/families.rs"]
mod families;
#[path = "../common/random.rs"]
mod random;
mod reference;
mod rows;
#[path = "../common/values.rs"]
mod values;

use families::{Labels, Numbers, Random, Weights};
use reference::Sample;
use std::f64::consts::LN_2;
use values::{parameters, values};
use weighbridge::statistic::bits::{OUTSIDE, UNDERFLOW};
use weighbridge::statistic::{
    Content, Function, Moment, Pair, Plan, SampleValue, Statistic, Task, Totals,
};
use weighbridge::{Batch, Device, Error, Evaluator, InstructionSet};

/// Classes of the multiclass task.
const CLASSES: u32 = 7;

/// Samples of one family: the columns, and the same as samples.
#[derive(Default)]
struct Data {
    name: String,
    prediction: Vec<f32>,
    truth: Vec<f32>,
    labels: Vec<u32>,
    classes: Vec<u32>,
    weight: Option<Vec<f32>>,
    samples: Vec<Sample>,
}

impl Data {
    fn new(
        task: Task,
        numbers: Numbers,
        weights: Weights,
        labels: Labels,
        len: usize,
        random: &mut Random,
    ) -> Self {
        let mut data = Self {
            name: format!("{task}, {numbers:?} numbers, {weights:?} weights, {labels:?} labels"),
            weight: (weights != Weights::Absent).then(Vec::new),
            ..Self::default()
        };
        for _ in 0..len {
            let [prediction, truth] = numbers.sample(random);
            let (label, weight) = (labels.label(random), weights.weight(random));
            data.prediction.push(prediction);
            data.truth.push(truth);
            data.labels.push(label);
            if let Some(column) = &mut data.weight {
                column.push(weight);
            }
            data.samples.push(match task {
                Task::Regression | Task::Aggregation => {
                    Sample { prediction, truth, bad_label: false, weight, row: None }
                }
                Task::Binary | Task::Multilabel => Sample {
                    prediction,
                    truth: label as f32,
                    bad_label: label > 1,
                    weight,
                    row: None,
                },
                Task::Multiclass => {
                    let [class, label] = [(); 2].map(|()| labels.class(CLASSES, random));
                    data.classes.push(class);
                    *data.labels.last_mut().expect("a label") = label;
                    let bad_label = class >= CLASSES || label >= CLASSES;
                    Sample {
                        prediction: class as f32,
                        truth: label as f32,
                        bad_label,
                        weight,
                        row: None,
                    }
                }
            });
        }
        data
    }

    fn batch(&self, task: Task, range: std::ops::Range<usize>) -> Batch<'_> {
        let prediction = &self.prediction[range.clone()];
        let batch = match task {
            Task::Regression => Batch::new(prediction, &self.truth[range.clone()]),
            Task::Binary | Task::Multilabel => Batch::new(prediction, &self.labels[range.clone()]),
            Task::Aggregation => Batch::values(prediction),
            Task::Multiclass => {
                Batch::new(&self.classes[range.clone()], &self.labels[range.clone()])
            }
        };
        match &self.weight {
            None => batch,
            Some(weight) => batch.weights(&weight[range]),
        }
    }
}

/// Every value with every parameter.
fn all_parameters() -> impl Iterator<Item = SampleValue> + Clone {
    values().flat_map(|SampleValue { function, .. }| {
        parameters(function).into_iter().map(move |parameter| SampleValue { function, parameter })
    })
}

/// Every statistic of a task, with parameters at the limits of their ranges and between.
fn statistics(task: Task) -> Vec<Statistic> {
    let values = all_parameters();
    let maxima =
        values.clone().filter(|value| !value.function.may_be_negative()).map(Statistic::Maximum);
    let extremes = values.clone().map(Statistic::Extremes);
    let moments = Moment::ALL.iter().copied().map(Statistic::Moment);
    // −0 and subnormal thresholds count as 0, but a score of 0 is not above them.
    let thresholds = [0.5, -0.0, -0.25, 1e-40, -1e-40, f32::MAX];
    let confusions = thresholds.map(|threshold| Statistic::Confusion { threshold });
    if task == Task::Multiclass {
        let sums = [Function::Error, Function::AbsoluteError].map(Statistic::sum);
        let extremes = [Function::Given, Function::Error]
            .map(|function| Statistic::Extremes(SampleValue { function, parameter: 0.0 }));
        let counts =
            [Statistic::Margins { classes: CLASSES }, Statistic::Matrix { classes: CLASSES }];
        let all = sums.into_iter().chain(extremes).chain(moments).chain(counts).collect();
        return in_order_of_a_state(task, all);
    }
    let mut all: Vec<_> =
        values.map(Statistic::Sum).chain(maxima).chain(extremes).chain(moments).collect();
    all.extend(custom::statistics());
    if task == Task::Binary {
        all.extend(confusions);
        all.extend([1, 2, 15, 256].map(|bins| Statistic::Calibration {
            probability: SampleValue { function: Function::Probability, parameter: 0.0 },
            bins,
        }));
    }
    in_order_of_a_state(task, all)
}

/// States hold statistics in the order of their names.
fn in_order_of_a_state(task: Task, statistics: Vec<Statistic>) -> Vec<Statistic> {
    Plan::new(task, statistics).statistics
}

fn evaluator(task: Task, statistics: &[Statistic], set: InstructionSet) -> Evaluator {
    Evaluator::builder(task)
        .classes(if task == Task::Multiclass { CLASSES } else { 2 })
        .statistics(statistics.iter().copied())
        .device(Device::Cpu)
        .instructions(set)
        .build()
        .expect("the statistics are valid")
}

fn totals(evaluator: &mut Evaluator) -> Totals {
    evaluator.state().expect("the CPU engine does not fail").totals.remove(0)
}

/// Fails with the first statistic that differs.
fn check(actual: &Totals, expected: &Totals, statistics: &[Statistic], what: &str) {
    assert_eq!(actual.weights, expected.weights, "weights of {what}");
    assert_eq!(actual.statistics.len(), expected.statistics.len(), "{what}");
    let pairs = actual.statistics.iter().zip(&expected.statistics);
    for (statistic, (actual, expected)) in statistics.iter().zip(pairs) {
        assert_eq!(actual, expected, "{statistic} of {what}");
    }
    assert!(actual == expected, "{what}");
}

/// Compares engine and reference, with every instruction set, under both fault rules.
fn compare(task: Task, statistics: &[Statistic], data: &Data) {
    let expected = reference::totals(task, statistics, &data.samples);
    let len = data.samples.len();
    let faulty = expected.weights.invalid_weight > 0 || expected.weights.invalid_label.weighted > 0;
    for set in InstructionSet::available() {
        let what = format!("{len} samples, {}, {}", data.name, set.name());
        let mut evaluator = evaluator(task, statistics, set);
        let empty = totals(&mut evaluator);
        match evaluator.update(&data.batch(task, 0..len)) {
            Ok(()) if !faulty => check(&totals(&mut evaluator), &expected, statistics, &what),
            Err(Error::InvalidWeight { .. } | Error::InvalidLabel { .. }) if faulty => {
                assert!(totals(&mut evaluator) == empty, "changed by a refused batch: {what}");
            }
            other => panic!("{other:?} for {what}"),
        }
        evaluator.reset().expect("the CPU engine does not fail");
        evaluator.update(&data.batch(task, 0..len).count_faults()).expect("faults are counted");
        check(&totals(&mut evaluator), &expected, statistics, &what);
    }
}

/// One block and a bit.
const SAMPLES: usize = 1100;

#[test]
fn regression_families() {
    let statistics = statistics(Task::Regression);
    let mut random = Random::new(1);
    for &numbers in Numbers::ALL {
        for &weights in Weights::ALL {
            let task = Task::Regression;
            let data = Data::new(task, numbers, weights, Labels::Mixed, SAMPLES, &mut random);
            compare(task, &statistics, &data);
        }
    }
}

#[test]
fn values_without_a_truth() {
    let (task, mut random) = (Task::Aggregation, Random::new(10));
    let given = SampleValue { function: Function::Given, parameter: 0.0 };
    let statistics = [Statistic::Sum(given), Statistic::Extremes(given)].to_vec();
    let statistics = in_order_of_a_state(task, statistics);
    for &numbers in Numbers::ALL {
        for &weights in Weights::ALL {
            let data = Data::new(task, numbers, weights, Labels::Mixed, SAMPLES, &mut random);
            compare(task, &statistics, &data);
        }
    }
}

#[test]
fn multiclass_families() {
    let (task, mut random) = (Task::Multiclass, Random::new(9));
    let statistics = statistics(task);
    for &labels in Labels::ALL {
        for &weights in Weights::ALL {
            let data = Data::new(task, Numbers::Uniform, weights, labels, SAMPLES, &mut random);
            compare(task, &statistics, &data);
        }
    }
}

#[test]
fn binary_families() {
    let statistics = statistics(Task::Binary);
    let mut random = Random::new(2);
    for &numbers in Numbers::ALL {
        for (index, &weights) in Weights::ALL.iter().enumerate() {
            let task = Task::Binary;
            let labels = Labels::ALL[(index + random.below(2)) % Labels::ALL.len()];
            let data = Data::new(task, numbers, weights, labels, SAMPLES, &mut random);
            compare(task, &statistics, &data);
        }
    }
}

/// The levels of a block's sum are chosen by how far its exponents lie apart: every distance, with
/// full mantissas at both ends, and every place of the ends.
#[test]
fn exponents_at_every_distance() {
    let values = [Function::AbsoluteError, Function::Error].map(Statistic::sum);
    let moments = Moment::ALL.iter().copied().map(Statistic::Moment).collect();
    let moments = in_order_of_a_state(Task::Regression, moments);
    let mut random = Random::new(5);
    for distance in 0..=176 {
        let least = -120 + random.below(60) as i32;
        compare_exponents(&values, least, distance, &mut random);
        // Moments take exponents from -51 to 63.
        let distance = distance.min(113);
        let least = -51 + random.below(114 - distance as usize) as i32;
        compare_exponents(&moments, least, distance, &mut random);
    }
}

/// Compares sums of inputs with exponents from `least`, the greatest at a `distance` from it.
fn compare_exponents(statistics: &[Statistic], least: i32, distance: i32, random: &mut Random) {
    let least_weight = -140 + random.below(100) as i32;
    let mut data = Data {
        name: format!("exponents from {least}, {distance} apart, weights from {least_weight}"),
        ..Data::default()
    };
    let mut weights = Vec::new();
    for index in 0..64 {
        let mut number = |least: i32, distance: i32| {
            let within = random.below(distance as usize + 1) as i32;
            let exponent = least + [0, distance, within, within][index % 4];
            random.log_uniform(exponent, exponent + 1)
        };
        let [prediction, truth] = [number(least, distance), number(least, distance)];
        let weight = number(least_weight, distance / 2).abs();
        data.prediction.push(prediction);
        data.truth.push(truth);
        weights.push(weight);
        data.samples.push(Sample { prediction, truth, bad_label: false, weight, row: None });
    }
    data.weight = Some(weights);
    compare(Task::Regression, statistics, &data);
}

/// A statistic of each kind, since these are the long ones.
fn few_statistics(task: Task) -> Vec<Statistic> {
    let squared_error = SampleValue { function: Function::SquaredError, parameter: 0.0 };
    let mut few = vec![
        Statistic::Sum(squared_error),
        Statistic::Maximum(squared_error),
        Statistic::Extremes(SampleValue { function: Function::Error, parameter: 0.0 }),
        Statistic::Moment(Moment::Product),
    ];
    if task == Task::Binary {
        few.push(Statistic::Confusion { threshold: 0.5 });
    }
    in_order_of_a_state(task, few)
}

#[test]
fn sizes_around_blocks_and_ranges() {
    // More threads than one, so that there are ranges on a machine of one core too.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().expect("three threads");
    let mut random = Random::new(3);
    let sizes = [0, 1, 2, 7, 63, 1023, 1024, 1025, 2048, 2049, 32767, 32768, 32769]
        .into_iter()
        .chain([65_535, 65_536, 65_537, 98_303, 98_304, 98_305, 100_352]);
    for (index, len) in sizes.enumerate() {
        let task = [Task::Regression, Task::Binary, Task::Multiclass][index % 3];
        let numbers = [Numbers::OneInHundredBad, Numbers::LogUniform, Numbers::Uniform][index % 3];
        let labels = Labels::OneInHundredBad;
        let data = Data::new(task, numbers, Weights::Uniform, labels, len, &mut random);
        pool.install(|| compare(task, &few_statistics(task), &data));
    }
}

#[test]
fn neither_batches_nor_order_nor_workers_matter() {
    let task = Task::Regression;
    let statistics = statistics(task);
    let mut random = Random::new(4);
    for numbers in [Numbers::Edges, Numbers::Scattered, Numbers::Uniform] {
        let len = 3000;
        let data = Data::new(task, numbers, Weights::Edges, Labels::Mixed, len, &mut random);
        let expected = reference::totals(task, &statistics, &data.samples);
        for set in InstructionSet::available() {
            let what = format!("{}, {}", data.name, set.name());
            let mut split = evaluator(task, &statistics, set);
            let mut workers = [(); 2].map(|()| evaluator(task, &statistics, set));
            let mut cuts: Vec<_> = (0..6).map(|_| random.below(len + 1)).collect();
            cuts.extend([0, len]);
            cuts.sort_unstable();
            // Last batch first.
            for cut in cuts.windows(2).rev() {
                let batch = data.batch(task, cut[0]..cut[1]).count_faults();
                split.update(&batch).expect("faults are counted");
                workers[random.below(2)].update(&batch).expect("faults are counted");
            }
            check(&totals(&mut split), &expected, &statistics, &what);
            let [mut first, mut second] = workers;
            first.merge(&second.state().expect("a state")).expect("the same statistics");
            check(&totals(&mut first), &expected, &statistics, &what);
        }
    }
}

/// How far each value may be from its formula, in units of the last place of an `f32`.
fn bound(function: Function) -> f64 {
    match function {
        Function::TruthMagnitude | Function::Given | Function::Probability | Function::Right => 0.0,
        Function::Custom(own) => panic!("{} has no bound", own.name()),
        Function::Logistic
        | Function::LogLoss
        | Function::FlippedLogLoss
        | Function::LogitLoss
        | Function::FlippedLogitLoss => 2.0,
        Function::LogitBrier => 6.2,
        Function::Error | Function::AbsoluteError | Function::Hinge => 0.5,
        Function::TweedieDeviance => 1.0,
        Function::SquaredError | Function::SquaredHinge | Function::Brier => 2.0,
        Function::PercentageError => 1.5,
        Function::SymmetricPercentageError => 2.5,
        Function::Huber
        | Function::SquaredLogError
        | Function::LogCosh
        | Function::PoissonDeviance
        | Function::GammaDeviance => 4.0,
        _ => unreachable!("values of rows are tested in tests/rows.rs"),
    }
}

/// x − ln(1+x), without cancellation.
fn x_minus_ln1p(x: f64) -> f64 {
    if x.abs() > 0.02 {
        return x - libm::log1p(x);
    }
    (2..13).rev().fold(0.0, |sum, n| 1.0 / f64::from(n) - x * sum) * x * x
}

/// r − 1 − ln r for r = a / b, without cancellation and for numbers of any size.
fn ratio_defect(a: f64, b: f64) -> f64 {
    let r = a / b;
    let near = r > 0.5 && r < 2.0;
    if near { x_minus_ln1p((a - b) / b) } else { r - 1.0 - (libm::log(a) - libm::log(b)) }
}

/// Σ w^k/k! (1 + c + … + c^(k−2)) over k from 2: half a Tweedie deviance of a prediction of 1 and a
/// truth of e^w. For |w| ≤ 1/2 and |c| ≤ 6.
fn tweedie_near(w: f64, c: f64) -> f64 {
    let (mut power, mut factor, mut sum) = (w, 1.0, 0.0);
    for k in 2..40 {
        power *= w / f64::from(k);
        sum += power * factor;
        factor = factor * c + 1.0;
    }
    sum
}

/// (x^e − y^e) / e, its limit for e = 0; w is ln(x / y).
fn power_step(x: f64, y: f64, e: f64, w: f64) -> f64 {
    match e * w {
        0.0 => w,
        ew if ew.abs() < 30.0 => libm::pow(y, e) * libm::expm1(ew) / e,
        _ => (libm::pow(x, e) - libm::pow(y, e)) / e,
    }
}

/// The Tweedie deviance: a series for what is close, else t (t^a − p^a) / a − (t^c − p^c) / c, of
/// which half the deviance is a sum with no pole at any power.
fn tweedie_deviance(p: f64, t: f64, power: f64) -> f64 {
    let (a, c) = (1.0 - power, 2.0 - power);
    if t <= 0.0 {
        return 2.0 * (libm::pow(p, c) / c - t * libm::pow(p, a) / a);
    }
    let r = (t - p) / p;
    if r.abs() < 0.25 {
        return 2.0 * libm::pow(p, c) * tweedie_near(libm::log1p(r), c);
    }
    let w = libm::log(t) - libm::log(p);
    2.0 * (t * power_step(t, p, a, w) - power_step(t, p, c, w))
}

/// ln(cosh x), without cancellation.
fn ln_cosh(x: f64) -> f64 {
    if x.abs() > 1.0 {
        return x.abs() - LN_2 + libm::log1p(libm::exp(-2.0 * x.abs()));
    }
    // cosh x is 1 + 2 sinh²(x/2).
    libm::log1p(2.0 * libm::sinh(x / 2.0) * libm::sinh(x / 2.0))
}

/// The formula in `f64`: numbers within 2^±12 have differences that are exact in it, and what it
/// rounds after that is 2^-29 of a last place of an `f32`.
fn formula(value: SampleValue, p: f64, t: f64) -> f64 {
    let (d, delta) = (p - t, f64::from(value.parameter));
    let margin = (if t == 1.0 { 1.0 - p } else { 1.0 + p }).max(0.0);
    let sign = if t == 1.0 { 1.0 } else { -1.0 };
    let softplus = |z: f64| z.max(0.0) + libm::log1p(libm::exp(-z.abs()));
    let least = f64::from(value.parameter);
    let log_loss = |p: f64, one: bool| match one {
        true => -libm::log(p.max(least)),
        false if 1.0 - p < least => -libm::log(least),
        false => -libm::log1p(-p),
    };
    match value.function {
        Function::Custom(own) => panic!("{} has no formula", own.name()),
        Function::Error => d,
        Function::AbsoluteError => d.abs(),
        Function::SquaredError | Function::Brier => d * d,
        Function::Huber if d.abs() <= delta => d * d / 2.0,
        Function::Huber => delta * (d.abs() - delta / 2.0),
        Function::TruthMagnitude => t.abs(),
        Function::Given => p,
        Function::Hinge => margin,
        Function::SquaredHinge => margin * margin,
        Function::Probability => p,
        Function::Logistic => 1.0 / (1.0 + libm::exp(-p)),
        Function::LogitBrier => (1.0 / (1.0 + libm::exp(sign * p))).powi(2),
        Function::LogLoss => log_loss(p, t == 1.0),
        Function::FlippedLogLoss => log_loss(p, t != 1.0),
        Function::LogitLoss => softplus(-sign * p),
        Function::FlippedLogitLoss => softplus(sign * p),
        Function::PercentageError if p == t => 0.0,
        Function::PercentageError => d.abs() / t.abs(),
        Function::SymmetricPercentageError if p == t => 0.0,
        Function::SymmetricPercentageError => 2.0 * d.abs() / (p.abs() + t.abs()),
        Function::SquaredLogError => libm::log1p(d.abs() / (1.0 + p.min(t))).powi(2),
        Function::LogCosh => ln_cosh(d),
        Function::PoissonDeviance if t == 0.0 => 2.0 * p,
        Function::PoissonDeviance => 2.0 * t * ratio_defect(p, t),
        Function::GammaDeviance => 2.0 * ratio_defect(t, p),
        Function::Right => f64::from(u8::from(p == t)),
        Function::TweedieDeviance => tweedie_deviance(p, t, value.parameter.into()),
        _ => unreachable!("values of rows are tested in tests/rows.rs"),
    }
}

/// A prediction and a truth in the domain of a value: for one that cancels or whose range is wide,
/// of any size, close to each other, far apart, and 0.
fn inputs(value: SampleValue, turn: usize, random: &mut Random) -> [f32; 2] {
    let SampleValue { function, parameter } = value;
    let [p, t] = [(); 2].map(|()| random.log_uniform(-12, 12));
    let positive = match function {
        Function::Brier | Function::Probability => {
            return [(p.abs() / 4096.0).min(1.0), (turn % 2) as f32];
        }
        Function::Hinge | Function::SquaredHinge => return [p, (turn % 2) as f32],
        Function::LogLoss | Function::FlippedLogLoss => {
            // Probabilities of any size, and as near to 1.
            let small = (p.abs() / 4096.0).powi(1 + turn as i32 % 3).min(1.0);
            return [if turn % 5 < 3 { small } else { 1.0 - small }, (turn % 2) as f32];
        }
        Function::Logistic
        | Function::LogitBrier
        | Function::LogitLoss
        | Function::FlippedLogitLoss => return [p.clamp(-40.0, 40.0), (turn % 2) as f32],
        Function::PoissonDeviance | Function::GammaDeviance | Function::TweedieDeviance => true,
        Function::PercentageError
        | Function::SymmetricPercentageError
        | Function::SquaredLogError
        | Function::LogCosh => false,
        _ => return [p, t],
    };
    loop {
        let size = if random.below(2) == 0 { 12 } else { 126 };
        let [p, t] = [(); 2].map(|()| random.log_uniform(-size, size));
        let times = |factor: f64| (f64::from(t) * factor) as f32;
        let [p, t] = match random.below(6) {
            0 | 1 => [p, t],
            2 | 3 => [times(1.0 + f64::from(random.log_uniform(-24, -1))), t],
            4 => [times(random.log_uniform(-14, 34).into()), t],
            // Close to −1.
            _ => [(); 2].map(|()| random.log_uniform(-24, 0).abs() - 1.0),
        };
        let zero = random.below(32);
        let [p, t] = [if zero == 0 { 0.0 } else { p }, if zero == 1 { 0.0 } else { t }];
        let [p, t] = if positive { [p.abs(), t.abs()] } else { [p, t] };
        let t = if parameter < 0.0 && random.below(8) == 0 { -t } else { t };
        let inside = match function {
            Function::PercentageError => t != 0.0,
            Function::SquaredLogError => p > -1.0 && t > -1.0,
            Function::PoissonDeviance => p > 0.0,
            Function::GammaDeviance => p > 0.0 && t > 0.0,
            Function::TweedieDeviance => p > 0.0 && (t != 0.0 || parameter < 2.0),
            _ => true,
        };
        let usual = |x: f32| x == 0.0 || x.is_normal();
        if inside && usual(p) && usual(t) {
            return [p, t];
        }
    }
}

#[test]
fn values_are_as_near_to_their_formulas_as_they_say() {
    let mut random = Random::new(6);
    for value in all_parameters() {
        let bound = bound(value.function) + 0.5_f64.powi(28);
        let mut worst = (0.0, [0.0; 2]);
        let turns = if value.parameter == 0.0 { 200_000 } else { 100_000 };
        for turn in 0..turns {
            let [p, t] = inputs(value, turn, &mut random);
            let exact = formula(value, p.into(), t.into());
            let bits = value.function.at(p.to_bits(), t.to_bits(), value.parameter.to_bits());
            let found = f32::from_bits(bits);
            // What is nearly too small or too large may or may not count as that.
            if bits == UNDERFLOW && exact.abs() < 0.5_f64.powi(123) && exact != 0.0
                || found.is_infinite() && exact > f64::from(f32::MAX) * (1.0 - 1e-6)
            {
                continue;
            }
            let last_place = f64::from((exact as f32).abs().next_up() - (exact as f32).abs());
            let error = (f64::from(found) - exact).abs() / last_place;
            assert!(error <= bound, "{value:?} of {p:e}, {t:e}: off by {error} ulp");
            if error > worst.0 {
                worst = (error, [p, t]);
            }
        }
        println!("{value:?}: {:.3} ulp at {:?}", worst.0, worst.1);
    }
}

/// Metrics take another value for the power 2, so none of them shows this.
#[test]
fn tweedie_deviances_have_the_domain_of_their_power() {
    for power in parameters(Function::TweedieDeviance) {
        for (p, t) in
            [-1.0_f32, 0.0, 1.0].into_iter().flat_map(|p| [-1, 0, 1].map(|t| (p, t as f32)))
        {
            let inside = p > 0.0 && (power < 0.0 || t > 0.0 || (power < 2.0 && t == 0.0));
            let [p, t, power] = [p, t, power].map(f32::to_bits);
            let bits = Function::TweedieDeviance.at(p, t, power);
            assert_eq!(bits != OUTSIDE, inside, "{p:#x}, {t:#x}, {power:#x}");
        }
    }
}

/// The reference itself, by hand.
#[test]
fn the_reference_adds_up() {
    let sample =
        |prediction, weight| Sample { prediction, truth: 1.0, bad_label: false, weight, row: None };
    let samples = [sample(3.0, 0.5), sample(2.0, 4.0), sample(9.0, 0.0), sample(f32::NAN, 1.0)];
    let statistics = [
        Statistic::sum(Function::SquaredError),
        Statistic::Maximum(SampleValue { function: Function::AbsoluteError, parameter: 0.0 }),
        Statistic::Moment(Moment::Product),
        Statistic::Confusion { threshold: 2.5 },
    ];
    let totals = reference::totals(Task::Binary, &statistics, &samples);
    assert_eq!(totals.weights.samples, 4);
    assert_eq!(totals.weights.zero_weight, 1);
    assert_eq!((totals.weights.sum.to_f64(), totals.weights.square_sum.to_f64()), (5.5, 17.25));
    for total in &totals.statistics {
        assert_eq!(total.faults.nonfinite, Pair { unweighted: 1, weighted: 1 });
        assert_eq!(total.faults.overflow, Pair::default());
    }
    let contents: Vec<_> = totals.statistics.iter().map(|total| total.content.clone()).collect();
    let Content::Sum(squares) = contents[0] else { panic!("{contents:?}") };
    assert_eq!((squares.unweighted.to_f64(), squares.weighted.to_f64()), (69.0, 6.0));
    let largest = Pair { unweighted: 8_f32.to_bits(), weighted: 2_f32.to_bits() };
    assert_eq!(contents[1], Content::Maximum(largest));
    let Content::Sum(products) = contents[2] else { panic!("{contents:?}") };
    assert_eq!((products.unweighted.to_f64(), products.weighted.to_f64()), (14.0, 9.5));
    let Content::Confusion(cells) = &contents[3] else { panic!("{contents:?}") };
    assert_eq!(cells.counts, [0, 0, 1, 2]);
    assert_eq!(cells.weights.map(|weight| weight.to_f64()), [0.0, 0.0, 4.0, 0.5]);
}

/// What no engine could accumulate as promised is refused when the evaluator is built.
#[test]
fn statistics_are_checked() {
    let refused = |task, statistic: Statistic| {
        let built = Evaluator::builder(task).device(Device::Cpu).statistics([statistic]).build();
        built.expect_err("refused").to_string()
    };
    let huber = |parameter| SampleValue { function: Function::Huber, parameter };
    let expected =
        "huber: parameter is \"0\", but must be a number from 8.6736174e-19 to 1.1529215e18";
    assert_eq!(refused(Task::Regression, Statistic::Sum(huber(0.0))), expected);
    let tweedie = |parameter| SampleValue { function: Function::TweedieDeviance, parameter };
    let expected = "tweedie_deviance: parameter is \"1\", but must be a number from -4e0 to \
                    -8.6736174e-19 or from 1.0000001e0 to 4e0";
    assert_eq!(refused(Task::Regression, Statistic::Sum(tweedie(1.0))), expected);
    assert!(refused(Task::Binary, Statistic::Maximum(huber(f32::NAN))).contains("\"NaN\""));
    let signed = Statistic::Maximum(SampleValue { function: Function::Error, parameter: 0.0 });
    assert_eq!(
        refused(Task::Regression, signed),
        "maximum: value is \"error\", but must be a value that is never negative",
    );
    let confusion = |threshold| Statistic::Confusion { threshold };
    assert_eq!(
        refused(Task::Regression, confusion(0.5)),
        "confusion is no metric of the regression task: it belongs to binary",
    );
    assert_eq!(
        refused(Task::Binary, confusion(f32::INFINITY)),
        "confusion: threshold is \"inf\", but must be a finite number",
    );
}
