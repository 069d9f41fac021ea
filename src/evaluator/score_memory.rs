//! The memory of stored scores.

use crate::error::{Error, UpdateError};
use crate::statistic::Plan;
use crate::statistic::scores::SAMPLE_BYTES;

/// Default limit in bytes of stored scores: 2^28 samples.
pub(super) const SCORE_MEMORY: u64 = 1 << 31;

/// The limit and the use of memory for stored scores.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ScoreMemory {
    /// The limit in bytes.
    limit: u64,
    /// Bytes per sample; 0 if no scores are stored.
    sample_bytes: u64,
    /// Number of samples added. Masked samples count too, so that the result is known beforehand
    /// and is the same on every engine.
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
