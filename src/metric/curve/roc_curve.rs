//! ROC and DET curves: error rates at all thresholds, as points.
//!
//! ```text
//! roc_curve: FPR(x), TPR(x), x
//! det_curve: FPR(x), FNR(x), x
//! ```
//!
//! x runs over thresholds, the highest first, on the scale of the scores. FPR and TPR are the
//! shares, by weight, of samples of labels 0 and 1 with scores above x, and FNR is 1 − TPR. No
//! score is above the first threshold, and all scores are above the last. Points exactly on the
//! straight line between their neighbours are left out, which does not change the curve. Sums of
//! weights are exact, and each rate is rounded at most three times. With `bins`, only the ends of
//! bins are thresholds.
//!
//! In the multilabel task, there is one curve for all labels together by default (`average=micro`).
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite scores, only one label.
//!
//! # Source
//!
//! scikit-learn's `roc_curve` and `det_curve`, where a score equal to the threshold is positive.
//! Here scores must be above it, as in all metrics, so that the same threshold gives the same
//! counts.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Binary).metric("roc_curve").build()?;
//! let (scores, labels) = ([0.25_f32, 0.5, 0.375, 0.75], [0_u8, 0, 1, 1]);
//! evaluator.update(&Batch::new(&scores, &labels))?;
//! let report = evaluator.result()?.to_json();
//! let curve = &report["metrics"]["roc_curve"]["weighted"];
//! assert_eq!(curve[0], serde_json::json!([0.0, 0.0, 0.75]));
//! assert_eq!(curve[1], serde_json::json!([0.0, 0.5, 0.5]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::ranking::{CURVE, Point, Ranking};
use crate::error::Undefined;
use crate::metric::{Arguments, Axes, MetricDef, TotalsView, Value};

/// The metrics of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[
    MetricDef {
        name: "roc_curve",
        summary: "true and false positive rates at all thresholds",
        formula: "FPR(x), TPR(x), x",
        axes: Axes::Columns(&["false_positive_rate", "true_positive_rate", "threshold"]),
        finish: |arguments, view| rows(arguments, view, Point::true_positive_rate),
        ..CURVE
    },
    MetricDef {
        name: "det_curve",
        summary: "false negative and false positive rates at all thresholds",
        formula: "FPR(x), FNR(x), x",
        axes: Axes::Columns(&["false_positive_rate", "false_negative_rate", "threshold"]),
        finish: |arguments, view| rows(arguments, view, Point::false_negative_rate),
        ..CURVE
    },
];

/// A row for each corner of the curve of a rate against the false positive rate.
fn rows(
    arguments: &Arguments,
    view: &TotalsView<'_>,
    rate: fn(&Point) -> f64,
) -> Result<Value, Undefined> {
    let ranking = Ranking::new(arguments, view)?.with_both()?;
    let mut rows = Vec::new();
    ranking.for_each_threshold(|point| {
        if point.is_corner {
            rows.push(vec![point.false_positive_rate(), rate(&point), point.threshold]);
        }
    });
    Ok(rows.into())
}
