//! The best sensitivity of the thresholds with enough specificity, and the best specificity of the
//! thresholds with enough sensitivity.
//!
//! ```text
//! sensitivity_at_specificity = max TPR(x) over thresholds x with TNR(x) >= specificity
//! specificity_at_sensitivity = max TNR(x) over thresholds x with TPR(x) >= sensitivity
//! ```
//!
//! x runs over all thresholds. TPR is the share, by weight, of samples of label 1 with scores above
//! x, and TNR that of samples of label 0 with other scores. The value comes with the highest
//! threshold that reaches it, on the scale of the scores. With `bins`, only the ends of bins are
//! thresholds, so the value is at most the exact one.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite scores, only one label.
//!
//! # Source
//!
//! Keras's `SensitivityAtSpecificity` and `SpecificityAtSensitivity`, of all thresholds instead of
//! 200.
//!
//! # Example
//!
//! ```
//! use weighbridge::metric::{AtThreshold, Value};
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let metric = "sensitivity_at_specificity:specificity=0.5";
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

/// How specific a threshold must be.
const SPECIFICITY: Key<f64> =
    min_rate("specificity", "the smallest specificity that a threshold must have");

/// How sensitive a threshold must be.
const SENSITIVITY: Key<f64> =
    min_rate("sensitivity", "the smallest sensitivity (recall) that a threshold must have");

/// The metrics of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[
    MetricDef {
        name: "sensitivity_at_specificity",
        summary: "the best sensitivity (recall) of thresholds with enough specificity",
        formula: "max TPR(x) where TNR(x) >= specificity",
        parameters: &[&SPECIFICITY, &HISTOGRAM_BINS, &SPACING],
        axes: THRESHOLD_AXES,
        finish: |arguments, view| {
            let ranking = Ranking::new(arguments, view)?.with_both()?;
            best_rate(
                arguments,
                &ranking,
                Point::true_positive_rate,
                (Point::specificity, &SPECIFICITY),
            )
        },
        ..RANKING
    },
    MetricDef {
        name: "specificity_at_sensitivity",
        summary: "the best specificity of thresholds with enough sensitivity",
        formula: "max TNR(x) where TPR(x) >= sensitivity",
        parameters: &[&SENSITIVITY, &HISTOGRAM_BINS, &SPACING],
        axes: THRESHOLD_AXES,
        finish: |arguments, view| {
            let ranking = Ranking::new(arguments, view)?.with_both()?;
            best_rate(
                arguments,
                &ranking,
                Point::specificity,
                (Point::true_positive_rate, &SENSITIVITY),
            )
        },
        ..RANKING
    },
];
