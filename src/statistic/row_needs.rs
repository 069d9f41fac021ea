//! What statistics read of rows of scores.

use super::{Plan, Statistic};
use crate::kernel::row_needs::RowNeeds;

impl Statistic {
    /// The parts of a row summary that it reads.
    pub fn row_needs(self) -> RowNeeds {
        self.value().map(|value| value.row_needs()).unwrap_or_default()
    }
}

impl Plan {
    /// The parts of a row summary that its statistics read. If two are not compatible, the last one
    /// decides.
    pub fn row_needs(&self) -> RowNeeds {
        let statistics = self.statistics.iter().map(|statistic| statistic.row_needs());
        let contests = self.contests.iter().map(|contests| contests.row_needs());
        statistics.chain(contests).fold(RowNeeds::default(), RowNeeds::and)
    }
}
