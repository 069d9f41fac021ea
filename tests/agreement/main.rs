//! Compares every statistic on every adapter of this machine with the CPU engine. States must be
//! equal bit for bit, for inputs of every kind, whole, split, shuffled and reversed.
//!
//! There is one trial for each adapter and statistic. Without an adapter one trial fails and says
//! how to get one; `WEIGHBRIDGE_GPU=off` skips all of them visibly.

#[path = "../common/mod.rs"]
mod common;
mod data;
mod masks;
mod one_vs_rest;
mod rows;
mod vectors;

use crate::common::columns::Columns;
use crate::common::custom;
use crate::common::devices::keep_open;
use crate::common::families::{Labels, Numbers, Random, Weights};
use crate::common::values::{parameters, values};
use libtest_mimic::{Arguments, Failed, Trial};
use weighbridge::batch::FaultPolicy;
use weighbridge::gpu::{AdapterSummary, adapters, self_test};
use weighbridge::internals::examples;
use weighbridge::metric::{self, ResolvedMetric, Settings};
use weighbridge::statistic::{Constant, Moment, Statistic, Task, ValueFn, ValueSpec};
use weighbridge::{Batch, Device, Evaluator, State};

fn main() {
    let arguments = Arguments::from_args();
    libtest_mimic::run(&arguments, trials()).exit();
}

fn trials() -> Vec<Trial> {
    let off = std::env::var_os("WEIGHBRIDGE_GPU").is_some_and(|value| value == "off");
    let adapters = if off { Vec::new() } else { adapters() };
    if off {
        let skipped = Trial::test("all (WEIGHBRIDGE_GPU=off)", || Ok(()));
        return vec![skipped.with_ignored_flag(true)];
    }
    if adapters.is_empty() {
        return vec![Trial::test("an adapter", || {
            Err("there is no adapter on this machine: install mesa-vulkan-drivers, or run \
                 `sh tests/run.sh`, or set WEIGHBRIDGE_GPU=off to skip these tests"
                .into())
        })];
    }
    keep_open();
    adapters.iter().flat_map(trials_of).collect()
}

fn trials_of(adapter: &AdapterSummary) -> Vec<Trial> {
    let trial = |name: &str, test: fn(&AdapterSummary) -> Result<(), Failed>| {
        let adapter = adapter.clone();
        Trial::test(format!("{}::{name}", adapter.name), move || test(&adapter))
    };
    let mut trials = vec![
        trial("self-test", |adapter| Ok(self_test(adapter)?)),
        trial("more than one binding holds", large),
        trial("several updates in flight, reset and merge", in_flight),
        trial("a batch that is refused", refused),
        trial("limbs that fill up", full_limbs),
        trial("plans, samples and splits at random", at_random),
        trial("very many classes", vocabulary),
    ];
    for (task, plan) in plans() {
        let adapter = adapter.clone();
        let names: Vec<_> = plan.iter().map(ToString::to_string).collect();
        let name = format!("{}::{task}::{}", adapter.name, names.join("+"));
        trials.push(Trial::test(name, move || agree(&adapter, task, &plan)));
    }
    trials.extend(rows::trials_of(adapter));
    trials.extend(one_vs_rest::trials_of(adapter));
    trials.extend(masks::trials_of(adapter));
    trials.extend(vectors::trials_of(adapter));
    trials
}

/// Every statistic of columns alone, in the first of its tasks, and many at once in several passes,
/// with all values that metrics compute from labels. A value is compiled twice on each adapter,
/// which takes most of the time.
fn plans() -> Vec<(Task, Vec<Statistic>)> {
    // Powers below 0 and above 2 take another branch than powers between 1 and 2.
    let powers = [-0.5, 3.0].map(|parameter| {
        Statistic::Sum(ValueSpec {
            function: ValueFn::TweedieDeviance,
            parameter: Constant::new(parameter),
        })
    });
    let mut all: Vec<_> = values().map(Statistic::Sum).chain(powers).collect();
    all.extend(custom::statistics());
    all.extend(examples_of_columns().filter(|example| !matches!(example, Statistic::Sum(_))));
    let task_of = |statistic: &Statistic| {
        let task = TASKS.into_iter().find(|&task| statistic.check(task).is_ok());
        task.expect("a task")
    };
    let examples_of = |task| examples_of_columns().filter(move |example| task_of(example) == task);
    let log_loss = ValueSpec { function: ValueFn::LogLoss, parameter: Constant::new(0.25) };
    let log_loss = Statistic::Extremes(log_loss);
    let [absolute_error, identity] =
        [ValueFn::AbsoluteError, ValueFn::Identity].map(Statistic::sum);

    let few = [ValueFn::Error, ValueFn::SquaredError, ValueFn::Huber];
    let few = values().filter(|value| few.contains(&value.function)).map(Statistic::Sum);
    let of_labels = functions_of_labels();
    let of_labels = values().filter(|value| of_labels.contains(&value.function));
    let product = Statistic::Moment(Moment::Product);
    let range =
        Statistic::Extremes(ValueSpec { function: ValueFn::Identity, parameter: Constant::ZERO });
    let together = [
        (Task::Regression, few.chain(examples_of(Task::Regression)).collect()),
        (
            Task::Binary,
            of_labels
                .map(Statistic::Sum)
                .chain(examples_of(Task::Binary))
                .chain([log_loss])
                .collect(),
        ),
        (
            Task::Multiclass,
            examples_of(Task::Multiclass).chain([absolute_error, product]).collect(),
        ),
        (Task::Aggregation, vec![range, identity]),
    ];
    let alone = all.iter().map(|statistic| (task_of(statistic), vec![*statistic]));
    let in_other_tasks = [
        (Task::Binary, vec![log_loss]),
        (Task::Multiclass, vec![absolute_error]),
        (Task::Multiclass, vec![product]),
    ];
    alone.chain(in_other_tasks).chain(together).collect()
}

/// Examples of every kind of statistic, for samples in columns.
fn examples_of_columns() -> impl Iterator<Item = Statistic> {
    examples(CLASSES).into_iter().filter(|example| !example.row_needs().rows)
}

/// The values that metrics of the binary task compute from a score and its label.
fn functions_of_labels() -> Vec<ValueFn> {
    let mut functions = Vec::new();
    for from_logits in [false, true] {
        let task = Task::Binary;
        let settings = Settings { from_logits, ..Settings::new(task) };
        for metric in metric::of_task(task) {
            let smooths = metric.parameters.iter().any(|known| known.name() == "label_smoothing");
            let smoothing = if smooths { ":label_smoothing=0.5" } else { "" };
            let spec = ResolvedMetric::parse(&format!("{}{smoothing}", metric.name), settings);
            let spec = spec.expect("a metric of the task");
            let statistics = spec.statistics;
            functions.extend(statistics.iter().filter_map(|s| Some(s.value()?.function)));
        }
    }
    functions
}

/// The tasks with one output per sample.
const TASKS: [Task; 4] = [Task::Regression, Task::Binary, Task::Multiclass, Task::Aggregation];

/// Classes of the multiclass task, enough that counts exceed workgroup memory.
const CLASSES: u32 = 40;

fn calibration(bins: u32) -> Statistic {
    let probability = ValueSpec { function: ValueFn::Probability, parameter: Constant::ZERO };
    Statistic::Calibration { probability, bins }
}

fn evaluators(
    adapter: &AdapterSummary,
    task: Task,
    plan: &[Statistic],
) -> Result<[Evaluator; 2], Failed> {
    let build = |device| {
        let builder = Evaluator::builder(task).classes(CLASSES as usize);
        builder.statistics(plan.iter().copied()).device(device).build()
    };
    Ok([build(Device::Named(adapter.name.clone()))?, build(Device::Cpu)?])
}

/// Sizes around the sizes of vectors, workgroups, blocks and slots.
const SIZES: &[usize] = &[0, 1, 2, 3, 4, 5, 63, 64, 65, 127, 255, 257, 1023, 1025, 8191, 8193];

fn agree(adapter: &AdapterSummary, task: Task, plan: &[Statistic]) -> Result<(), Failed> {
    let [mut gpu, mut cpu] = evaluators(adapter, task, plan)?;
    let mut random = Random::new(0x5eed);
    let labels = Labels::ALL.iter().cycle();
    let kinds = Numbers::ALL.iter().flat_map(|&n| Weights::ALL.iter().map(move |&w| (n, w)));
    for ((numbers, weights), &labels) in kinds.zip(labels) {
        let data = Columns::new((numbers, weights, labels), 700 + random.below(700), &mut random);
        let expected = data.add(&mut cpu, task, &[])?;
        let context = format!("{numbers:?} numbers, {weights:?} weights, {labels:?} labels");
        equal(&data.add(&mut gpu, task, &[])?, &expected, &context)?;
    }
    for &size in SIZES {
        let kinds = (Numbers::Uniform, Weights::Uniform, Labels::Mixed);
        let data = Columns::new(kinds, size, &mut random);
        let expected = data.add(&mut cpu, task, &[])?;
        equal(&data.add(&mut gpu, task, &[])?, &expected, &format!("{size} samples"))?;
    }
    let kinds = (Numbers::OneInHundredBad, Weights::ManyZeros, Labels::OneInHundredBad);
    let data = Columns::new(kinds, 70_001, &mut random);
    let expected = data.add(&mut cpu, task, &[])?;
    let mut order: Vec<_> = (0..data.len()).rev().collect();
    let reversed = data.reordered(&order);
    random.shuffle(&mut order);
    let shuffled = data.reordered(&order);
    equal(&data.add(&mut gpu, task, &[])?, &expected, "whole")?;
    equal(&data.add(&mut gpu, task, &[1, 1, 4098, 65_537])?, &expected, "split")?;
    equal(&reversed.add(&mut gpu, task, &[])?, &expected, "reversed")?;
    equal(&shuffled.add(&mut gpu, task, &[30_000])?, &expected, "shuffled")?;
    equal(&shuffled.add(&mut cpu, task, &[50])?, &expected, "shuffled, on the CPU")
}

fn equal(got: &State, expected: &State, context: &str) -> Result<(), Failed> {
    if got == expected {
        return Ok(());
    }
    let totals = got.totals[0].statistics.iter().zip(&expected.totals[0].statistics);
    let differences = got.statistics.iter().zip(totals).filter(|(_, (got, want))| got != want);
    let differences: Vec<_> = differences
        .map(|(name, (got, want))| format!("{name}:\n  got  {got:?}\n  want {want:?}"))
        .collect();
    let (weights, want) = (got.totals[0].weights, expected.totals[0].weights);
    let differences = differences.join("\n");
    Err(format!("{context}:\n{differences}\nweights {weights:?}\nwant    {want:?}").into())
}

/// Samples whose weighted products add 1.75 · 2^24 to one limb, the most that a thread adds:
/// carries must be propagated in time.
fn full_limbs(adapter: &AdapterSummary) -> Result<(), Failed> {
    let plan = [Statistic::Moment(Moment::Product), Statistic::sum(ValueFn::Error)];
    let [mut gpu, mut cpu] = evaluators(adapter, Task::Regression, &plan)?;
    // The product is 2^46 + 5791 · 2^23 + 2895 · 2896: its lower 24 bits are nearly all ones, its
    // upper ones 2^22 and little more. Times a weight of 24 ones, at the beginning of a limb, the
    // former leave nearly 2^24 in the second limb, and the latter 2^24 - 2^22.
    let len = 20_000;
    for sign in [1.0_f32, -1.0] {
        let prediction = vec![sign * f32::from_bits(0x3f80_0000 + 2895); len];
        let truth = vec![f32::from_bits(0x3f80_0000 + 2896); len];
        let weight = vec![f32::from_bits(138 << 23 | 0x007f_ffff); len];
        let batch = Batch::new(&prediction, &truth).weights(&weight);
        gpu.update(&batch)?;
        cpu.update(&batch)?;
        equal(&gpu.state()?, &cpu.state()?, "one sign")?;
        gpu.reset()?;
        cpu.reset()?;
    }
    Ok(())
}

/// Thresholds at the limits of their range.
const THRESHOLDS: &[f32] = &[0.5, 0.0, -0.0, -0.25, 1e-40, -1e-40, f32::MAX, f32::MIN];

/// A statistic that is valid in this task: an example of its kind, or one with random parameters.
fn any_statistic(task: Task, random: &mut Random) -> Statistic {
    let examples: Vec<_> = examples_of_columns().collect();
    loop {
        let functions = ValueFn::OF_SAMPLES;
        let function = functions[random.below(functions.len())];
        let parameters = parameters(function);
        let value =
            ValueSpec { function, parameter: parameters[random.below(parameters.len())].into() };
        let statistic = match random.below(7) {
            0 => Statistic::Sum(value),
            1 => Statistic::Maximum(value),
            6 => Statistic::Extremes(value),
            2 => Statistic::Moment(Moment::ALL[random.below(Moment::ALL.len())]),
            3 => calibration(1 + random.below(60) as u32),
            4 => examples[random.below(examples.len())],
            _ => Statistic::Confusion {
                threshold: THRESHOLDS[random.below(THRESHOLDS.len())].into(),
                probabilities: random.below(2) == 1,
            },
        };
        if statistic.check(task).is_ok() {
            return statistic;
        }
    }
}

/// Random plans over batches of random sizes and kinds, some with weights and some without.
fn at_random(adapter: &AdapterSummary) -> Result<(), Failed> {
    for seed in 0..rounds() {
        let mut random = Random::new(seed);
        let task = TASKS[random.below(TASKS.len())];
        let plan: Vec<_> =
            (0..1 + random.below(9)).map(|_| any_statistic(task, &mut random)).collect();
        let [mut gpu, mut cpu] = evaluators(adapter, task, &plan)?;
        for _ in 0..1 + random.below(5) {
            let numbers = Numbers::ALL[random.below(Numbers::ALL.len())];
            let weights = Weights::ALL[random.below(Weights::ALL.len())];
            let labels = Labels::ALL[random.below(Labels::ALL.len())];
            let max = [5, 300, 9000][random.below(3)];
            let len = random.below(max);
            let data = Columns::new((numbers, weights, labels), len, &mut random);
            let batch = data.batch(task, 0..len).on_fault(FaultPolicy::Count);
            gpu.update(&batch)?;
            cpu.update(&batch)?;
        }
        equal(&gpu.state()?, &cpu.state()?, &format!("seed {seed}: {task}, {plan:?}"))?;
    }
    Ok(())
}

/// Rounds of random tests; `WEIGHBRIDGE_ROUNDS` overrides it.
fn rounds() -> u64 {
    let rounds = std::env::var("WEIGHBRIDGE_ROUNDS").ok();
    rounds.and_then(|rounds| rounds.parse().ok()).unwrap_or(4)
}

/// One update with more samples than the smallest maximum binding holds (128 MiB).
fn large(adapter: &AdapterSummary) -> Result<(), Failed> {
    let plan = [Statistic::sum(ValueFn::SquaredError)];
    let [mut gpu, mut cpu] = evaluators(adapter, Task::Regression, &plan)?;
    let len = (128 << 20) / 4 + 12_345;
    let column = |seed: u32| -> Vec<f32> {
        let mix = |i: usize| (i as u32).wrapping_mul(2_654_435_761).wrapping_add(seed) >> 8;
        (0..len).map(|i| mix(i) as f32 * 2_f32.powi(-24)).collect()
    };
    let (prediction, truth, weight) = (column(1), column(0x9e37_79b9), column(77));
    let batch = Batch::new(&prediction, &truth).weights(&weight);
    cpu.update(&batch)?;
    gpu.update(&batch)?;
    equal(&gpu.state()?, &cpu.state()?, "one large update")
}

/// Many small updates without waiting in between, a state read among them, and a merge.
fn in_flight(adapter: &AdapterSummary) -> Result<(), Failed> {
    let plan = [Statistic::sum(ValueFn::AbsoluteError)];
    let [mut gpu, mut cpu] = evaluators(adapter, Task::Regression, &plan)?;
    let mut random = Random::new(7);
    for turn in 0..40 {
        let size = 1 + random.below(3000);
        let kinds = (Numbers::LogUniform, Weights::LogUniform, Labels::Mixed);
        let data = Columns::new(kinds, size, &mut random);
        let batch = Batch::new(&data.prediction, &data.truth);
        gpu.update(&batch)?;
        cpu.update(&batch)?;
        if turn % 16 == 5 {
            equal(&gpu.state()?, &cpu.state()?, &format!("after {turn} updates"))?;
        }
    }
    let state = cpu.state()?;
    equal(&gpu.state()?, &state, "after all updates")?;
    gpu.merge(&state)?;
    cpu.merge(&state)?;
    equal(&gpu.state()?, &cpu.state()?, "after a merge")?;
    gpu.reset()?;
    cpu.reset()?;
    equal(&gpu.state()?, &cpu.state()?, "after a reset")
}

/// More cells than workgroup memory holds, and than are worth copying for each batch.
fn vocabulary(adapter: &AdapterSummary) -> Result<(), Failed> {
    let classes = 50_257_u32;
    let build = |device| {
        let builder = Evaluator::builder(Task::Multiclass).classes(classes as usize).device(device);
        builder.statistics([Statistic::Margins { classes }]).build()
    };
    let mut gpu = build(Device::Named(adapter.name.clone()))?;
    let mut cpu = build(Device::Cpu)?;
    let mut random = Random::new(3);
    for _ in 0..3 {
        let mut column = || -> Vec<u32> {
            (0..20_000).map(|_| random.below(classes as usize + 5) as u32).collect()
        };
        let [prediction, truth] = [column(), column()];
        let weight: Vec<_> = (0..20_000).map(|_| random.below(100) as f32 / 64.0).collect();
        let batch = Batch::new(&prediction, &truth).weights(&weight).on_fault(FaultPolicy::Count);
        gpu.update(&batch)?;
        cpu.update(&batch)?;
    }
    if gpu.state()? == cpu.state()? { Ok(()) } else { Err("the engines differ".into()) }
}

/// A batch with an invalid weight is refused as a whole, and the evaluator stays usable.
fn refused(adapter: &AdapterSummary) -> Result<(), Failed> {
    let plan = [Statistic::sum(ValueFn::Error)];
    let [mut gpu, mut cpu] = evaluators(adapter, Task::Regression, &plan)?;
    for evaluator in [&mut gpu, &mut cpu] {
        evaluator.update(&Batch::new(&[1.0_f32, 2.0], &[0.5_f32, 0.5]))?;
        let bad = Batch::new(&[1.0_f32, 2.0], &[0.5_f32, 0.5]).weights(&[1.0_f32, -1.0]);
        let error = evaluator.update(&bad).err().ok_or("a negative weight was taken")?;
        if !error.to_string().starts_with("the weight in row 1 is -1:") {
            return Err(format!("unexpected message: {error}").into());
        }
        evaluator.update(&Batch::new(&[3.0_f32], &[0.5_f32]).weights(&[2.0_f32]))?;
    }
    if cpu.state()?.totals[0].weights.samples != 3 {
        return Err("the refused batch was counted".into());
    }
    equal(&gpu.state()?, &cpu.state()?, "after a refused batch")
}
