//! Means, sums and extremes of values that were computed elsewhere.

pub mod mean;
pub mod minimum;

use super::Definition;

/// The metrics of this family, file by file.
pub(super) const METRICS: &[&[Definition]] = &[mean::METRICS, minimum::METRICS];
