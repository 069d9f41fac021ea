//! The largest difference between the predicted probability and the observed frequency of a bin.
//!
//! ```text
//! maximum_calibration_error = max_b |Σ_b w y − Σ_b w p| / Σ_b w
//! ```
//!
//! b runs over the bins of [`expected_calibration_error`](super::expected_calibration_error) with
//! positive weight; `bins`, `strategy`, p and y are as there. All sums are exact, and the ratio of
//! each bin is rounded once.
//!
//! A single sample in a bin may be far from its probability, so the value says little if bins have
//! few samples. Bins of equal weight (`strategy=quantile`) avoid this.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite predictions, predictions outside [0, 1]; with
//! `strategy=quantile` also scores that did not fit in memory.
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

use super::bin::Bin;
use super::bins::{BINARY_CALIBRATION, TOP_LABEL_CALIBRATION, bins};
use crate::exact::ratio::ratio;
use crate::metric::{MetricDef, OUTPUT_AVERAGE};

const ERROR: MetricDef = MetricDef {
    name: "maximum_calibration_error",
    summary: "the largest difference between predicted probability and observed frequency of a bin",
    formula: "max_b |Σ_b wy − Σ_b wp| / Σ_b w",
    label_average: Some(&OUTPUT_AVERAGE),
    finish: |arguments, view| {
        let gap = |bin: &Bin| ratio(&bin.gap().into(), &bin.weight);
        Ok(bins(arguments, view)?.iter().map(gap).fold(0.0, f64::max).into())
    },
    ..BINARY_CALIBRATION
};

/// The metrics of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[
    ERROR,
    MetricDef {
        tasks: TOP_LABEL_CALIBRATION.tasks,
        parameters: TOP_LABEL_CALIBRATION.parameters,
        ..ERROR
    },
];
