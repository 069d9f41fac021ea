//! The best precision of the thresholds with enough recall, and the best recall of the thresholds
//! with enough precision.
//!
//! ```text
//! precision_at_recall = max precision(x) over thresholds x with recall(x) >= recall
//! recall_at_precision = max recall(x) over thresholds x with precision(x) >= precision
//! ```
//!
//! x runs over all thresholds that some score is above. Precision and recall are computed from
//! weights. The value comes with the highest threshold that reaches it, on the scale of the scores.
//! With `bins`, only the ends of bins are thresholds, so the value is at most the exact one.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite scores, no sample of label 1, no threshold that
//! reaches the required rate.
//!
//! # Source
//!
//! Keras's `PrecisionAtRecall` and `RecallAtPrecision`, of all thresholds instead of 200.
//!
//! # Example
//!
//! ```
//! use weighbridge::metric::{AtThreshold, Value};
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let metric = "recall_at_precision:precision=0.6";
//! let mut evaluator = Evaluator::builder(Task::Binary).metric(metric).build()?;
//! let (scores, labels) = ([0.25_f32, 0.5, 0.375, 0.75], [0_u8, 0, 1, 1]);
//! evaluator.update(&Batch::new(&scores, &labels))?;
//! let reached = AtThreshold { value: 1.0, threshold: 0.25 };
//! let report = evaluator.result()?;
//! let value = &report.get(metric).expect("requested").weighted;
//! assert_eq!(*value, Ok(Value::AtThreshold(reached)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::ranking::{Point, RANKING, Ranking, THRESHOLD_AXES, best_rate, min_rate};
use crate::metric::{HISTOGRAM_BINS, Key, MetricDef, SPACING};

/// The share of label 1 that must be above a threshold.
const RECALL: Key<f64> = min_rate("recall", "the smallest recall that a threshold must have");

/// The share of samples above a threshold that must be of label 1.
const PRECISION: Key<f64> =
    min_rate("precision", "the smallest precision that a threshold must have");

/// The metrics of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[
    MetricDef {
        name: "precision_at_recall",
        summary: "the best precision of thresholds with enough recall",
        formula: "max precision(x) where recall(x) >= recall",
        parameters: &[&RECALL, &HISTOGRAM_BINS, &SPACING],
        axes: THRESHOLD_AXES,
        finish: |arguments, view| {
            let ranking = Ranking::new(arguments, view)?.with_positives()?;
            best_rate(arguments, &ranking, Point::precision, (Point::true_positive_rate, &RECALL))
        },
        ..RANKING
    },
    MetricDef {
        name: "recall_at_precision",
        summary: "the best recall of thresholds with enough precision",
        formula: "max recall(x) where precision(x) >= precision",
        parameters: &[&PRECISION, &HISTOGRAM_BINS, &SPACING],
        axes: THRESHOLD_AXES,
        finish: |arguments, view| {
            let ranking = Ranking::new(arguments, view)?.with_positives()?;
            best_rate(
                arguments,
                &ranking,
                Point::true_positive_rate,
                (Point::precision, &PRECISION),
            )
        },
        ..RANKING
    },
];
