//! How much memory stored scores may take.

use super::Evaluator;
use crate::error::{Error, ScoreError};
use crate::statistic::scores::SAMPLE_BYTES;
use crate::statistic::{Plan, Totals};

/// Bytes that stored scores may take if nothing is said: those of 2^28 samples.
pub(super) const SCORE_MEMORY: u64 = 1 << 31;

/// What stored scores may take, and take.
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

    /// The same, where nothing is stored.
    pub fn empty(self) -> Self {
        Self { samples: 0, ..self }
    }

    /// Says that samples were added.
    pub fn count(&mut self, samples: u64) {
        self.samples = self.samples.saturating_add(samples);
    }

    /// Fails if there is no room for `samples` more.
    pub fn check(&self, samples: u64) -> Result<(), Error> {
        let (samples, limit) = (self.samples.saturating_add(samples), self.limit);
        let bytes = samples.saturating_mul(self.sample_bytes);
        if bytes <= limit {
            return Ok(());
        }
        Err(ScoreError::OutOfMemory { samples, bytes, limit }.into())
    }
}

impl Evaluator {
    /// Whether there is room for the scores of `samples` more: fails if there is none, and no bins
    /// take over.
    pub(super) fn has_room(&self, samples: u64) -> Result<bool, Error> {
        match self.score_memory_in_use.check(samples) {
            Err(_) if self.config.settings.fallback_bins.is_some() => Ok(false),
            result => result.map(|()| true),
        }
    }

    /// Makes sure that there is room: drops all scores if bins take over.
    pub(super) fn make_room(&mut self, samples: u64) -> Result<(), Error> {
        if self.has_room(samples)? { Ok(()) } else { self.drop_scores() }
    }

    /// The same as [`reset`](Self::reset) where what was added is kept elsewhere: its scores go on to take
    /// memory.
    pub(crate) fn reset_within_memory(&mut self) -> Result<(), Error> {
        let score_memory_in_use = self.score_memory_in_use;
        self.reset()?;
        self.score_memory_in_use = score_memory_in_use;
        Ok(())
    }

    /// Drops all scores, and those to come until a reset.
    pub(super) fn drop_scores(&mut self) -> Result<(), Error> {
        self.host_totals.iter_mut().chain(&mut self.cpu_shadow).for_each(Totals::drop_scores);
        self.gpu.as_mut().map_or(Ok(()), |gpu| gpu.drop_scores())
    }
}
