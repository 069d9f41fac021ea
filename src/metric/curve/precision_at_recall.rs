//! The best precision of the thresholds that miss little, and the best recall of those that are precise.
//!
//! ```text
//! precision_at_recall = max precision(x) over thresholds x with recall(x) >= recall
//! recall_at_precision = max recall(x) over thresholds x with precision(x) >= precision
//! ```
//!
//! x runs over all thresholds that a score is above; precision and recall are shares in weights. The value
//! comes with the highest threshold that reaches it, on the scale of the scores. With `bins`, thresholds are
//! the ends of bins alone: it is then no larger than the exact one.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite scores, no sample of label 1, no threshold that is good
//! enough.
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
//! assert_eq!(evaluator.result()?.get(metric).expect("asked for").weighted, Ok(Value::AtThreshold(reached)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::ranking::{MIN_RATE, RANKING, Ranking, Search, THRESHOLD_AXES};
use crate::metric::{HISTOGRAM_BINS, MetricDef, Parameter, SPACING};

/// How much of label 1 must be above a threshold.
pub const RECALL: Parameter = Parameter {
    name: "recall",
    summary: "the least recall that a threshold must have",
    ..MIN_RATE
};

/// How much of what is above a threshold must be of label 1.
pub const PRECISION: Parameter = Parameter {
    name: "precision",
    summary: "the least precision that a threshold must have",
    ..MIN_RATE
};

/// The metrics of this file.
pub const METRICS: &[MetricDef] = &[
    MetricDef {
        name: "precision_at_recall",
        summary: "the best precision of thresholds that miss little enough",
        formula: "max precision(x) where recall(x) >= recall",
        parameters: &[RECALL, HISTOGRAM_BINS, SPACING],
        axes: THRESHOLD_AXES,
        finish: |arguments, view| {
            let ranking = Ranking::of(arguments, view)?.with_positives()?;
            let least = arguments.number(RECALL.name);
            let mut best = Search::default();
            ranking.for_each_threshold(|point| {
                if let Some(precision) = point.precision() {
                    best.offer_where(point.true_positive_rate() >= least, precision, &point);
                }
            });
            best.reached(&RECALL, least)
        },
        ..RANKING
    },
    MetricDef {
        name: "recall_at_precision",
        summary: "the best recall of thresholds that are precise enough",
        formula: "max recall(x) where precision(x) >= precision",
        parameters: &[PRECISION, HISTOGRAM_BINS, SPACING],
        axes: THRESHOLD_AXES,
        finish: |arguments, view| {
            let ranking = Ranking::of(arguments, view)?.with_positives()?;
            let least = arguments.number(PRECISION.name);
            let mut best = Search::default();
            ranking.for_each_threshold(|point| {
                let precise = point.precision().is_some_and(|precision| precision >= least);
                best.offer_where(precise, point.true_positive_rate(), &point);
            });
            best.reached(&PRECISION, least)
        },
        ..RANKING
    },
];
