//! Work over buffers that come again, kept so that it is not made anew.

use super::Work;
use crate::batch::{BufferBatch, Dtype};
use std::collections::VecDeque;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use wgpu::Buffer;

/// Most batches whose work, and so whose buffers, are kept.
const MOST: usize = 16;

/// Batches that are remembered, without their buffers, to see which come again.
const REMEMBERED: usize = 64;

/// Everything that work over a batch depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    columns: [Option<KeyColumn>; 5],
    steps: usize,
    one_hot: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct KeyColumn {
    buffer: Buffer,
    dtype: Dtype,
    offset: u64,
    len: usize,
    row: [usize; 2],
}

impl Key {
    pub fn new(batch: &BufferBatch<'_>) -> Self {
        let BufferBatch { prediction, truth, weight, mask, lengths, .. } = *batch;
        let columns = [Some(prediction), Some(truth), weight, mask, lengths];
        let column = |column: crate::batch::BufferColumn<'_>| KeyColumn {
            buffer: column.buffer.clone(),
            dtype: column.dtype,
            offset: column.offset(),
            len: column.len(),
            row: column.row,
        };
        Self {
            columns: columns.map(|given| given.map(column)),
            steps: batch.steps,
            one_hot: batch.one_hot,
        }
    }
}

/// Work over the batches that came last.
#[derive(Debug, Default)]
pub(in crate::gpu) struct Kept {
    /// The last used is the last.
    entries: Vec<(Key, Vec<Work>)>,
    seen: VecDeque<u64>,
}

impl Kept {
    /// The work over a batch, if it is kept.
    pub(super) fn get(&mut self, key: &Key) -> Option<&[Work]> {
        let index = self.entries.iter().rposition(|(other, _)| other == key)?;
        self.entries[index..].rotate_left(1);
        self.entries.last().map(|(_, work)| &work[..])
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Keeps the work over a batch that came before. One that comes once, like a buffer that is made
    /// anew for each step, is not held on to.
    pub(super) fn keep(&mut self, key: Key, work: Vec<Work>) {
        let hash = BuildHasherDefault::<DefaultHasher>::new().hash_one(&key);
        if !self.seen.contains(&hash) {
            if self.seen.len() >= REMEMBERED {
                self.seen.pop_front();
            }
            self.seen.push_back(hash);
            return;
        }
        if self.entries.len() >= MOST {
            self.entries.remove(0);
        }
        self.entries.push((key, work));
    }
}
