//! The memory of stored scores.

use crate::error::{Error, UpdateError};
use crate::statistic::Plan;
use crate::statistic::scores::{DOUBLE_SAMPLE_BYTES, SAMPLE_BYTES};

/// Default limit in bytes of stored scores: 2^28 samples in single precision.
pub(super) const SCORE_MEMORY: u64 = 1 << 31;

/// The limit and the use of memory for stored scores.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ScoreMemory {
    /// The limit in bytes.
    limit: u64,
    /// Scores stored per sample; 0 if none are.
    scores_per_sample: u64,
    /// Number of samples added. Masked samples count too, so that the result is known beforehand
    /// and is the same on every engine.
    samples: u64,
    /// Whether any of them is in double precision: all take as much memory then.
    double: bool,
}

impl ScoreMemory {
    pub fn new(plan: &Plan, limit: u64) -> Self {
        let scores_per_sample = plan.number_of_stored() as u64;
        Self { limit, scores_per_sample, samples: 0, double: false }
    }

    /// The same limit with nothing stored.
    pub fn empty(self) -> Self {
        Self { samples: 0, double: false, ..self }
    }

    /// Counts samples that were added.
    pub fn count(&mut self, samples: u64, double: bool) {
        self.samples = self.samples.saturating_add(samples);
        self.double |= double && samples > 0;
    }

    /// Fails if there is no room for `samples` more samples.
    pub fn check(&self, samples: u64, double: bool) -> Result<(), Error> {
        let double = self.double || double;
        let sample_bytes = if double { DOUBLE_SAMPLE_BYTES } else { SAMPLE_BYTES };
        let (samples, limit) = (self.samples.saturating_add(samples), self.limit);
        let bytes = samples.saturating_mul(sample_bytes * self.scores_per_sample);
        if bytes <= limit {
            return Ok(());
        }
        Err(UpdateError::ScoreMemoryFull { samples, bytes, limit }.into())
    }
}
