//! The parts of row summaries that statistics read.

use super::Statistic;
use crate::kernel::row_needs::RowNeeds;

impl Statistic {
    /// The parts of a row summary that it reads.
    pub fn row_needs(self) -> RowNeeds {
        self.value().map(|value| value.row_needs()).unwrap_or_default()
    }
}
