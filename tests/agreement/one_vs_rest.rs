//! Agreement of one-vs-rest and one-vs-one curves.

use super::rows::{Data, Scores};
use super::{Labels, Numbers, Random, Weights, equal};
use libtest_mimic::{Failed, Trial};
use weighbridge::gpu::AdapterSummary;
use weighbridge::{Batch, Device, Evaluator, State, Task};

/// Numbers of classes: the minimum, and numbers for which one thread or several threads reduce a
/// row.
const CLASSES: &[u32] = &[2, 5, 40];

pub fn trials_of(adapter: &AdapterSummary) -> Vec<Trial> {
    let mut trials = Vec::new();
    for &classes in CLASSES {
        for from_logits in [false, true] {
            let of_adapter = adapter.clone();
            let scores = if from_logits { "logits" } else { "scores" };
            let name = format!("{}::{classes} classes one-vs-rest by {scores}", adapter.name);
            trials.push(Trial::test(name, move || agree(&of_adapter, classes, from_logits)));
        }
    }
    trials
}

/// Metrics over pairs only for few classes. The cells of 300 bins do not fit workgroup memory.
fn metrics(classes: u32) -> Vec<&'static str> {
    let with_rest = ["accuracy", "roc_auc", "average_precision:bins=64", "gini:bins=300"];
    let in_pairs = ["roc_auc:multi_class=ovo", "average_precision:bins=20:multi_class=ovo"];
    if classes > 5 { with_rest.to_vec() } else { [with_rest.as_slice(), &in_pairs].concat() }
}

fn added(evaluator: &mut Evaluator, batches: &[Batch<'_>]) -> Result<State, Failed> {
    evaluator.reset()?;
    batches.iter().try_for_each(|batch| evaluator.update(batch))?;
    Ok(evaluator.state()?)
}

fn agree(adapter: &AdapterSummary, classes: u32, from_logits: bool) -> Result<(), Failed> {
    let builder =
        Evaluator::builder(Task::Multiclass).classes(classes as usize).from_logits(from_logits);
    let builder = builder.metrics(metrics(classes)).class_weights([(1, 2.5)]).ignore_index(200);
    let mut gpu = builder.clone().device(Device::Named(adapter.name.clone())).build()?;
    let mut cpu = builder.device(Device::Cpu).build()?;
    let mut random = Random::new(u64::from(classes));
    let families = Numbers::ALL.iter().map(|&numbers| Scores::Each(numbers));
    let kinds = families.chain([Scores::Model, Scores::Distribution, Scores::Ties]);
    let weights_and_labels = Weights::ALL.iter().cycle().zip(Labels::ALL.iter().cycle());
    for (kind, (&weights, &labels)) in kinds.zip(weights_and_labels) {
        let samples = random.below(600);
        let data = Data::new(classes, (kind, weights, labels), samples, &mut random);
        let mask: Vec<_> = (0..samples).map(|_| random.below(5) > 0).collect();
        let whole = data.batch(0..samples);
        for whole in [whole, whole.mask(&mask)] {
            let context = format!("{kind:?} scores, {weights:?} weights, {labels:?} labels");
            equal(&added(&mut gpu, &[whole])?, &added(&mut cpu, &[whole])?, &context)?;
        }
    }
    let kinds = (Scores::Model, Weights::ManyZeros, Labels::OneInHundredBad);
    let data = Data::new(classes, kinds, 4001, &mut random);
    let parts = |ends: &[usize]| -> Vec<_> {
        ends.windows(2).map(|ends| data.batch(ends[0]..ends[1])).collect()
    };
    let expected = added(&mut cpu, &parts(&[0, 4001]))?;
    equal(&added(&mut gpu, &parts(&[0, 4001]))?, &expected, "whole")?;
    equal(&added(&mut gpu, &parts(&[0, 1, 4, 700, 4001]))?, &expected, "split")?;
    equal(&added(&mut cpu, &parts(&[0, 3, 513, 4001]))?, &expected, "split, on the CPU")?;
    equal(
        &added(&mut gpu, &parts(&[700, 4001, 4001]))?,
        &added(&mut cpu, &parts(&[700, 4001]))?,
        "part",
    )
}
