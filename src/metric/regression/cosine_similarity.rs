//! The mean cosine of the angle between predictions and truths, each a vector of all outputs.
//!
//! ```text
//! cosine_similarity = Σ w (Σ_k p_k t_k / √(Σ_k p_k² Σ_k t_k²)) / Σ w
//! ```
//!
//! From −1 to 1. Each cosine is a float within 3 ulp of the exact one, plus 2^-88 where products
//! cancel. The mean is rounded once. It is a value of the whole sample, so each sample has one
//! weight.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite inputs, a prediction or truth that is zero in
//! every output: it has no direction.
//!
//! # Source
//!
//! Keras's `CosineSimilarity` and TorchMetrics's `CosineSimilarity` with `reduction="mean"`, except
//! that the similarity of vectors of zeros is 0 or NaN there.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator =
//!     Evaluator::builder(Task::Regression).outputs(2).metric("cosine_similarity").build()?;
//! let (prediction, truth) = ([1.0_f32, 0.0, 3.0, 4.0], [0.0_f32, 2.0, 6.0, 8.0]);
//! evaluator.update(&Batch::new(&prediction, &truth).weights(&[1.0_f32, 3.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.unweighted("cosine_similarity")?, 0.5);
//! assert_eq!(report.weighted("cosine_similarity")?, 0.75);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::metric::{Better, MetricDef, MetricFamily};
use crate::statistic::{Statistic, Task, ValueFn};

const SUM: Statistic = Statistic::sum(ValueFn::Cosine);

/// The metric of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[MetricDef {
    name: "cosine_similarity",
    summary: "the mean cosine between predictions and truths as vectors of all outputs",
    formula: "Σw(Σ_k p_k t_k / √(Σ_k p_k² Σ_k t_k²)) / Σw",
    tasks: &[Task::Regression],
    family: MetricFamily::Vector,
    statistics: |_| Ok(vec![SUM]),
    finish: |_, view| Ok(view.mean(SUM)?.into()),
    better: Better::Higher,
    range: [-1.0, 1.0],
    ..MetricDef::BASE
}];
