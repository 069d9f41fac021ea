//! Precision against recall over all thresholds, as points.
//!
//! ```text
//! precision_recall_curve: recall(x), precision(x), x
//! ```
//!
//! x runs over thresholds, the highest first, on the scale of the scores. Precision and recall are
//! computed from the weights of samples with scores above x. At the first threshold there are none,
//! and precision is 1 by convention; at the last there are all. Points exactly on the straight line
//! between their neighbours are left out. Sums of weights are exact, and each ratio is rounded at
//! most three times. With `bins`, only the ends of bins are thresholds.
//!
//! In the multilabel task, there is one curve for all labels together by default (`average=micro`).
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite scores, no sample of label 1.
//!
//! # Source
//!
//! scikit-learn's `precision_recall_curve`, in the opposite direction, and with scores above the
//! threshold as positive.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Binary).metric("precision_recall_curve").build()?;
//! let (scores, labels) = ([0.25_f32, 0.5, 0.375, 0.75], [0_u8, 0, 1, 1]);
//! evaluator.update(&Batch::new(&scores, &labels))?;
//! let report = evaluator.result()?.to_json();
//! let curve = &report["metrics"]["precision_recall_curve"]["weighted"];
//! assert_eq!(curve[0], serde_json::json!([0.0, 1.0, 0.75]));
//! assert_eq!(curve[2], serde_json::json!([0.5, 0.5, 0.375]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::ranking::{CURVE, Ranking};
use crate::metric::{Axes, MetricDef};

/// The metrics of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[MetricDef {
    name: "precision_recall_curve",
    summary: "precision and recall at all thresholds",
    formula: "recall(x), precision(x), x",
    axes: Axes::Columns(&["recall", "precision", "threshold"]),
    finish: |arguments, view| {
        let ranking = Ranking::new(arguments, view)?.with_positives()?;
        let mut rows = Vec::new();
        ranking.for_each_threshold(|point| {
            if point.is_corner_of_precision {
                // Nothing is above the first threshold.
                let precision = if rows.is_empty() { 1.0 } else { point.precision() };
                rows.push(vec![point.true_positive_rate(), precision, point.threshold]);
            }
        });
        Ok(rows.into())
    },
    ..CURVE
}];
