//! Interfaces for the tests and benchmarks of this repository. Nothing here is stable.

use crate::error::Undefined;
use crate::metric::{ResolvedMetric, TotalsView, Value};
use crate::statistic::{Family, Totals};

#[cfg(feature = "gpu")]
pub use crate::gpu::sorter::PairSorter;

/// The shaders.
#[cfg(feature = "gpu")]
pub mod source {
    pub use crate::gpu::source::{Module, convert, fragments, modules, sort};
}

/// The weighted value of a metric, from one of the totals of a family.
///
/// # Errors
///
/// The reason why the value is undefined.
pub fn weighted_value(
    metric: &ResolvedMetric,
    family: &Family,
    totals: &Totals,
) -> Result<Value, Undefined> {
    (metric.definition.finish)(&metric.arguments, &TotalsView::new(family, totals, true))
}
