//! Laws that every metric obeys, to the last bit, over the list of all metrics.
//!
//! A metric that is exempt from a law says so beside its formula. An exemption is checked too: the
//! metric must break the law on some of the data, else the exemption is stale.

#[path = "common/random.rs"]
mod random;
#[path = "common/shuffle.rs"]
mod shuffle;
#[path = "common/specs.rs"]
mod specs;

use proptest::prelude::*;
use random::Random;
use specs::{name, specs};
use std::panic::{AssertUnwindSafe, catch_unwind};
use weighbridge::metric::{self, Law, Side, Value};
use weighbridge::statistic::{Plan, Totals};
use weighbridge::{Batch, Device, Evaluator, Report, State, Task, Undefined};

/// One row.
#[derive(Clone, Copy, Debug)]
struct Sample {
    prediction: f32,
    /// A label in the binary task.
    truth: f32,
    weight: f32,
}

/// Classes of the multiclass task.
const CLASSES: u32 = 5;

/// Metrics for which a weight decides only whether the sample is there.
const BLIND: &[&str] = &["max_error"];

/// What is done with the weights, and with weights and labels that cannot be.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    Weighted,
    Unweighted,
    CountingFaults,
}

fn evaluator(task: Task, specs: &[String]) -> Evaluator {
    Evaluator::builder(task).classes(CLASSES).metrics(specs).device(Device::Cpu).build().unwrap()
}

fn update(evaluator: &mut Evaluator, task: Task, samples: &[Sample], form: Form) {
    let prediction: Vec<_> = samples.iter().map(|s| s.prediction).collect();
    let truth: Vec<_> = samples.iter().map(|s| s.truth).collect();
    let labels: Vec<_> = samples.iter().map(|s| s.truth as i32).collect();
    let weight: Vec<_> = samples.iter().map(|s| s.weight).collect();
    let batch = match task {
        Task::Regression => Batch::new(&prediction, &truth),
        Task::Binary => Batch::new(&prediction, &labels),
        Task::Multiclass => Batch::new(&prediction, &labels),
    };
    let batch = match form {
        Form::Weighted => batch.weights(&weight),
        Form::Unweighted => batch,
        Form::CountingFaults => batch.weights(&weight).count_faults(),
    };
    evaluator.update(&batch).unwrap();
}

fn state(task: Task, samples: &[Sample], form: Form) -> State {
    let mut evaluator = evaluator(task, &specs(task));
    update(&mut evaluator, task, samples, form);
    evaluator.state().unwrap()
}

fn report(task: Task, samples: &[Sample], form: Form) -> Report {
    let mut evaluator = evaluator(task, &specs(task));
    update(&mut evaluator, task, samples, form);
    evaluator.result().unwrap()
}

/// Samples of every size and kind that have a value: around blocks of the CPU engine, with ties,
/// over many orders of magnitude, constant. Weights are 0 to 4 in steps of 2^-8, so that small
/// multiples of them are exact; the first is positive.
fn samples(task: Task, random: &mut Random) -> Vec<Sample> {
    let len = [1, 2, 5, 60, 400, 1024, 2500][random.below(7)];
    let kind = random.below(5);
    let number = |random: &mut Random| match (task, kind) {
        (Task::Multiclass, _) => random.below(CLASSES as usize) as f32,
        (_, 0) => random.below(9) as f32 / 8.0,
        (Task::Binary, _) => random.below(1 << 20) as f32 / (1 << 20) as f32,
        (Task::Regression, 1) => random.below(1 << 24) as f32 / (1 << 20) as f32 - 8.0,
        (Task::Regression, 2) => {
            let mantissa = random.below(1 << 24) as f32 - (1 << 23) as f32;
            mantissa * (random.below(60) as f32 - 50.0).exp2()
        }
        (Task::Regression, 3) => {
            (random.below(1 << 20) + 1) as f32 * (random.below(30) as f32 - 25.0).exp2()
        }
        (Task::Regression, _) => 3.0 + random.below(1 + len / 100) as f32,
    };
    let mut samples: Vec<_> = (0..len)
        .map(|_| {
            let (prediction, weight) = (number(random), random.below(1025) as f32 / 256.0);
            let truth = match task {
                Task::Regression | Task::Multiclass => number(random),
                Task::Binary => random.below(if kind == 3 { 1 } else { 2 }) as f32,
            };
            let weight = if random.below(4) == 0 { 0.0 } else { weight };
            Sample { prediction, truth, weight }
        })
        .collect();
    samples[0].weight = 1.5;
    samples
}

/// Runs `trial` on many data, which gives weighted values that `law` says are equal: the exempt
/// metrics, and only those, must differ on some of them.
fn check(law: Law, mut trial: impl FnMut(Task, &[Sample], &mut Random) -> [Report; 2]) {
    for &task in Task::ALL {
        let mut random = Random::new(7);
        let specs = specs(task);
        let (mut broken, mut defined) = (vec![None; specs.len()], vec![false; specs.len()]);
        for _ in 0..60 {
            let samples = samples(task, &mut random);
            let [left, right] = trial(task, &samples, &mut random);
            for (index, spec) in specs.iter().enumerate() {
                let [left, right] =
                    [&left, &right].map(|report| &report.get(spec).unwrap().weighted);
                defined[index] |= left.is_ok() && right.is_ok();
                // As many samples are outside a domain as there are, whatever their weights.
                let outside = [left, right]
                    .iter()
                    .all(|value| matches!(value, Err(Undefined::OutsideDomain { .. })));
                // Debug tells −0 from 0, and every f64 from its neighbours.
                if !outside && format!("{left:?}") != format!("{right:?}") {
                    let len = samples.len();
                    broken[index] = Some(format!("{left:?} and {right:?} for {len} samples"));
                }
            }
        }
        for ((spec, broken), defined) in specs.iter().zip(broken).zip(defined) {
            let metric = metric::of_task(task).find(|metric| metric.name == name(spec)).unwrap();
            let exempt = metric.exemptions.iter().find(|(exempt, _)| *exempt == law);
            assert!(defined, "{spec} was never defined, so nothing was tested");
            match (broken, exempt) {
                (Some(values), None) => panic!("{spec} breaks the law of {law:?}: {values}"),
                (None, Some(reason)) => panic!("{spec} obeys {law:?}; stale: {reason:?}"),
                _ => {}
            }
        }
    }
}

#[test]
fn a_weight_times_k_is_the_sample_k_times() {
    check(Law::Repetition, |task, samples, random| {
        let (mut weighted, mut repeated) = (Vec::new(), Vec::new());
        for &sample in samples {
            let times = 1 + random.below(3);
            weighted.push(Sample { weight: sample.weight * times as f32, ..sample });
            repeated.extend(std::iter::repeat_n(sample, times));
        }
        random.shuffle(&mut repeated);
        [report(task, &weighted, Form::Weighted), report(task, &repeated, Form::Weighted)]
    });
}

#[test]
fn an_integer_weight_is_a_count_of_samples_without_weights() {
    check(Law::Repetition, |task, samples, random| {
        let (mut weighted, mut repeated) = (Vec::new(), Vec::new());
        for (index, &sample) in samples.iter().enumerate() {
            let times = random.below(4) + usize::from(index == 0);
            weighted.push(Sample { weight: times as f32, ..sample });
            repeated.extend(std::iter::repeat_n(sample, times));
        }
        [report(task, &weighted, Form::Weighted), report(task, &repeated, Form::Unweighted)]
    });
}

/// What a row of weight zero may hold: NaN, infinities, numbers whose error or square overflows,
/// subnormals, numbers outside a domain, labels that are none.
fn junk(task: Task, random: &mut Random) -> Sample {
    let numbers = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN, 1e-40, -3.0];
    let truth = match task {
        Task::Regression => numbers[random.below(numbers.len())],
        Task::Multiclass => [-1.0, 5.0, 0.5, 1.0][random.below(4)],
        Task::Binary => [-1.0, 2.0, 0.0, 1.0][random.below(4)],
    };
    Sample { prediction: numbers[random.below(numbers.len())], truth, weight: 0.0 }
}

#[test]
fn weight_zero_is_the_sample_deleted_whatever_it_holds() {
    for form in [Form::Weighted, Form::CountingFaults] {
        check(Law::Deletion, |task, samples, random| {
            let kept: Vec<_> = samples.iter().copied().filter(|s| s.weight > 0.0).collect();
            let mut with_junk = samples.to_vec();
            with_junk.extend((0..1 + random.below(30)).map(|_| junk(task, random)));
            random.shuffle(&mut with_junk);
            [report(task, &with_junk, form), report(task, &kept, Form::Weighted)]
        });
    }
}

#[test]
fn weights_of_one_are_no_weights() {
    check(Law::Ones, |task, samples, _| {
        let ones: Vec<_> = samples.iter().map(|&s| Sample { weight: 1.0, ..s }).collect();
        [report(task, &ones, Form::Weighted), report(task, &ones, Form::Unweighted)]
    });
}

#[test]
fn weights_times_a_power_of_two_change_nothing() {
    check(Law::Scaling, |task, samples, random| {
        let factor = [-40.0_f32, -3.0, 1.0, 7.0, 60.0][random.below(5)].exp2();
        let scale = |&s: &Sample| Sample { weight: s.weight * factor, ..s };
        let scaled: Vec<_> = samples.iter().map(scale).collect();
        [report(task, &scaled, Form::Weighted), report(task, samples, Form::Weighted)]
    });
}

#[test]
fn unweighted_values_do_not_know_the_weights() {
    let mut random = Random::new(11);
    for &task in Task::ALL {
        for _ in 0..30 {
            let samples = samples(task, &mut random);
            let with = report(task, &samples, Form::Weighted);
            let without = report(task, &samples, Form::Unweighted);
            for (with, without) in with.entries.iter().zip(&without.entries) {
                assert_eq!(format!("{:?}", with.unweighted), format!("{:?}", without.unweighted));
                assert_eq!(format!("{:?}", without.weighted), format!("{:?}", without.unweighted));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..Default::default() })]

    /// Arbitrary bit patterns, weights included: what cannot be is counted, and counts add up too.
    #[test]
    fn states_are_the_same_bits_for_any_split_order_and_merge(
        rows in prop::collection::vec((any::<u32>(), any::<u32>(), any::<u32>()), 0..2500),
        batch_len in 1_usize..3000,
        evaluators in 1_usize..4,
        seed: u64,
    ) {
        for &task in Task::ALL {
            let sample = |&(p, t, w): &(u32, u32, u32)| {
                let truth = match task {
                    Task::Regression => f32::from_bits(t),
                    Task::Binary => (t % 3) as f32,
                    Task::Multiclass => (t % (CLASSES + 1)) as f32,
                };
                Sample { prediction: prediction(task, p), truth, weight: f32::from_bits(w) }
            };
            let mut samples: Vec<_> = rows.iter().map(sample).collect();
            let whole = state(task, &samples, Form::CountingFaults);
            Random::new(seed).shuffle(&mut samples);
            let specs = specs(task);
            let mut parts: Vec<_> = (0..evaluators).map(|_| evaluator(task, &specs)).collect();
            for (index, batch) in samples.chunks(batch_len).enumerate() {
                update(&mut parts[index % evaluators], task, batch, Form::CountingFaults);
            }
            let mut merged = evaluator(task, &specs);
            for part in &mut parts {
                merged.merge(&part.state().unwrap()).unwrap();
            }
            prop_assert_eq!(merged.state().unwrap(), whole);
        }
    }

    #[test]
    fn states_without_weights_are_those_of_ones(
        rows in prop::collection::vec((any::<u32>(), any::<u32>()), 0..2500),
    ) {
        for &task in Task::ALL {
            let sample = |&(p, t): &(u32, u32)| {
                let truth = match task {
                    Task::Regression => f32::from_bits(t),
                    Task::Binary => (t % 2) as f32,
                    Task::Multiclass => (t % CLASSES) as f32,
                };
                Sample { prediction: prediction(task, p), truth, weight: 1.0 }
            };
            let samples: Vec<_> = rows.iter().map(sample).collect();
            let ones = state(task, &samples, Form::Weighted);
            prop_assert_eq!(ones, state(task, &samples, Form::Unweighted));
        }
    }
}

/// Any prediction from any bits: a class in the multiclass task.
fn prediction(task: Task, bits: u32) -> f32 {
    if task == Task::Multiclass { (bits % CLASSES) as f32 } else { f32::from_bits(bits) }
}

/// Samples on which every metric has a value.
fn plain(task: Task) -> Vec<Sample> {
    let mut random = Random::new(3);
    let sample = |_| {
        let score = (1 + random.below((1 << 16) - 1)) as f32 / (1 << 16) as f32;
        let mut class = |classes| random.below(classes) as f32;
        let [prediction, truth] = match task {
            Task::Regression => [score, 0.5 + class(2)],
            Task::Binary => [score, class(2)],
            Task::Multiclass => [class(CLASSES as usize), class(CLASSES as usize)],
        };
        Sample { prediction, truth, weight: 0.5 + random.below(8) as f32 }
    };
    let mut samples: Vec<_> = (0..500).map(sample).collect();
    samples[0] = Sample { truth: if task == Task::Regression { 0.75 } else { 1.0 }, ..samples[0] };
    samples
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Scalar(number) => vec![*number],
        Value::Vector(row) => row.clone(),
        Value::Matrix(rows) => rows.concat(),
    }
}

#[test]
fn every_metric_alone_is_finite_on_plain_data() {
    for &task in Task::ALL {
        let together = report(task, &plain(task), Form::Weighted);
        for spec in specs(task) {
            let mut alone = evaluator(task, std::slice::from_ref(&spec));
            update(&mut alone, task, &plain(task), Form::Weighted);
            let report = alone.result().unwrap();
            assert_eq!(report.entries[0], *together.get(&spec).unwrap(), "{spec} alone");
            for side in [&report.entries[0].unweighted, &report.entries[0].weighted] {
                let value = side.as_ref().unwrap_or_else(|reason| panic!("{spec}: {reason}"));
                assert!(!numbers(value).is_empty(), "{spec}");
                assert!(numbers(value).iter().all(|x| x.is_finite()), "{spec}: {value:?}");
            }
            let [unweighted, weighted] =
                [&report.entries[0].unweighted, &report.entries[0].weighted];
            let blind = BLIND.contains(&name(&spec));
            assert_eq!(unweighted == weighted, blind, "{spec}: do the weights count?");
        }
    }
}

#[test]
fn every_metric_declares_the_statistics_it_uses_and_no_others() {
    for &task in Task::ALL {
        for spec in specs(task) {
            let mut alone = evaluator(task, std::slice::from_ref(&spec));
            update(&mut alone, task, &plain(task), Form::Weighted);
            let (totals, spec) = (alone.state().unwrap().totals, alone.specs()[0].clone());
            let finish = |plan: &Plan, totals: &Totals| {
                (spec.definition.finish)(&spec.arguments, &Side::new(plan, totals, true))
            };
            let declared = (spec.definition.statistics)(&spec.arguments);
            let plan = Plan::new(task, declared.iter().copied()).with_classes(CLASSES);
            assert_eq!(plan.statistics.len(), declared.len(), "{} declares one twice", spec.text);
            assert!(finish(&plan, &totals).is_ok(), "{} uses others", spec.text);
            for (index, unused) in plan.statistics.iter().enumerate() {
                let (mut plan, mut totals) = (plan.clone(), totals.clone());
                plan.statistics.remove(index);
                totals.statistics.remove(index);
                // Undeclared use is a debug assertion, or undefined without those.
                let without = catch_unwind(AssertUnwindSafe(|| finish(&plan, &totals)));
                let missed = !matches!(without, Ok(Ok(_)));
                assert!(missed, "{} declares {unused}, but does not use it", spec.text);
            }
        }
    }
}

#[test]
fn names_are_unique_and_every_parameter_is_tried() {
    for metric in metric::all() {
        let twice = |&task: &Task| {
            metric::of_task(task).filter(|other| other.name == metric.name).count() > 1
        };
        assert!(!metric.tasks.iter().any(twice), "{} stands twice in a task", metric.name);
        assert!(!metric.summary.is_empty() && !metric.formula.is_empty(), "{}", metric.name);
        for parameter in metric.parameters {
            let given = format!(":{}=", parameter.name);
            let tried = |spec: &String| name(spec) == metric.name && spec.contains(&given);
            let all = metric.tasks.iter().flat_map(|&task| specs(task)).collect::<Vec<_>>();
            assert!(all.iter().any(tried), "no variant of {} gives{given}", metric.name);
        }
    }
}

#[test]
fn no_metric_file_is_left_out_of_the_list() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/metric");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if std::fs::read_to_string(&path).unwrap().contains("pub const METRICS") {
            let stem = path.file_stem().unwrap().to_str().unwrap();
            assert!(metric::all().any(|metric| metric.name == stem), "{stem} is not in the list");
        }
    }
}
