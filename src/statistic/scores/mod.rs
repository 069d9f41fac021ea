//! Stored scores: every sample individually, for metrics that depend on the order of all samples.
//!
//! A sample takes 64 bits: the [`ordered`](crate::kernel::bits::ordered) key of its score, its
//! label, and the bits of its weight, whose sign bit is unused. So these integers are ordered by
//! score, then label, then weight. This is the canonical order of samples in states, independent of
//! the order in which they were added.

mod sample;
mod sort;

pub use self::sample::StoredSample;

use super::accumulate::{Accumulate, check_task};
use super::merge::Merge;
use super::shader::{Calls, Site, push_line};
use super::slots::{SlotContents, Slots};
use crate::error::{Error, Undefined};
use crate::kernel::{Fragment, fragment};
use crate::task::Task;
use rayon::prelude::*;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::sync::Arc;

/// Bytes per sample.
pub const SAMPLE_BYTES: u64 = 8;

/// Stored scores, which have no parameters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {}

impl Accumulate for Kind {
    type Accumulator = StoredScores;

    const FRAGMENTS: &'static [Fragment] = &[fragment!("statistic/scores.wgsl")];

    fn check(&self, task: Task) -> Result<(), Error> {
        check_task("scores", task, &[Task::Binary])
    }

    fn empty(&self) -> Self::Accumulator {
        StoredScores::default()
    }

    fn slots(&self) -> Slots {
        Slots { stores: true, ..Slots::NONE }
    }

    /// Not read from slots: they are read back separately.
    fn decode(&self, _: SlotContents) -> Result<Self::Accumulator, Error> {
        Ok(StoredScores::default())
    }

    fn call(&self, site: &Site, calls: &mut Calls) -> Result<(), Error> {
        calls.accumulate(&format!("store({}u, sample);", site.faults));
        push_line(&mut calls.begin, "take_places(first_quad, stride);");
        Ok(())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("scores")
    }
}

/// Samples, each with its score, label and weight.
///
/// They are large, [`SAMPLE_BYTES`] each, on the device, in memory and in states.
#[derive(Clone, Default)]
pub struct StoredScores {
    /// In chunks, so that none is copied when others are added. Once sorted, there is one chunk.
    chunks: Vec<Arc<Vec<StoredSample>>>,
    /// Whether they are sorted.
    is_sorted: bool,
    /// Whether there was not enough memory for all of them; then there are none.
    dropped: bool,
}

/// Samples of a chunk that is shared by several batches.
const CHUNK: usize = 1 << 16;

impl StoredScores {
    /// Scores that did not fit in memory.
    pub(crate) fn dropped() -> Self {
        Self { dropped: true, ..Self::default() }
    }

    /// Samples in runs, each sorted by score.
    #[cfg(feature = "gpu")]
    pub(crate) fn from_runs(runs: Vec<Vec<StoredSample>>) -> Self {
        let sorted = runs.into_par_iter().map(|mut run| {
            sort::sort_ties(&mut run);
            run
        });
        let mut runs: Vec<_> = sorted.collect();
        while runs.len() > 1 {
            let pairs = runs.par_chunks(2).map(|pair| match pair {
                [a, b] => merged(a, b),
                _ => pair.concat(),
            });
            runs = pairs.collect();
        }
        let chunks = runs.into_iter().map(Arc::new).collect();
        Self { chunks, is_sorted: true, dropped: false }
    }

    /// Whether there was not enough memory for all of them.
    pub fn is_dropped(&self) -> bool {
        self.dropped
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.len()).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The samples, in canonical order in the states and reports of evaluators.
    pub fn samples(&self) -> impl Iterator<Item = StoredSample> + '_ {
        self.chunks.iter().flat_map(|chunk| chunk.iter().copied())
    }

    /// The samples in canonical order; an internal error if they were not [sorted](Self::sort).
    pub(crate) fn sorted(&self) -> Result<&[StoredSample], Undefined> {
        match &self.chunks[..] {
            [] => Ok(&[]),
            [chunk] if self.is_sorted => Ok(chunk),
            _ => Err(Undefined::internal("stored scores are not sorted")),
        }
    }

    /// Makes room for `samples` more samples in one chunk.
    pub(super) fn reserve(&mut self, samples: usize) {
        if self.dropped {
            return;
        }
        self.is_sorted = false;
        let last = self.chunks.last_mut().and_then(Arc::get_mut);
        if last.is_none_or(|last| last.capacity() - last.len() < samples) {
            self.chunks.push(Arc::new(Vec::with_capacity(samples)));
        }
    }

    /// Adds samples, for which there must be room.
    #[inline(always)]
    pub(crate) fn extend(&mut self, samples: impl Iterator<Item = StoredSample>) {
        self.is_sorted = false;
        // The iterator is consumed even if scores were dropped, since it counts faults.
        match self.chunks.last_mut().and_then(Arc::get_mut) {
            Some(last) => last.extend(samples),
            None if self.dropped => samples.for_each(drop),
            None => self.chunks.push(Arc::new(samples.collect())),
        }
    }

    /// Makes room for `samples` samples, in a chunk with room for others.
    fn reserve_chunk(&mut self, samples: usize) {
        let last = self.chunks.last_mut().and_then(Arc::get_mut);
        let has_room = last.is_some_and(|last| last.capacity() - last.len() >= samples);
        self.reserve(if has_room { samples } else { CHUNK });
    }

    /// Sorts them into canonical order.
    pub(crate) fn sort(&mut self) {
        if !self.is_sorted && !self.is_empty() {
            let chunks = std::mem::take(&mut self.chunks);
            self.chunks = vec![Arc::new(sort::sorted(chunks))];
        }
        self.is_sorted = true;
    }

    fn in_order(&self) -> Self {
        let mut scores = self.clone();
        scores.sort();
        scores
    }
}

impl Merge for StoredScores {
    fn merge(&mut self, other: &Self) {
        if self.dropped || other.dropped {
            *self = Self::dropped();
            return;
        }
        if self.is_empty() {
            *self = other.clone();
            return;
        }
        for chunk in other.chunks.iter().filter(|chunk| !chunk.is_empty()) {
            if chunk.len() >= CHUNK {
                self.is_sorted = false;
                self.chunks.push(chunk.clone());
            } else {
                self.reserve_chunk(chunk.len());
                self.extend(chunk.iter().copied());
            }
        }
    }

    /// Whether engines can have stored these samples.
    fn is_valid_for(&self, _: &Self) -> bool {
        let sound = |chunk: &Arc<Vec<_>>| chunk.par_iter().all(|s: &StoredSample| s.is_valid());
        self.chunks.iter().all(sound)
    }
}

/// Merges two sorted runs.
#[cfg(feature = "gpu")]
fn merged(a: &[StoredSample], b: &[StoredSample]) -> Vec<StoredSample> {
    let mut all = Vec::with_capacity(a.len() + b.len());
    let (mut a, mut b) = (a, b);
    while let ([first, rest_of_a @ ..], [second, rest_of_b @ ..]) = (a, b) {
        if first <= second {
            all.push(*first);
            a = rest_of_a;
        } else {
            all.push(*second);
            b = rest_of_b;
        }
    }
    all.extend_from_slice(a);
    all.extend_from_slice(b);
    all
}

impl FromIterator<StoredSample> for StoredScores {
    fn from_iter<I: IntoIterator<Item = StoredSample>>(samples: I) -> Self {
        let chunks = vec![Arc::new(samples.into_iter().collect())];
        Self { chunks, is_sorted: false, dropped: false }
    }
}

/// Prints their number, not all samples.
impl fmt::Debug for StoredScores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dropped = if self.dropped { ", dropped" } else { "" };
        write!(f, "StoredScores({} samples{dropped})", self.len())
    }
}

impl PartialEq for StoredScores {
    fn eq(&self, other: &Self) -> bool {
        let lengths = |scores: &Self| (scores.dropped, scores.len());
        lengths(self) == lengths(other) && self.in_order().samples().eq(other.in_order().samples())
    }
}

impl Eq for StoredScores {}

/// Samples as two columns of words, in canonical order: keys of scores, and labels and weights.
#[derive(Serialize, Deserialize)]
struct Columns {
    keys: Vec<u32>,
    labels_and_weights: Vec<u32>,
    dropped: bool,
}

impl Serialize for StoredScores {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let scores = self.in_order();
        let words = |shift: u32| scores.samples().map(|s| (s.0 >> shift) as u32).collect();
        let columns =
            Columns { keys: words(32), labels_and_weights: words(0), dropped: self.dropped };
        columns.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for StoredScores {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Columns { keys, labels_and_weights, dropped } = Columns::deserialize(deserializer)?;
        if keys.len() != labels_and_weights.len() {
            let [keys, rest] = [keys.len(), labels_and_weights.len()];
            let reason = format!("{keys} keys of scores, but {rest} labels and weights");
            return Err(D::Error::custom(reason));
        }
        let words = keys.into_iter().zip(labels_and_weights);
        let sample = |(key, rest)| StoredSample(u64::from(key) << 32 | u64::from(rest));
        let scores = Self { dropped, ..words.map(sample).collect() };
        Ok(scores.in_order())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_that_are_not_sorted_are_an_internal_error() {
        let samples = [2.0_f32, 1.0].map(|x| StoredSample::new(x.to_bits(), true, 0));
        let mut scores: StoredScores = samples.into_iter().collect();
        assert!(matches!(scores.sorted(), Err(Undefined::Internal { .. })));
        scores.sort();
        assert_eq!(scores.sorted(), Ok(&[samples[1], samples[0]][..]));
        scores.extend(samples.into_iter());
        assert!(matches!(scores.sorted(), Err(Undefined::Internal { .. })));
    }
}
