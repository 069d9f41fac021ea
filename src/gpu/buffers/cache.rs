//! Work over buffers that come again, kept so that it is not made anew.

use super::PreparedBatch;
use crate::batch::{BufferBatch, BufferColumn, Dtype, TruthEncoding};
use std::collections::VecDeque;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use wgpu::Buffer;

/// Most batches whose work, and so whose buffers, are kept.
const MOST: usize = 16;

/// Batches that are remembered, without their buffers, to see which come again.
const REMEMBERED: usize = 64;

/// What the bind groups of work over a batch depend on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    columns: [Option<KeyColumn>; 5],
    steps: usize,
    truth_encoding: TruthEncoding,
    /// Where the columns begin, of work that others submit: what it is told stays as it is.
    recorded: Option<Offsets>,
}

/// The first element of each column.
pub(super) type Offsets = [u64; 5];

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct KeyColumn {
    buffer: Buffer,
    dtype: Dtype,
    len: usize,
    row: [usize; 2],
}

impl Key {
    pub fn new(batch: &BufferBatch<'_>, is_recorded: bool) -> (Self, Offsets) {
        let BufferBatch { prediction, truth, weight, mask, lengths, .. } = *batch;
        let columns = [Some(prediction), Some(truth), weight, mask, lengths];
        let column = |column: BufferColumn<'_>| KeyColumn {
            buffer: column.buffer.clone(),
            dtype: column.dtype,
            len: column.len(),
            row: column.row,
        };
        let offsets = columns.map(|column| column.map_or(0, |column| column.offset()));
        let key = Self {
            columns: columns.map(|given| given.map(column)),
            steps: batch.steps,
            truth_encoding: batch.truth_encoding,
            recorded: is_recorded.then_some(offsets),
        };
        (key, offsets)
    }
}

/// Work over the batches that came last.
#[derive(Debug, Default)]
pub(in crate::gpu) struct WorkCache {
    /// The last used is the last.
    entries: Vec<(Key, PreparedBatch)>,
    seen: VecDeque<u64>,
}

impl WorkCache {
    /// Takes the work over a batch, if it is kept.
    pub(super) fn take(&mut self, key: &Key) -> Option<PreparedBatch> {
        let index = self.entries.iter().rposition(|(other, _)| other == key)?;
        Some(self.entries.remove(index).1)
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Keeps work that was taken.
    pub(super) fn put_back(&mut self, key: Key, made: PreparedBatch) {
        if self.entries.len() >= MOST {
            self.entries.remove(0);
        }
        self.entries.push((key, made));
    }

    /// Keeps work that was made, if its batch came before. One that comes once, like a buffer that is
    /// made anew for each step, is not held on to.
    pub(super) fn keep(&mut self, key: Key, made: PreparedBatch) {
        let hash = BuildHasherDefault::<DefaultHasher>::new().hash_one(&key);
        if self.seen.contains(&hash) {
            self.put_back(key, made);
            return;
        }
        if self.seen.len() >= REMEMBERED {
            self.seen.pop_front();
        }
        self.seen.push_back(hash);
    }
}
