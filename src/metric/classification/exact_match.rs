//! The share of samples whose labels are all correct.
//!
//! ```text
//! exact_match = Σ w [every label is right] / Σ w
//! ```
//!
//! A label is correct if it is 1 and its score is above the threshold, or neither. Ignored labels
//! are skipped, and a sample of ignored labels only does not count. Class weights belong to single
//! labels, and are not used here. The ratio is exact, rounded once.
//!
//! # Undefined
//!
//! No samples, all weights zero, [invalid scores](crate::metric::classification#counts).
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

use crate::metric::{Better, MetricDef, MetricFamily, THRESHOLD};
use crate::statistic::{Statistic, Task, ValueFn};

/// The sum of 1 for a match and 0 for none.
const HITS: Statistic = Statistic::sum(ValueFn::Probability);

/// The metric of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[MetricDef {
    name: "exact_match",
    summary: "the share of samples whose labels are all correct",
    formula: "Σw[every label is correct] / Σw",
    tasks: &[Task::Multilabel],
    is_default: true,
    family: MetricFamily::ExactMatch,
    parameters: &[&THRESHOLD],
    statistics: |_| Ok(vec![HITS]),
    finish: |_, view| Ok(view.mean(HITS)?.into()),
    better: Better::Higher,
    range: [0.0, 1.0],
    ..MetricDef::BASE
}];
