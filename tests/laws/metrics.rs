//! Laws that every metric obeys, to the last bit.
//!
//! A metric that is exempt from a law declares that beside its formula. Exemptions are checked too:
//! the metric must break the law on some of the data, otherwise the exemption is stale.

use crate::common::random::Random;
use crate::common::specs::{CLASSES, Inputs, name, specs};
use crate::samples::{Sample, any_prediction, junk, perfect, plain, samples};
use proptest::prelude::*;
use std::cell::Cell;
use std::path::Path;
use weighbridge::batch::FaultPolicy;
use weighbridge::internals::statistic::{Family, Plan};
use weighbridge::internals::weighted_value;
use weighbridge::metric::{self, Better, Law, MetricDef, Value};
use weighbridge::statistic::Totals;
use weighbridge::{Batch, Device, Evaluator, Precision, Report, State, Task, Undefined};

/// Metrics for which a weight only decides whether the sample counts.
const BLIND: &[&str] = &["max_error", "minimum", "maximum"];

/// Metrics that have the same value on the plain data with and without weights.
const WHOLE: &[&str] = &["recall_at_precision:average=micro"];

/// How samples are added: with weights or without, and with a policy for faults.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mode {
    Weighted,
    Unweighted,
    CountingFaults,
}

thread_local! {
    /// The precision of the evaluators of a test.
    static PRECISION: Cell<Precision> = const { Cell::new(Precision::Single) };
}

fn evaluator(inputs: Inputs, specs: &[String]) -> Evaluator {
    let builder = Evaluator::builder(inputs.task()).classes(CLASSES).metrics(specs);
    let builder = builder.precision(PRECISION.get());
    let several = inputs.outputs() > 1;
    let builder = if several { builder.outputs(inputs.outputs() as usize) } else { builder };
    builder.from_logits(inputs.are_logits()).device(Device::Cpu).build().unwrap()
}

/// Adds samples. An even number of multiclass samples is added with one-hot truths.
fn update(evaluator: &mut Evaluator, inputs: Inputs, samples: &[Sample], mode: Mode) {
    let width = if inputs.rows() { CLASSES } else { inputs.outputs() as usize };
    let prediction: Vec<_> =
        samples.iter().flat_map(|s| s.prediction[..width].iter().copied()).collect();
    let truth: Vec<_> = samples.iter().map(|s| s.truth).collect();
    let labels: Vec<_> = truth.iter().map(|&truth| truth as i32).collect();
    let one_hot: Vec<_> = labels
        .iter()
        .flat_map(|&label| (0..CLASSES).map(move |class| label == class as i32))
        .collect();
    // The second label is the opposite one, or also invalid.
    let opposite = |label: i32| if (0..2).contains(&label) { 1 - label } else { label };
    let both: Vec<_> = labels.iter().flat_map(|&label| [label, opposite(label)]).collect();
    let outputs = |truth: f32| [truth, truth / 2.0, 1.0 - truth];
    let vectors: Vec<_> = truth.iter().flat_map(|&truth| outputs(truth)).collect();
    let weight: Vec<_> = samples.iter().map(|s| s.weight).collect();
    let batch = match inputs.task() {
        Task::Regression if inputs == Inputs::Vectors => Batch::new(&prediction, &vectors),
        Task::Regression => Batch::new(&prediction, &truth),
        Task::Binary => Batch::new(&prediction, &labels),
        Task::Multilabel => Batch::new(&prediction, &both),
        Task::Multiclass if samples.len().is_multiple_of(2) => {
            Batch::new(&prediction, &one_hot).one_hot()
        }
        Task::Multiclass => Batch::new(&prediction, &labels),
        Task::Aggregation => Batch::values(&prediction),
    };
    let batch = match mode {
        Mode::Weighted => batch.weights(&weight),
        Mode::Unweighted => batch.on_fault(FaultPolicy::Count),
        Mode::CountingFaults => batch.weights(&weight).on_fault(FaultPolicy::Count),
    };
    evaluator.update(&batch).unwrap();
}

fn state(inputs: Inputs, samples: &[Sample], mode: Mode) -> State {
    let mut evaluator = evaluator(inputs, &specs(inputs));
    update(&mut evaluator, inputs, samples, mode);
    evaluator.state().unwrap()
}

fn report(inputs: Inputs, samples: &[Sample], mode: Mode) -> Report {
    let mut evaluator = evaluator(inputs, &specs(inputs));
    update(&mut evaluator, inputs, samples, mode);
    evaluator.result().unwrap()
}

/// Runs `trial` on many data sets. It returns two reports whose weighted values are equal by `law`;
/// the exempt metrics, and only those, must differ on some of the data.
fn check(law: Law, mut trial: impl FnMut(Inputs, &[Sample], &mut Random) -> [Report; 2]) {
    for precision in [Precision::Double, Precision::Single] {
        PRECISION.set(precision);
        check_in_precision(law, precision, &mut trial);
    }
}

/// The same in one precision. In double precision exemptions are not tested, and there is half as
/// much data.
fn check_in_precision(
    law: Law,
    precision: Precision,
    mut trial: impl FnMut(Inputs, &[Sample], &mut Random) -> [Report; 2],
) {
    for &inputs in Inputs::ALL {
        let mut random = Random::new(7);
        let specs = specs(inputs);
        let (mut broken, mut defined) = (vec![None; specs.len()], vec![false; specs.len()]);
        // One-vs-rest metrics are slow: each consists of many binary metrics.
        let trials = if inputs.rows() { 30 } else { 60 };
        let is_double = precision == Precision::Double;
        for _ in 0..if is_double { trials / 2 } else { trials } {
            let samples = samples(inputs, &mut random);
            let [left, right] = trial(inputs, &samples, &mut random);
            for (index, spec) in specs.iter().enumerate() {
                let [left, right] =
                    [&left, &right].map(|report| &report.get(spec).unwrap().weighted);
                defined[index] |= left.is_ok() && right.is_ok();
                // The number of samples outside a domain does not depend on weights.
                let outside = [left, right]
                    .iter()
                    .all(|value| matches!(value, Err(Undefined::OutsideDomain { .. })));
                // Debug distinguishes −0 from 0, and every f64 from its neighbours.
                if !outside && format!("{left:?}") != format!("{right:?}") {
                    let len = samples.len();
                    broken[index] = Some(format!("{left:?} and {right:?} for {len} samples"));
                }
            }
        }
        for ((spec, broken), defined) in specs.iter().zip(broken).zip(defined) {
            let exemptions: Vec<_> = inputs.spec(spec).exemptions().collect();
            let exempt = exemptions.iter().find(|(exempt, _)| *exempt == law);
            assert!(defined, "{spec} of {inputs:?} was never defined, so nothing was tested");
            match (broken, exempt) {
                (Some(values), None) => {
                    panic!("{spec} of {inputs:?}, {precision}, breaks the law of {law:?}: {values}")
                }
                (None, Some(reason)) if !is_double => {
                    panic!("{spec} obeys {law:?}; stale: {reason:?}")
                }
                _ => {}
            }
        }
    }
}

#[test]
fn weight_k_counts_like_k_copies() {
    check(Law::Repetition, |inputs, samples, random| {
        let (mut weighted, mut repeated) = (Vec::new(), Vec::new());
        for &sample in samples {
            let times = 1 + random.below(3);
            weighted.push(Sample { weight: sample.weight * times as f32, ..sample });
            repeated.extend(std::iter::repeat_n(sample, times));
        }
        random.shuffle(&mut repeated);
        [report(inputs, &weighted, Mode::Weighted), report(inputs, &repeated, Mode::Weighted)]
    });
}

#[test]
fn integer_weights_count_like_unweighted_copies() {
    check(Law::Repetition, |inputs, samples, random| {
        let (mut weighted, mut repeated) = (Vec::new(), Vec::new());
        for (index, &sample) in samples.iter().enumerate() {
            let times = random.below(4) + usize::from(index == 0);
            weighted.push(Sample { weight: times as f32, ..sample });
            repeated.extend(std::iter::repeat_n(sample, times));
        }
        [report(inputs, &weighted, Mode::Weighted), report(inputs, &repeated, Mode::Unweighted)]
    });
}

#[test]
fn samples_of_weight_zero_are_ignored_whatever_they_contain() {
    for mode in [Mode::Weighted, Mode::CountingFaults] {
        check(Law::Deletion, |inputs, samples, random| {
            let kept: Vec<_> = samples.iter().copied().filter(|s| s.weight > 0.0).collect();
            let mut with_junk = samples.to_vec();
            with_junk.extend((0..1 + random.below(30)).map(|_| junk(inputs, random)));
            random.shuffle(&mut with_junk);
            [report(inputs, &with_junk, mode), report(inputs, &kept, Mode::Weighted)]
        });
    }
}

#[test]
fn weights_of_one_equal_no_weights() {
    check(Law::Ones, |inputs, samples, _| {
        let ones: Vec<_> = samples.iter().map(|&s| Sample { weight: 1.0, ..s }).collect();
        [report(inputs, &ones, Mode::Weighted), report(inputs, &ones, Mode::Unweighted)]
    });
}

#[test]
fn scaling_weights_by_a_power_of_two_changes_nothing() {
    check(Law::Scaling, |inputs, samples, random| {
        let factor = [-40.0_f32, -3.0, 1.0, 7.0, 60.0][random.below(5)].exp2();
        let scale = |&s: &Sample| Sample { weight: s.weight * factor, ..s };
        let scaled: Vec<_> = samples.iter().map(scale).collect();
        [report(inputs, &scaled, Mode::Weighted), report(inputs, samples, Mode::Weighted)]
    });
}

#[test]
fn states_and_reports_survive_serialisation() {
    let mut random = Random::new(23);
    for &inputs in Inputs::ALL {
        for _ in 0..5 {
            let samples = samples(inputs, &mut random);
            let state = state(inputs, &samples, Mode::Weighted);
            let text = serde_json::to_string(&state).unwrap();
            let of_text: State = serde_json::from_str(&text).unwrap();
            let mut bytes = Vec::new();
            ciborium::into_writer(&state, &mut bytes).unwrap();
            let of_bytes: State = ciborium::from_reader(&bytes[..]).unwrap();
            let expected = report(inputs, &samples, Mode::Weighted);
            for read in [of_text, of_bytes] {
                assert_eq!(read, state);
                let mut evaluator = Evaluator::from_state(&read).unwrap();
                assert_eq!(evaluator.state().unwrap(), state);
                assert_eq!(evaluator.result().unwrap().entries, expected.entries);
            }
        }
    }
}

#[test]
fn unweighted_values_do_not_depend_on_weights() {
    let mut random = Random::new(11);
    for &inputs in Inputs::ALL {
        for _ in 0..30 {
            let samples = samples(inputs, &mut random);
            let with = report(inputs, &samples, Mode::Weighted);
            let without = report(inputs, &samples, Mode::Unweighted);
            for (with, without) in with.entries.iter().zip(&without.entries) {
                assert_eq!(format!("{:?}", with.unweighted), format!("{:?}", without.unweighted));
                assert_eq!(format!("{:?}", without.weighted), format!("{:?}", without.unweighted));
            }
        }
    }
}

/// The lower class wins ties.
fn arg_max(scores: &[f32; CLASSES]) -> f32 {
    (1..CLASSES).fold(0, |best, class| if scores[class] > scores[best] { class } else { best })
        as f32
}

#[test]
fn rows_of_scores_count_as_the_class_with_the_largest_score() {
    let mut random = Random::new(13);
    for inputs in [Inputs::Probabilities, Inputs::Logits] {
        for _ in 0..30 {
            let rows = samples(inputs, &mut random);
            let class = |s: &Sample| Sample { prediction: [arg_max(&s.prediction); CLASSES], ..*s };
            let classes: Vec<_> = rows.iter().map(class).collect();
            let rows = report(inputs, &rows, Mode::Weighted);
            for entry in report(Inputs::Classes, &classes, Mode::Weighted).entries {
                assert_eq!(rows.get(&entry.spec), Some(&entry), "{inputs:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..Default::default() })]

    /// Arbitrary bit patterns, also in weights: faults are counted, and the counts add up too.
    #[test]
    fn states_do_not_depend_on_split_order_or_merges(
        rows in prop::collection::vec((any::<u32>(), any::<u32>(), any::<u32>()), 0..2500),
        batch_len in 1_usize..3000,
        evaluators in 1_usize..4,
        seed: u64,
    ) {
        for &inputs in Inputs::ALL {
            let sample = |&(p, t, w): &(u32, u32, u32)| {
                let truth = match inputs.task() {
                    Task::Regression | Task::Aggregation => f32::from_bits(t),
                    Task::Binary | Task::Multilabel => (t % 3) as f32,
                    Task::Multiclass => (t % (CLASSES as u32 + 1)) as f32,
                };
                Sample { prediction: any_prediction(inputs, p), truth, weight: f32::from_bits(w) }
            };
            let mut samples: Vec<_> = rows.iter().map(sample).collect();
            let whole = state(inputs, &samples, Mode::CountingFaults);
            Random::new(seed).shuffle(&mut samples);
            let specs = specs(inputs);
            let mut parts: Vec<_> = (0..evaluators).map(|_| evaluator(inputs, &specs)).collect();
            for (index, batch) in samples.chunks(batch_len).enumerate() {
                update(&mut parts[index % evaluators], inputs, batch, Mode::CountingFaults);
            }
            let mut merged = evaluator(inputs, &specs);
            for part in &mut parts {
                merged.merge(&part.state().unwrap()).unwrap();
            }
            prop_assert_eq!(merged.state().unwrap(), whole);
        }
    }

    #[test]
    fn states_without_weights_equal_states_with_weights_of_one(
        rows in prop::collection::vec((any::<u32>(), any::<u32>()), 0..2500),
    ) {
        for &inputs in Inputs::ALL {
            let sample = |&(p, t): &(u32, u32)| {
                let truth = match inputs.task() {
                    Task::Regression | Task::Aggregation => f32::from_bits(t),
                    Task::Binary | Task::Multilabel => (t % 2) as f32,
                    Task::Multiclass => (t % CLASSES as u32) as f32,
                };
                Sample { prediction: any_prediction(inputs, p), truth, weight: 1.0 }
            };
            let samples: Vec<_> = rows.iter().map(sample).collect();
            let ones = state(inputs, &samples, Mode::CountingFaults);
            prop_assert_eq!(ones, state(inputs, &samples, Mode::Unweighted));
        }
    }
}

#[test]
fn every_metric_is_finite_on_plain_data() {
    for &inputs in Inputs::ALL {
        let together = report(inputs, &plain(inputs), Mode::Weighted);
        for spec in specs(inputs) {
            let mut alone = evaluator(inputs, std::slice::from_ref(&spec));
            update(&mut alone, inputs, &plain(inputs), Mode::Weighted);
            let report = alone.result().unwrap();
            assert_eq!(report.entries[0], *together.get(&spec).unwrap(), "{spec} alone");
            for side in [&report.entries[0].unweighted, &report.entries[0].weighted] {
                let value = side.as_ref().unwrap_or_else(|reason| panic!("{spec}: {reason}"));
                let numbers = value.numbers().unwrap_or_else(|reason| panic!("{spec}: {reason}"));
                assert!(!numbers.is_empty(), "{spec}");
                assert!(numbers.iter().all(|x| x.is_finite()), "{spec}: {value:?}");
            }
            let [unweighted, weighted] =
                [&report.entries[0].unweighted, &report.entries[0].weighted];
            let blind = BLIND.contains(&name(&spec));
            let whole = WHOLE.contains(&spec.as_str());
            assert_eq!(unweighted == weighted, blind || whole, "{spec}: do the weights count?");
        }
    }
}

#[test]
fn every_metric_declares_the_statistics_it_uses_and_no_others() {
    for &inputs in Inputs::ALL {
        for spec in specs(inputs) {
            let mut alone = evaluator(inputs, std::slice::from_ref(&spec));
            update(&mut alone, inputs, &plain(inputs), Mode::Weighted);
            let spec = alone.specs()[0].clone();
            // The first binary problem.
            let is_binary_problem = spec.has_binary_problems();
            let totals = alone.state().unwrap().totals.remove(usize::from(is_binary_problem));
            let task = if is_binary_problem { Task::Binary } else { inputs.task() };
            let finish = |family: &Family, totals: &Totals| weighted_value(&spec, family, totals);
            let declared = &spec.statistics;
            let plan = Plan::new(task, declared.iter().copied()).with_classes(CLASSES as u32);
            let family = &plan.families[0];
            assert_eq!(family.statistics.len(), declared.len(), "{} declares one twice", spec.text);
            assert!(finish(family, &totals).is_ok(), "{} uses others", spec.text);
            for (index, unused) in family.statistics.iter().enumerate() {
                let used = family.statistics.iter().filter(|statistic| *statistic != unused);
                let plan = Plan::new(task, used.copied()).with_classes(CLASSES as u32);
                let mut totals = totals.clone();
                totals.statistics.remove(index);
                let without = finish(&plan.families[0], &totals);
                let missed = matches!(without, Err(Undefined::Internal { .. }));
                assert!(
                    missed,
                    "{} declares {unused}, but does not use it: {without:?}",
                    spec.text
                );
            }
        }
    }
}

/// Whether a value is at least as good as another, for a metric with a direction.
fn is_no_worse(better: Better, value: f64, other: f64) -> bool {
    match better {
        Better::Higher => value >= other,
        Better::Lower => value <= other,
        Better::Neither => true,
    }
}

/// Values lie in the metric's range, and perfect predictions have the best value.
#[test]
fn values_are_in_range_and_perfect_predictions_are_best() {
    let (mut in_range, mut differ) = (Vec::new(), Vec::new());
    for &inputs in Inputs::ALL {
        let (samples, perfect) = (plain(inputs), perfect(inputs));
        let [report, best] =
            [&samples, &perfect].map(|samples| report(inputs, samples, Mode::Weighted));
        for spec in specs(inputs) {
            let MetricDef { name, better, range: [min, max], .. } = *inputs.spec(&spec).definition;
            let numbers = |report: &Report| match report.get(&spec).unwrap().weighted.clone() {
                // Rows have several columns with different ranges.
                Ok(Value::Matrix(_)) if better != Better::Neither => Vec::new(),
                Ok(value) => value.numbers().unwrap_or_default(),
                Err(_) => Vec::new(),
            };
            let (values, best) = (numbers(&report), numbers(&best));
            for value in values.iter().chain(&best) {
                assert!((min..=max).contains(value), "{spec}: {value} is not from {min} to {max}");
                in_range.push(name);
            }
            for (value, best) in values.iter().zip(&best) {
                // Aggregated values have no truth, and smoothed labels are less certain than
                // perfect predictions.
                let other = inputs == Inputs::Values || spec.contains("label_smoothing");
                assert!(other || is_no_worse(better, *best, *value), "{spec}: {best} and {value}");
                if best != value {
                    differ.push(name);
                }
            }
        }
    }
    for metric in metric::all() {
        assert!(in_range.contains(&metric.name), "{} never had a value", metric.name);
        // Aggregated values have no truth, so no predictions are better.
        let differs = differ.contains(&metric.name) || metric.tasks == [Task::Aggregation];
        assert!(differs, "{} is never better, nor different", metric.name);
    }
}

#[test]
fn names_are_unique_and_every_parameter_is_tested() {
    for metric in metric::all() {
        let twice = |&task: &Task| {
            metric::of_task(task).filter(|other| other.name == metric.name).count() > 1
        };
        assert!(!metric.tasks.iter().any(twice), "{} appears twice in a task", metric.name);
        assert!(!metric.summary.is_empty() && !metric.formula.is_empty(), "{}", metric.name);
        for parameter in metric.parameters {
            let setting = format!(":{}=", parameter.name());
            let tried = |spec: &String| name(spec) == metric.name && spec.contains(&setting);
            let all = Inputs::ALL.iter().filter(|inputs| metric.tasks.contains(&inputs.task()));
            let mut all = all.flat_map(|&inputs| specs(inputs));
            assert!(all.any(|spec| tried(&spec)), "no variant of {} gives{setting}", metric.name);
        }
    }
}

#[test]
fn every_metric_file_is_in_the_list() {
    fn check(folder: &Path) -> usize {
        let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let compared = paths.map(|path| {
            if path.is_dir() {
                return check(&path);
            }
            let defines_metrics =
                std::fs::read_to_string(&path).unwrap().contains("const METRICS: &[MetricDef]");
            if defines_metrics {
                let stem = path.file_stem().unwrap().to_str().unwrap();
                assert!(
                    metric::all().any(|metric| metric.name == stem),
                    "{stem} is not in the list"
                );
            }
            usize::from(defines_metrics)
        });
        compared.sum()
    }
    let compared = check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/metric"));
    assert!(compared > 40, "only {compared} files define metrics");
}
