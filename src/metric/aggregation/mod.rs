//! Means, sums and extremes of values that were computed elsewhere.

pub mod mean;
pub mod minimum;

use super::MetricDef;

/// The metrics of this topic, file by file.
pub(super) const METRICS: &[&[MetricDef]] = &[mean::METRICS, minimum::METRICS];
