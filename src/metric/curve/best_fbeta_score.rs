//! The best F-score over all thresholds.
//!
//! ```text
//! best_fbeta_score = max_x (1 + β²) TP / ((1 + β²) TP + β² FN + FP)
//! ```
//!
//! x runs over all thresholds, and TP, FN and FP are the sums of weights at each, as for
//! [`fbeta_score`]. The value comes with the highest threshold that reaches it, on the scale of the
//! scores. With `bins`, only the ends of bins are thresholds, so the value is at most the exact
//! one.
//!
//! [`fbeta_score`]: crate::metric::classification::fbeta_score
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite scores, no sample of label 1.
//!
//! # Source
//!
//! The largest of scikit-learn's `fbeta_score` over the thresholds of its `precision_recall_curve`.
//!
//! # Example
//!
//! ```
//! use weighbridge::metric::{AtThreshold, Value};
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Binary).metric("best_fbeta_score").build()?;
//! let (scores, labels) = ([0.25_f32, 0.5, 0.375, 0.75], [0_u8, 0, 1, 1]);
//! evaluator.update(&Batch::new(&scores, &labels))?;
//! // Scores above 0.25 are positive: two of three are right, and none is missed.
//! let reached = AtThreshold { value: 0.8, threshold: 0.25 };
//! let report = evaluator.result()?;
//! let value = &report.get("best_fbeta_score").expect("requested").weighted;
//! assert_eq!(*value, Ok(Value::AtThreshold(reached)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::ranking::{RANKING, Ranking, Search, THRESHOLD_AXES};
use crate::metric::classification::fbeta_score::BETA;
use crate::metric::{HISTOGRAM_BINS, MetricDef, SPACING};

/// The metrics of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[MetricDef {
    name: "best_fbeta_score",
    summary: "the best F-score of all thresholds, and the highest threshold with it",
    formula: "max_x (1+β²) TP / ((1+β²) TP + β² FN + FP)",
    parameters: &[&HISTOGRAM_BINS, &SPACING, &BETA],
    axes: THRESHOLD_AXES,
    finish: |arguments, view| {
        let ranking = Ranking::new(arguments, view)?.with_positives()?;
        let beta = arguments.get(&BETA)?;
        let square = beta * beta;
        let mut search = Search::default();
        ranking.for_each_threshold(|point| {
            let correct = (1.0 + square) * point.true_positives;
            let wrong = square * point.false_negatives + point.false_positives;
            search.offer(correct / (correct + wrong), &point);
        });
        Ok(search.best()?.into())
    },
    ..RANKING
}];
