//! Agreement with masked samples and class weights: by a mask, by an ignored label, by both, with
//! inputs of every kind, also in masked samples.

use super::rows;
use super::{CLASSES, Columns, Labels, Numbers, Random, TASKS, Weights, calibration, equal};
use libtest_mimic::{Failed, Trial};
use weighbridge::batch::FaultPolicy;
use weighbridge::gpu::AdapterSummary;
use weighbridge::statistic::{Constant, Moment, Statistic, Task, ValueFn, ValueSpec};
use weighbridge::{Batch, Device, Evaluator, EvaluatorBuilder, State};

/// How samples are deleted and classes are weighted.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Rule {
    Mask,
    Ignored,
    ClassWeights,
    All,
}

impl Rule {
    const ALL: [Self; 4] = [Self::Mask, Self::Ignored, Self::ClassWeights, Self::All];

    fn has(self, rule: Self) -> bool {
        self == rule || self == Self::All
    }

    /// The ignored label, which may or may not be a class.
    fn apply(self, builder: EvaluatorBuilder) -> EvaluatorBuilder {
        match self {
            Self::Mask => builder,
            Self::Ignored => builder.ignore_index(1),
            Self::ClassWeights => builder.class_weights([(0, 0.3), (1, 2_f64.powi(63))]),
            Self::All => {
                let weights = [(0, 2_f64.powi(-100)), (1, 0.0)];
                builder.class_weights(weights).ignore_index(u32::MAX.into())
            }
        }
    }
}

pub fn trials_of(adapter: &AdapterSummary) -> Vec<Trial> {
    let mut trials = Vec::new();
    for task in TASKS {
        let of_adapter = adapter.clone();
        let name = format!("{}::{task}::masks and class weights", adapter.name);
        trials.push(Trial::test(name, move || columns(&of_adapter, task)));
    }
    for classes in [3, 40] {
        let of_adapter = adapter.clone();
        let name = format!("{}::rows of {classes}, masks and class weights", adapter.name);
        trials.push(Trial::test(name, move || rows_of(&of_adapter, classes)));
    }
    trials
}

/// One statistic of each kind, since samples are deleted before statistics see them.
fn plan(task: Task) -> Vec<Statistic> {
    let error = ValueSpec { function: ValueFn::AbsoluteError, parameter: Constant::ZERO };
    let statistics = match task {
        Task::Regression => {
            [Statistic::Sum(error), Statistic::Maximum(error), Statistic::Moment(Moment::Product)]
        }
        Task::Aggregation => [ValueFn::Identity, ValueFn::Error, ValueFn::AbsoluteTruth]
            .map(|function| Statistic::Extremes(ValueSpec { function, parameter: Constant::ZERO })),
        Task::Binary | Task::Multilabel => [
            Statistic::Confusion { threshold: Constant::new(0.5), probabilities: true },
            calibration(15),
            Statistic::sum(ValueFn::Hinge),
        ],
        Task::Multiclass => [
            Statistic::Margins { classes: CLASSES },
            Statistic::Matrix { classes: CLASSES },
            Statistic::Sum(error),
        ],
    };
    statistics.into()
}

/// Evaluators of both engines with the same rule.
fn evaluators(
    adapter: &AdapterSummary,
    builder: &EvaluatorBuilder,
) -> Result<[Evaluator; 2], Failed> {
    let build = |device| builder.clone().device(device).build();
    Ok([build(Device::Named(adapter.name.clone()))?, build(Device::Cpu)?])
}

/// Which samples count: all, none, or some.
fn mask(len: usize, random: &mut Random) -> Vec<bool> {
    let [limit, kind] = [3, 5].map(|limit| random.below(limit));
    (0..len).map(|_| kind > 1 && random.below(10) > limit || kind == 0).collect()
}

fn columns(adapter: &AdapterSummary, task: Task) -> Result<(), Failed> {
    let plan = plan(task);
    let mut random = Random::new(0xa5);
    for rule in Rule::ALL {
        if !task.has_labels() && rule != Rule::Mask {
            continue;
        }
        let builder =
            Evaluator::builder(task).classes(CLASSES as usize).statistics(plan.iter().copied());
        let [mut gpu, mut cpu] = evaluators(adapter, &rule.apply(builder))?;
        let labels = Labels::ALL.iter().cycle();
        let kinds = Numbers::ALL.iter().flat_map(|&n| Weights::ALL.iter().map(move |&w| (n, w)));
        for ((numbers, weights), &labels) in kinds.zip(labels) {
            let len = [1, 3, 600 + random.below(600)][random.below(3)];
            let mut data = Columns::new((numbers, weights, labels), len, &mut random);
            if let Some(weight) = &mut data.weight {
                // In the caller's weights, the bits that mark deleted samples are a NaN.
                weight[len / 2] = f32::from_bits(u32::MAX);
            }
            let mask = mask(len, &mut random);
            let batch = |start: usize, end: usize, masked: bool| {
                let batch = data.batch(task, start..end).on_fault(FaultPolicy::Count);
                if masked && rule.has(Rule::Mask) { batch.mask(&mask[start..end]) } else { batch }
            };
            let context = format!("{rule:?}: {numbers:?} {weights:?} {labels:?}, {len} samples");
            compare([&mut gpu, &mut cpu], len, batch, &context)?;
        }
    }
    Ok(())
}

fn rows_of(adapter: &AdapterSummary, classes: u32) -> Result<(), Failed> {
    let mut random = Random::new(0xa6);
    for rule in Rule::ALL {
        for function in [ValueFn::SoftmaxLoss, ValueFn::BrierOfProbabilities] {
            let plan = [Statistic::sum(function), Statistic::Margins { classes }];
            let builder =
                Evaluator::builder(Task::Multiclass).classes(classes as usize).statistics(plan);
            let [mut gpu, mut cpu] = evaluators(adapter, &rule.apply(builder))?;
            let families = Numbers::ALL.iter().map(|&numbers| rows::Scores::Each(numbers));
            let kinds = families.chain([rows::Scores::Model, rows::Scores::Distribution]);
            let weights_and_labels = Weights::ALL.iter().cycle().zip(Labels::ALL.iter().cycle());
            for (kind, (&weights, &labels)) in kinds.zip(weights_and_labels) {
                let len = 1 + random.below(300);
                let data = rows::Data::new(classes, (kind, weights, labels), len, &mut random);
                let mask = mask(len, &mut random);
                let batch = |start: usize, end: usize, masked: bool| {
                    let batch = data.batch(start..end);
                    if masked && rule.has(Rule::Mask) {
                        batch.mask(&mask[start..end])
                    } else {
                        batch
                    }
                };
                let context = format!("{rule:?}: {kind:?} {weights:?} {labels:?}, {len} samples");
                compare([&mut gpu, &mut cpu], len, batch, &context)?;
            }
        }
    }
    Ok(())
}

/// In one batch on the device and in two on the CPU, then without the mask.
fn compare<'a>(
    [gpu, cpu]: [&mut Evaluator; 2],
    len: usize,
    batch: impl Fn(usize, usize, bool) -> Batch<'a>,
    context: &str,
) -> Result<(), Failed> {
    gpu.reset()?;
    cpu.reset()?;
    gpu.update(&batch(0, len, true))?;
    gpu.update(&batch(0, len, false))?;
    cpu.update(&batch(0, len / 3, true))?;
    cpu.update(&batch(len / 3, len, true))?;
    cpu.update(&batch(0, len, false))?;
    let [got, want]: [State; 2] = [gpu.state()?, cpu.state()?];
    equal(&got, &want, context)
}
