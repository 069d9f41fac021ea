//! weighbridge's metrics in the dashboard of burn's `Learner`.

mod adaptors;
mod member;
mod metrics;

pub use adaptors::Weighted;
pub use metrics::LearnerMetrics;

/// Which of a metric's two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Every sample counts once.
    Unweighted,
    /// Every sample counts with its weight.
    Weighted,
}
