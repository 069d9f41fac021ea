//! How far predicted probabilities are from observed frequencies.

mod bin;
pub(super) mod bins;
pub mod calibration_curve;
pub(super) mod equal_mass;
pub mod expected_calibration_error;
pub mod maximum_calibration_error;

use super::MetricDef;

/// The metrics of this topic, file by file.
pub(super) const METRICS: &[&[MetricDef]] = &[
    expected_calibration_error::METRICS,
    maximum_calibration_error::METRICS,
    calibration_curve::METRICS,
];
