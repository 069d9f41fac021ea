//! The memory of stored scores.

use crate::error::{Error, UpdateError};
use crate::statistic::Plan;
use crate::statistic::scores::SAMPLE_BYTES;

/// Bytes that stored scores may take by default: those of 2^28 samples.
pub(super) const SCORE_MEMORY: u64 = 1 << 31;

/// The memory that stored scores may take, and take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ScoreMemory {
    /// Bytes that they may take.
    limit: u64,
    /// Bytes that each sample takes: none where no scores are stored.
    sample_bytes: u64,
    /// Samples that were added. Those that are masked count too, so that it is known beforehand
    /// whether there is room, and the same for every engine.
    samples: u64,
}

impl ScoreMemory {
    pub fn new(plan: &Plan, limit: u64) -> Self {
        let sample_bytes = SAMPLE_BYTES * plan.number_of_stored() as u64;
        Self { limit, sample_bytes, samples: 0 }
    }

    /// The same limit with nothing stored.
    pub fn empty(self) -> Self {
        Self { samples: 0, ..self }
    }

    /// Counts samples that were added.
    pub fn count(&mut self, samples: u64) {
        self.samples = self.samples.saturating_add(samples);
    }

    /// Fails if there is no room for `samples` more samples.
    pub fn check(&self, samples: u64) -> Result<(), Error> {
        let (samples, limit) = (self.samples.saturating_add(samples), self.limit);
        let bytes = samples.saturating_mul(self.sample_bytes);
        if bytes <= limit {
            return Ok(());
        }
        Err(UpdateError::ScoreMemoryFull { samples, bytes, limit }.into())
    }
}
