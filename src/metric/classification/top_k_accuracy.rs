//! The share of samples whose class is among the k with the largest scores.
//!
//! ```text
//! top_k_accuracy = Σ w [rank < k] / Σ w
//! ```
//!
//! The rank of a sample is the number of classes that come before its class in descending order of
//! scores. Among equal scores the lower class comes first. The ratio is exact, rounded once.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite scores.
//!
//! # Source
//!
//! scikit-learn's `top_k_accuracy_score`, which takes the higher class first among equals.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator =
//!     Evaluator::builder(Task::Multiclass).classes(3).metric("top_k_accuracy:k=2").build()?;
//! let scores = [0.5_f32, 0.2, 0.3, 0.4, 0.4, 0.2];
//! evaluator.update(&Batch::new(&scores, &[1_u8, 1]).weights(&[1.0_f32, 3.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.unweighted("top_k_accuracy:k=2")?, 0.5);
//! assert_eq!(report.weighted("top_k_accuracy:k=2")?, 0.75);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::metric::{Arguments, Better, Key, MetricDef, UndeclaredParameter};
use crate::statistic::{MAX_CLASSES, Statistic, Task, ValueFn, ValueSpec};

const K: Key<u32> = Key {
    name: "k",
    default: 2,
    domain: [1, MAX_CLASSES],
    summary: "the number of classes considered, at most all of them",
};

fn sum(arguments: &Arguments) -> Result<Statistic, UndeclaredParameter> {
    let parameter = f64::from(arguments.get(&K)?).into();
    Ok(Statistic::Sum(ValueSpec { function: ValueFn::TopK, parameter }))
}

/// The metric of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[MetricDef {
    name: "top_k_accuracy",
    summary: "the share of samples whose class is among the k with the largest scores",
    formula: "Σw[rank below k] / Σw",
    tasks: &[Task::Multiclass],
    parameters: &[&K],
    statistics: |arguments| Ok(vec![sum(arguments)?]),
    finish: |arguments, view| Ok(view.mean(sum(arguments)?)?.into()),
    better: Better::Higher,
    range: [0.0, 1.0],
    ..MetricDef::BASE
}];
