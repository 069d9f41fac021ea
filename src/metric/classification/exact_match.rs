//! The share of samples all of whose labels are right.
//!
//! ```text
//! exact_match = Σ w [every label is right] / Σ w
//! ```
//!
//! A label is right if its score is above the threshold and it is 1, or neither. Ignored labels are
//! not looked at, and a sample without others is not there. Class weights are those of labels, and do
//! not count here. The ratio is exact, rounded once.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite scores.
//!
//! # Source
//!
//! scikit-learn's `accuracy_score` of multilabel data.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator =
//!     Evaluator::builder(Task::Multilabel).outputs(2).metric("exact_match").build()?;
//! let (scores, labels) = ([0.9_f32, 0.2, 0.6, 0.7], [1_u8, 0, 1, 0]);
//! evaluator.update(&Batch::new(&scores, &labels).weights(&[1.0_f32, 3.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.unweighted("exact_match")?, 0.5);
//! assert_eq!(report.weighted("exact_match")?, 0.25);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::metric::{MetricDef, MetricFamily, THRESHOLD};
use crate::statistic::{Statistic, Task, ValueFn};

const HITS: Statistic = Statistic::sum(ValueFn::Correct);

/// The metric of this file.
pub const METRICS: &[MetricDef] = &[MetricDef {
    name: "exact_match",
    summary: "the share of samples all of whose labels are right",
    formula: "Σw[every label is right] / Σw",
    tasks: &[Task::Multilabel],
    standard: true,
    family: MetricFamily::ExactMatch,
    parameters: &[THRESHOLD],
    statistics: |_| vec![HITS],
    finish: |_, view| Ok(view.mean(HITS)?.into()),
    ..MetricDef::BASE
}];
