//! How far predicted probabilities are from the frequencies that they promise, where they are furthest.
//!
//! ```text
//! maximum_calibration_error = max_b |Σ_b w y − Σ_b w p| / Σ_b w
//! ```
//!
//! b runs over the bins of [`expected_calibration_error`](super::expected_calibration_error) that hold
//! weight, with `bins` and `strategy` as there, and p and y are as there in every task. All sums are exact,
//! and the quotient of each bin is rounded once.
//!
//! One sample in a bin by itself is as far from its label as its probability is: with few samples in a bin
//! the value says little. Bins of equal weight (`strategy=quantile`) avoid that.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite predictions, predictions outside [0, 1]; with
//! `strategy=quantile` also scores for which there was no memory.
//!
//! # Source
//!
//! Naeini, Cooper and Hauskrecht (2015); TorchMetrics's calibration errors with `norm="max"`.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let spec = "maximum_calibration_error:bins=2";
//! let mut evaluator = Evaluator::builder(Task::Binary).metric(spec).build()?;
//! let (score, label) = ([0.25_f32, 0.5, 0.75], [0_u8, 0, 1]);
//! evaluator.update(&Batch::new(&score, &label).weights(&[1.0_f32, 3.0, 1.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.unweighted(spec)?, 0.25);
//! assert_eq!(report.weighted(spec)?, (3.0 * 0.5 + 0.75 - 1.0) / 4.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::bins::{BINARY_CALIBRATION, Bin, TOP_LABEL_CALIBRATION, bins};
use crate::exact::ratio::ratio;
use crate::metric::{MetricDef, OUTPUT_AVERAGE};

const ERROR: MetricDef = MetricDef {
    name: "maximum_calibration_error",
    summary: "how far probabilities of a bin are from the frequency that they promise, at most",
    formula: "max_b |Σ_b wy − Σ_b wp| / Σ_b w",
    label_average: Some(&OUTPUT_AVERAGE),
    finish: |arguments, view| {
        let gap = |bin: &Bin| ratio(&bin.gap().into(), &bin.weight);
        Ok(bins(arguments, view)?.iter().map(gap).fold(0.0, f64::max).into())
    },
    ..BINARY_CALIBRATION
};

/// The metrics of this file.
pub const METRICS: &[MetricDef] = &[
    ERROR,
    MetricDef {
        tasks: TOP_LABEL_CALIBRATION.tasks,
        parameters: TOP_LABEL_CALIBRATION.parameters,
        ..ERROR
    },
];
