//! Work over batches in buffers that come again, kept so that it is not made anew.

use super::key::Key;
use super::work::PreparedBatch;
use std::collections::VecDeque;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

/// Most batches whose work, and so whose buffers, are kept.
const MAX_KEPT: usize = 16;

/// Batches that are remembered, without their buffers, to see which come again.
const REMEMBERED: usize = 64;

/// Work over the batches that came last.
#[derive(Debug, Default)]
pub(super) struct WorkCache {
    /// The last used is the last.
    entries: Vec<PreparedBatch>,
    seen: VecDeque<u64>,
}

impl WorkCache {
    /// Takes the work over a batch, if it is kept.
    pub fn take(&mut self, key: &Key) -> Option<PreparedBatch> {
        let index = self.entries.iter().rposition(|prepared| prepared.key == *key)?;
        Some(self.entries.remove(index))
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Keeps work that was taken, or whose batch came before. A batch that comes once, like a
    /// buffer that is made anew for each step, is not held on to.
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

    /// Whether a batch came before; remembers it.
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
