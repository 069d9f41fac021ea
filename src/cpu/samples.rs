//! Samples in either precision, as the engine splits them and adds them to totals.

use super::job::Job;
use super::{block, double_block};
use crate::batch::{Chunk, DoubleChunk};
use crate::error::Error;
use crate::statistic::{Schema, Totals};
use std::ops::Range;

/// A run of samples.
pub(crate) trait Samples: Sync + Sized {
    /// The schema of the samples.
    fn schema(&self) -> Schema;

    /// Number of samples.
    fn len(&self) -> usize;

    /// The samples of `range`.
    fn slice(&self, range: Range<usize>) -> Self;

    /// Adds them to totals. `FUSED` says that the instruction set has a fused multiply-add, which
    /// only changes the speed.
    fn add_to<const FUSED: bool>(&self, job: Job<'_>, totals: &mut Totals) -> Result<(), Error>;
}

impl Samples for Chunk<'_> {
    fn schema(&self) -> Schema {
        self.schema
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn slice(&self, range: Range<usize>) -> Self {
        self.slice(range)
    }

    #[inline(always)]
    fn add_to<const FUSED: bool>(&self, job: Job<'_>, totals: &mut Totals) -> Result<(), Error> {
        block::accumulate::<FUSED>(job, self, &mut block::BlockScratch::new(), totals)
    }
}

impl Samples for DoubleChunk<'_> {
    fn schema(&self) -> Schema {
        self.schema
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn slice(&self, range: Range<usize>) -> Self {
        self.slice(range)
    }

    #[inline(always)]
    fn add_to<const FUSED: bool>(&self, job: Job<'_>, totals: &mut Totals) -> Result<(), Error> {
        double_block::accumulate::<FUSED>(job, self, totals)
    }
}
