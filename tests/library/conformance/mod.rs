//! Cases that users of other libraries ran into, each named after what happened there.

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
    // A sample with one label is as good as any.
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

/// Predictions and truths, or values alone.
fn batch<'a>(task: Task, prediction: &'a [f32], truth: &'a [f32]) -> Batch<'a> {
    if task == Task::Aggregation {
        Batch::values(prediction)
    } else {
        Batch::new(prediction, truth)
    }
}

/// Predictions, which in the multiclass task are rows of probabilities: of class 1, and of class 0.
fn predictions(task: Task, scores: &[f32]) -> Vec<f32> {
    if task != Task::Multiclass {
        return scores.to_vec();
    }
    scores.iter().flat_map(|score| [1.0 - score, *score]).collect()
}

/// Truths, which in the regression task are above 0 and no more than 1: every metric has a value
/// there.
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
