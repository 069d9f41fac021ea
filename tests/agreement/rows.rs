//! Agreement over rows of scores, short and long.

use super::{Labels, Numbers, Random, Weights, equal};
use crate::common::row_values::values_of_rows;
use libtest_mimic::{Failed, Trial};
use std::ops::Range;
use weighbridge::batch::FaultPolicy;
use weighbridge::gpu::AdapterSummary;
use weighbridge::internals::kernel::ScoreKind;
use weighbridge::statistic::{Constant, Statistic, Task, ValueFn, ValueSpec};
use weighbridge::{Batch, Device, Evaluator, State};

/// Numbers of classes: the minimum, one for which a few threads share a row, and one for which all
/// threads of a workgroup do. `src/gpu/tests/row_reduction.rs` compares the row kernel for other
/// numbers, word by word; compiling all values for each would take long on a software adapter.
const CLASSES: &[u32] = &[2, 65, 3001];

/// Approximate number of scores in a batch.
const SCORES: usize = 12_000;

pub fn trials_of(adapter: &AdapterSummary) -> Vec<Trial> {
    let mut trials = Vec::new();
    for &classes in CLASSES {
        for scores in [ScoreKind::Logits, ScoreKind::Probabilities] {
            let of_adapter = adapter.clone();
            let name = format!("{}::rows of {classes} {scores:?}", adapter.name);
            trials.push(Trial::test(name, move || agree(&of_adapter, classes, scores)));
        }
    }
    for scores in [ScoreKind::Logits, ScoreKind::Probabilities] {
        let of_adapter = adapter.clone();
        let name = format!("{}::soft truths with {scores:?}", adapter.name);
        trials.push(Trial::test(name, move || soft_truths(&of_adapter, scores)));
    }
    let of_adapter = adapter.clone();
    let name = format!("{}::classes, rows and one-hot truths by turns", adapter.name);
    trials.push(Trial::test(name, move || by_turns(&of_adapter)));
    trials
}

/// All statistics of these rows of scores.
fn plan(classes: u32, scores: ScoreKind) -> Vec<Statistic> {
    let fits = |function: ValueFn| {
        let kind = Statistic::sum(function).row_needs().scores;
        kind == ScoreKind::Any || kind == scores
    };
    let values = values_of_rows().map(|value| ValueSpec {
        parameter: value.parameter.single.min(classes as f32).into(),
        ..value
    });
    let sums = values.filter(|value| fits(value.function)).map(Statistic::Sum);
    let tops = ValueFn::OF_ROWS.iter().filter(|function| function.is_probability());
    let calibrations = tops.filter(|&&function| fits(function)).map(|&function| {
        let probability = ValueSpec { function, parameter: Constant::ZERO };
        Statistic::Calibration { probability, bins: 12 }
    });
    let loss = ValueSpec { function: ValueFn::CategoricalHinge, parameter: Constant::ZERO };
    let counts = [
        Statistic::Margins { classes },
        Statistic::Matrix { classes: classes.min(100) },
        Statistic::sum(ValueFn::Correct),
        Statistic::Maximum(loss),
    ];
    let fitting = |statistic: &Statistic| match *statistic {
        Statistic::Matrix { classes: cells } => cells == classes,
        _ => true,
    };
    sums.chain(calibrations).chain(counts.into_iter().filter(fitting)).collect()
}

fn evaluators(
    adapter: &AdapterSummary,
    classes: u32,
    plan: &[Statistic],
) -> Result<[Evaluator; 2], Failed> {
    let build = |device| {
        let builder = Evaluator::builder(Task::Multiclass).classes(classes as usize);
        builder.statistics(plan.iter().copied()).device(device).build()
    };
    Ok([build(Device::Named(adapter.name.clone()))?, build(Device::Cpu)?])
}

/// The scores of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scores {
    /// Independent scores of one family.
    Each(Numbers),
    /// Logits of a more or less confident model.
    Model,
    /// Probabilities whose sum is 1, close to 1, or far from 1.
    Distribution,
    /// Scores with few distinct values.
    Ties,
}

pub struct Data {
    width: usize,
    scores: Vec<f32>,
    classes: Vec<u32>,
    weight: Option<Vec<f32>>,
}

impl Data {
    pub fn new(
        classes: u32,
        kinds: (Scores, Weights, Labels),
        samples: usize,
        random: &mut Random,
    ) -> Self {
        let (kind, weights, labels) = kinds;
        let width = classes as usize;
        let mut data = Self { width, scores: vec![], classes: vec![], weight: None };
        for _ in 0..samples {
            data.scores.extend(row(kind, width, random));
            data.classes.push(labels.class(classes, random));
        }
        if weights != Weights::Absent {
            data.weight = Some((0..samples).map(|_| weights.weight(random)).collect());
        }
        data
    }

    pub fn len(&self) -> usize {
        self.classes.len()
    }

    pub fn batch(&self, range: Range<usize>) -> Batch<'_> {
        let scores = &self.scores[range.start * self.width..range.end * self.width];
        let batch = Batch::new(scores, &self.classes[range.clone()]).on_fault(FaultPolicy::Count);
        match &self.weight {
            Some(weight) => batch.weights(&weight[range]),
            None => batch,
        }
    }

    /// Adds the samples in batches that end at these indices.
    fn add(&self, evaluator: &mut Evaluator, ends: &[usize]) -> Result<State, Failed> {
        evaluator.reset()?;
        let mut start = 0;
        for &end in ends.iter().chain([&self.len()]) {
            evaluator.update(&self.batch(start..end))?;
            start = end;
        }
        Ok(evaluator.state()?)
    }
}

fn unit(random: &mut Random) -> f32 {
    random.below(1 << 24) as f32 / 2_f32.powi(24)
}

pub fn row(kind: Scores, width: usize, random: &mut Random) -> Vec<f32> {
    let spread = [0.01, 1.0, 4.0, 30.0, 1000.0][random.below(5)];
    let mut row: Vec<f32> = (0..width)
        .map(|_| match kind {
            Scores::Each(numbers) => numbers.sample(random)[0],
            Scores::Ties => random.below(3) as f32,
            Scores::Model => spread * (2.0 * unit(random) - 1.0),
            Scores::Distribution => unit(random).powi(1 + (spread as i32).min(40)),
        })
        .collect();
    if kind == Scores::Distribution {
        let off = [1.0, 1.0, 1.0 + 1.0 / 4096.0, 0.9995, 0.5, 1.02][random.below(6)];
        let sum: f32 = row.iter().sum();
        row.iter_mut().for_each(|p| *p = *p / sum * off);
    }
    row
}

fn agree(adapter: &AdapterSummary, classes: u32, scores: ScoreKind) -> Result<(), Failed> {
    let plan = plan(classes, scores);
    let [mut gpu, mut cpu] = evaluators(adapter, classes, &plan)?;
    let mut random = Random::new(u64::from(classes));
    let few = SCORES / classes as usize;
    let families = Numbers::ALL.iter().map(|&numbers| Scores::Each(numbers));
    let kinds = families.chain([Scores::Model, Scores::Distribution, Scores::Ties]);
    let weights_and_labels = Weights::ALL.iter().cycle().zip(Labels::ALL.iter().cycle());
    for (kind, (&weights, &labels)) in kinds.zip(weights_and_labels) {
        let samples = 1 + few / 2 + random.below(1 + few / 2);
        let data = Data::new(classes, (kind, weights, labels), samples, &mut random);
        let context = format!("{kind:?} scores, {weights:?} weights, {labels:?} labels");
        equal(&data.add(&mut gpu, &[])?, &data.add(&mut cpu, &[])?, &context)?;
    }
    for kind in [Scores::Model, Scores::Distribution] {
        let kinds = (kind, Weights::ManyZeros, Labels::OneInHundredBad);
        let data = Data::new(classes, kinds, 4 * few + 3, &mut random);
        let expected = data.add(&mut cpu, &[])?;
        equal(&data.add(&mut gpu, &[])?, &expected, "whole")?;
        equal(&data.add(&mut gpu, &[0, 1, few])?, &expected, "split")?;
        equal(&data.add(&mut cpu, &[1, 3, few])?, &expected, "split, on the CPU")?;
    }
    Ok(())
}

/// Alternates labels and soft truths, for all statistics that take both, with class weights and an
/// ignored class.
fn soft_truths(adapter: &AdapterSummary, scores: ScoreKind) -> Result<(), Failed> {
    let takes = |statistic: &Statistic| {
        let function = statistic.value().map(|value| value.function);
        function.is_none_or(|function| function.accepts_soft_truths())
    };
    for classes in [3, 70] {
        let mut plan = plan(classes, scores);
        plan.retain(takes);
        let builder = Evaluator::builder(Task::Multiclass).classes(classes as usize);
        let builder = builder.statistics(plan).class_weights([(0, 2.5), (2, 0.0)]).ignore_index(1);
        let mut gpu = builder.clone().device(Device::Named(adapter.name.clone())).build()?;
        let mut cpu = builder.device(Device::Cpu).build()?;
        let mut random = Random::new(5);
        let kinds = [
            Scores::Each(Numbers::ArbitraryBits),
            Scores::Model,
            Scores::Distribution,
            Scores::Ties,
        ];
        for (turn, kind) in kinds.into_iter().cycle().take(8).enumerate() {
            let kinds = (kind, Weights::ManyZeros, Labels::OneInHundredBad);
            let data = Data::new(classes, kinds, 100 + 50 * turn, &mut random);
            let truth = |random: &mut Random| row(Scores::Distribution, classes as usize, random);
            let truths: Vec<_> = (0..data.len()).flat_map(|_| truth(&mut random)).collect();
            let soft = Batch::new(&data.scores, &truths).soft();
            let batch = if turn % 3 == 2 { data.batch(0..data.len()) } else { soft };
            for evaluator in [&mut gpu, &mut cpu] {
                evaluator.update(&batch.on_fault(FaultPolicy::Count))?;
            }
            equal(&gpu.state()?, &cpu.state()?, &format!("{classes} classes, turn {turn}"))?;
        }
        let weights = &cpu.state()?.totals[0].weights;
        let sound = weights.samples - weights.masked - weights.invalid_label.unweighted;
        if sound < 200 || weights.invalid_label.unweighted < 50 {
            return Err(format!("of {weights:?} too few are sound, or too few are not").into());
        }
    }
    Ok(())
}

/// An evaluator that needs no scores accepts classes, score rows and one-hot truths in turn.
fn by_turns(adapter: &AdapterSummary) -> Result<(), Failed> {
    let classes = 5;
    let plan = [Statistic::Margins { classes }, Statistic::sum(ValueFn::Correct)];
    let [mut gpu, mut cpu] = evaluators(adapter, classes, &plan)?;
    let mut random = Random::new(12);
    for turn in 0..8 {
        let kinds = (Scores::Ties, Weights::Absent, Labels::OneInHundredBad);
        let data = Data::new(classes, kinds, 300 + 100 * turn, &mut random);
        let one_hot: Vec<u8> = data
            .classes
            .iter()
            .flat_map(|&truth| (0..classes).map(move |class| u8::from(class == truth)))
            .collect();
        let predicted: Vec<_> = data.classes.iter().map(|truth| truth / 2).collect();
        let batch = match turn % 4 {
            0 => Batch::new(&data.scores, &data.classes),
            1 => Batch::new(&predicted, &data.classes),
            2 => Batch::new(&data.scores, &one_hot).one_hot(),
            _ => Batch::new(&predicted, &one_hot).one_hot(),
        };
        gpu.update(&batch.on_fault(FaultPolicy::Count))?;
        cpu.update(&batch.on_fault(FaultPolicy::Count))?;
        equal(&gpu.state()?, &cpu.state()?, &format!("turn {turn}"))?;
    }
    Ok(())
}
