//! The points of a reliability diagram: predicted probabilities and observed frequencies.
//!
//! ```text
//! calibration_curve = for each bin b with positive weight: Σ_b w p / Σ_b w, Σ_b w y / Σ_b w
//! ```
//!
//! b runs over the bins of [`expected_calibration_error`](super::expected_calibration_error), the
//! lowest probabilities first; `bins`, `strategy`, p and y are as there. A row is a point: the
//! `mean_probability` of a bin and its `fraction_of_positives`. Calibrated probabilities are on the
//! diagonal. In the multilabel task each row begins with its `label`. All sums are exact, and each
//! ratio is rounded once. `calibration_bins` has the same bins with their ends and weights.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite predictions, predictions outside [0, 1]; with
//! `strategy=quantile` also scores that did not fit in memory.
//!
//! # Source
//!
//! scikit-learn's `calibration_curve`, with weights. There a probability between two bins of equal
//! width belongs to the lower one, here to the upper one. There the ends of bins of equal weight
//! are percentiles interpolated between samples, and the default is 5 bins.
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
//! // The middle of the two equal scores is the middle of all samples: they are in the upper bin.
//! let expected = "[[0.125,0.0],[0.2916666666666667,0.6666666666666666]]";
//! assert_eq!(curve["unweighted"].to_string(), expected);
//! assert_eq!(curve["weighted"][0].to_string(), "[0.125,0.0]");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::bin::Bin;
use super::bins::{BINARY_CALIBRATION, TOP_LABEL_CALIBRATION, bins};
use crate::metric::{Axes, Better, MetricDef};
use crate::statistic::Task;

const CURVE: MetricDef = MetricDef {
    name: "calibration_curve",
    summary: "mean probability and observed frequency of each non-empty bin",
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
pub(in crate::metric) const METRICS: &[MetricDef] = &[
    CURVE,
    MetricDef {
        tasks: TOP_LABEL_CALIBRATION.tasks,
        parameters: TOP_LABEL_CALIBRATION.parameters,
        ..CURVE
    },
];
