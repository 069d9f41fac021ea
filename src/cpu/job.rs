//! What the CPU engine does with the samples of a chunk.

use crate::error::Error;
use crate::kernel::row_needs::RowNeeds;
use crate::statistic::{Schema, Statistic, Totals};

/// How to accumulate the samples of a chunk.
#[derive(Clone, Copy)]
pub(crate) struct Job<'a> {
    pub statistics: &'a [Statistic],
    /// The parts of the row summary that are needed.
    pub row_needs: RowNeeds,
}

impl Job<'_> {
    /// Fails if the totals belong to other statistics, or if samples lack the rows that a statistic
    /// reads.
    pub(super) fn check(&self, schema: Schema, totals: &Totals) -> Result<(), Error> {
        let [found, expected] = [totals.statistics.len(), self.statistics.len()];
        if found != expected {
            let reason = format!("{expected} statistics are added to totals of {found}");
            return Err(Error::internal(reason));
        }
        let lacks_rows = |statistic: &&Statistic| {
            !schema.rows && statistic.row_needs().rows && statistic.fits(schema)
        };
        match self.statistics.iter().find(lacks_rows) {
            Some(statistic) => Err(Error::internal(format!(
                "{statistic} is computed from rows, but the samples have none"
            ))),
            None => Ok(()),
        }
    }
}
