//! The points of a reliability diagram: what was predicted, and how often it came true.
//!
//! ```text
//! calibration_curve = for each bin b that holds any weight: Σ_b w p / Σ_b w, Σ_b w y / Σ_b w
//! ```
//!
//! b runs over the bins of [`expected_calibration_error`](super::expected_calibration_error), from the
//! lowest probabilities on, with `bins` and `strategy` as there, and p and y are as there in every task. A
//! row is a point: the `mean_probability` of a bin and its `fraction_of_positives`, which lie on the
//! diagonal where probabilities are what they promise. In the multilabel task each row begins with its
//! `label`. All sums are exact, and each quotient is rounded once. `calibration_bins` are the same bins with
//! their ends and weights.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite predictions, predictions outside [0, 1]; with
//! `strategy=quantile` also scores for which there was no memory.
//!
//! # Source
//!
//! scikit-learn's `calibration_curve`, with weights. There a probability at an end of two bins of equal
//! width stands in the lower one, here in the upper one; ends of bins of equal weight are percentiles there,
//! interpolated between samples, and there are 5 bins if nothing is said.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let spec = "calibration_curve:bins=2:strategy=quantile";
//! let mut evaluator = Evaluator::builder(Task::Binary).metric(spec).build()?;
//! let (score, label) = ([0.125_f32, 0.25, 0.25, 0.375], [0_u8, 0, 1, 1]);
//! evaluator.update(&Batch::new(&score, &label).weights(&[3.0_f32, 1.0, 1.0, 1.0]))?;
//! let curve = &evaluator.result()?.to_json()["metrics"][spec];
//! // The middle of the two that are equal is the middle of all samples, and they stand above it.
//! assert_eq!(curve["unweighted"].to_string(), "[[0.125,0.0],[0.2916666666666667,0.6666666666666666]]");
//! assert_eq!(curve["weighted"][0].to_string(), "[0.125,0.0]");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::bins::{BINARY_CALIBRATION, Bin, TOP_LABEL_CALIBRATION, bins};
use crate::metric::{Axes, Better, MetricDef};
use crate::statistic::Task;

const CURVE: MetricDef = MetricDef {
    name: "calibration_curve",
    summary: "mean probability and frequency of label 1 of each bin that is not empty",
    formula: "Σ_b wp / Σ_b w, Σ_b wy / Σ_b w",
    tasks: &[Task::Binary, Task::Multilabel],
    axes: Axes::Columns(&["mean_probability", "fraction_of_positives"]),
    better: Better::Neither,
    finish: |arguments, view| {
        let point = |bin: &Bin| vec![bin.mean_probability(), bin.frequency()];
        Ok(bins(arguments, view)?.iter().map(point).collect::<Vec<_>>().into())
    },
    ..BINARY_CALIBRATION
};

/// The metrics of this file.
pub const METRICS: &[MetricDef] = &[
    CURVE,
    MetricDef {
        tasks: TOP_LABEL_CALIBRATION.tasks,
        parameters: TOP_LABEL_CALIBRATION.parameters,
        ..CURVE
    },
];
