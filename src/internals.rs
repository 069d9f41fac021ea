//! Interfaces for the tests and benchmarks of this repository. Nothing here is stable.

use crate::error::Undefined;
use crate::metric::{ResolvedMetric, TotalsView, Value};
use crate::statistic::{Family, Totals};

#[cfg(feature = "gpu")]
pub use crate::gpu::sorter::PairSorter;

pub use crate::statistic::examples::examples;

/// The shaders.
#[cfg(feature = "gpu")]
pub mod source {
    pub use crate::gpu::source::{Module, convert, fragments, modules, sort};
}

/// The plan of an evaluator and its families.
pub mod statistic {
    pub use crate::statistic::family::{
        BinaryProblem, Family, FamilyKind, ScoreScale, StatisticSet,
    };
    pub use crate::statistic::plan::{Plan, Request, View};
    pub use crate::task::Schema;
}

/// Arithmetic that custom values do not use.
pub mod kernel {
    pub use crate::kernel::log_odds::log_odds;
    pub use crate::kernel::row_needs::{RowNeeds, ScoreKind};
    pub use crate::kernel::vector::number_of_units;

    /// Summaries of rows in double precision.
    pub mod row_f64 {
        pub use crate::kernel::row_f64::*;
    }

    /// Summaries of rows of scores.
    pub mod row {
        pub use crate::kernel::row::*;
    }
}

/// The layout of an exact sum.
pub mod exact {
    pub use crate::exact::layout::{UNIT_EXPONENT, WORDS};
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
