//! Problems that users of other libraries ran into, as tests named after them.

mod batches;
mod exactness;
mod precision_loss;
mod rows;
mod sequences;
mod specs;
mod states;
mod undefined;
mod weights;

use weighbridge::metric;
use weighbridge::report::ReportError;
use weighbridge::{Batch, Device, Evaluator, Report, Task, Undefined};

fn evaluator(task: Task, specs: &[&str]) -> Evaluator {
    let builder = Evaluator::builder(task).classes(2).metrics(specs.iter().copied());
    // Any sample with one label will do.
    let builder = if task == Task::Multilabel { builder.outputs(1) } else { builder };
    builder.device(Device::Cpu).build().unwrap()
}

fn report(task: Task, specs: &[&str], batches: &[Batch<'_>]) -> Report {
    let mut evaluator = evaluator(task, specs);
    batches.iter().for_each(|batch| evaluator.update(batch).unwrap());
    evaluator.result().unwrap()
}

/// All metrics of a task by name.
fn all(task: Task) -> Vec<&'static str> {
    metric::of_task(task).map(|metric| metric.name).collect()
}

/// A batch of predictions and truths, or of values only.
fn batch<'a>(task: Task, prediction: &'a [f32], truth: &'a [f32]) -> Batch<'a> {
    if task == Task::Aggregation {
        Batch::values(prediction)
    } else {
        Batch::new(prediction, truth)
    }
}

/// Predictions. In the multiclass task these are rows of probabilities of two classes.
fn predictions(task: Task, scores: &[f32]) -> Vec<f32> {
    if task != Task::Multiclass {
        return scores.to_vec();
    }
    scores.iter().flat_map(|score| [1.0 - score, *score]).collect()
}

/// Truths. In the regression task these are above 0 and at most 1, where every metric is defined.
fn truths<const N: usize>(task: Task, labels: [f32; N]) -> [f32; N] {
    if task == Task::Regression { labels.map(|label| (label + 0.5) / 2.0) } else { labels }
}

fn undefined(value: Result<f64, ReportError>) -> Undefined {
    match value {
        Err(ReportError::Undefined { reason, .. }) => reason,
        other => panic!("{other:?} is not undefined"),
    }
}

fn nothing(reason: &str) -> Undefined {
    Undefined::ZeroDenominator { reason: reason.to_owned() }
}
