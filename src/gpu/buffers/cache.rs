//! A cache of the work over batches in buffers, for buffers that are reused.

use super::key::Key;
use super::work::PreparedBatch;
use std::collections::VecDeque;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

/// The largest number of batches whose work, and thus whose buffers, are kept.
const MAX_KEPT: usize = 16;

/// Number of batches that are remembered, without their buffers, to detect reuse.
const REMEMBERED: usize = 64;

/// Work over the most recent batches.
#[derive(Debug, Default)]
pub(super) struct WorkCache {
    /// The most recently used is last.
    entries: Vec<PreparedBatch>,
    seen: VecDeque<u64>,
}

impl WorkCache {
    /// Takes the work over a batch, if it is cached.
    pub fn take(&mut self, key: &Key) -> Option<PreparedBatch> {
        let index = self.entries.iter().rposition(|prepared| prepared.key == *key)?;
        Some(self.entries.remove(index))
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Keeps work that was taken from the cache, or whose batch was seen before. The buffers of a
    /// batch that is seen only once, such as new buffers in each step, are not retained.
    pub fn put_back(&mut self, mut prepared: PreparedBatch) {
        if !prepared.was_kept && !self.comes_again(&prepared.key) {
            return;
        }
        if self.entries.len() >= MAX_KEPT {
            self.entries.remove(0);
        }
        prepared.was_kept = true;
        self.entries.push(prepared);
    }

    /// Whether a batch was seen before; remembers it.
    fn comes_again(&mut self, key: &Key) -> bool {
        let hash = BuildHasherDefault::<DefaultHasher>::new().hash_one(key);
        if self.seen.contains(&hash) {
            return true;
        }
        if self.seen.len() >= REMEMBERED {
            self.seen.pop_front();
        }
        self.seen.push_back(hash);
        false
    }
}
