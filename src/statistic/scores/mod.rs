//! Stored scores: every sample individually, for metrics that depend on the order of all samples.
//!
//! A sample takes 64 bits: the [`ordered`](crate::kernel::bits::ordered) key of its score, its
//! label, and the bits of its weight, whose sign bit is unused. So these integers are ordered by
//! score, then label, then weight. This is the canonical order of samples in states, independent of
//! the order in which they were added. In double precision a sample takes 128 bits of the same
//! form. If there are samples of both kinds, all become samples in double precision.

mod huge_pages;
mod sample;
mod sort;

pub(crate) use self::sample::{DoubleSample, Sample};
pub use self::sample::{ScoredSample, StoredSample};

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

/// Bytes per sample in single precision.
pub const SAMPLE_BYTES: u64 = 8;

/// Bytes per sample in double precision, and of every sample if there are samples of both kinds.
pub const DOUBLE_SAMPLE_BYTES: u64 = 16;

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
/// They are large, [`SAMPLE_BYTES`] or [`DOUBLE_SAMPLE_BYTES`] each, on the device, in memory and
/// in states.
#[derive(Clone, Default)]
pub struct StoredScores {
    single: Chunks<StoredSample>,
    /// Once sorted, there are either samples in single or in double precision.
    double: Chunks<DoubleSample>,
    /// Whether they are sorted.
    is_sorted: bool,
    /// Whether there was not enough memory for all of them; then there are none.
    dropped: bool,
}

/// Samples in chunks, so that none is copied when others are added. Once sorted, there is one
/// chunk.
#[derive(Clone)]
struct Chunks<T>(Vec<Arc<Vec<T>>>);

/// Samples in canonical order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum SortedSamples<'a> {
    Single(&'a [StoredSample]),
    Double(&'a [DoubleSample]),
}

/// Samples of a chunk that is shared by several batches.
const CHUNK: usize = 1 << 16;

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Sample> Chunks<T> {
    fn len(&self) -> usize {
        self.0.iter().map(|chunk| chunk.len()).sum()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn samples(&self) -> impl Iterator<Item = T> + '_ {
        self.0.iter().flat_map(|chunk| chunk.iter().copied())
    }

    /// Makes room for more samples in one chunk.
    fn reserve(&mut self, samples: usize) {
        let last = self.0.last_mut().and_then(Arc::get_mut);
        if last.is_none_or(|last| last.capacity() - last.len() < samples) {
            let mut chunk = Vec::with_capacity(samples);
            huge_pages::advise(chunk.spare_capacity_mut());
            self.0.push(Arc::new(chunk));
        }
    }

    #[inline(always)]
    fn extend(&mut self, samples: impl Iterator<Item = T>) {
        match self.0.last_mut().and_then(Arc::get_mut) {
            Some(last) => last.extend(samples),
            None => self.0.push(Arc::new(samples.collect())),
        }
    }

    /// Makes room for `samples` samples, in a chunk with room for others.
    fn reserve_chunk(&mut self, samples: usize) {
        let last = self.0.last_mut().and_then(Arc::get_mut);
        let has_room = last.is_some_and(|last| last.capacity() - last.len() >= samples);
        self.reserve(if has_room { samples } else { CHUNK });
    }

    fn merge(&mut self, other: &Self) {
        if self.is_empty() {
            *self = other.clone();
            return;
        }
        for chunk in other.0.iter().filter(|chunk| !chunk.is_empty()) {
            if chunk.len() >= CHUNK {
                self.0.push(chunk.clone());
            } else {
                self.reserve_chunk(chunk.len());
                self.extend(chunk.iter().copied());
            }
        }
    }

    fn sort(&mut self) {
        let chunks = std::mem::take(&mut self.0);
        self.0 = vec![Arc::new(sort::sorted(chunks))];
    }

    /// The only chunk; none if there are several.
    fn only(&self) -> Option<&[T]> {
        match &self.0[..] {
            [] => Some(&[]),
            [chunk] => Some(chunk),
            _ => None,
        }
    }

    fn are_valid(&self) -> bool {
        self.0.iter().all(|chunk| chunk.par_iter().all(|sample| sample.is_valid()))
    }
}

impl StoredScores {
    /// Scores that did not fit in memory.
    pub(crate) fn dropped() -> Self {
        Self { dropped: true, ..Self::default() }
    }

    /// Samples in runs, each sorted by score.
    #[cfg(feature = "gpu")]
    pub(crate) fn from_runs(runs: Vec<Vec<StoredSample>>) -> Self {
        let sorted = runs.into_par_iter().map(|mut run| {
            sort::sort_runs(&mut run, |sample| sample.key());
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
        let single = Chunks(runs.into_iter().map(Arc::new).collect());
        Self { single, is_sorted: true, ..Self::default() }
    }

    /// Whether there was not enough memory for all of them.
    pub fn is_dropped(&self) -> bool {
        self.dropped
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.single.len() + self.double.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The samples, in canonical order in the states and reports of evaluators.
    pub fn samples(&self) -> impl Iterator<Item = ScoredSample> + '_ {
        let double = self.double.samples().map(Sample::scored);
        self.single.samples().map(Sample::scored).chain(double)
    }

    /// Whether any of them is in double precision.
    pub(crate) fn has_double(&self) -> bool {
        !self.double.is_empty()
    }

    /// The samples in canonical order; an internal error if they were not [sorted](Self::sort).
    pub(crate) fn sorted(&self) -> Result<SortedSamples<'_>, Undefined> {
        match [self.single.is_empty(), self.double.is_empty()] {
            [true, true] => return Ok(SortedSamples::Single(&[])),
            [_, true] if self.is_sorted => self.single.only().map(SortedSamples::Single),
            [true, _] if self.is_sorted => self.double.only().map(SortedSamples::Double),
            _ => None,
        }
        .ok_or_else(|| Undefined::internal("stored scores are not sorted"))
    }

    /// Makes room for `samples` more samples in one chunk.
    pub(super) fn reserve(&mut self, samples: usize) {
        if self.dropped {
            return;
        }
        self.is_sorted = false;
        self.single.reserve(samples);
    }

    /// Makes room for `samples` more samples in double precision in one chunk.
    pub(super) fn reserve_double(&mut self, samples: usize) {
        if self.dropped {
            return;
        }
        self.is_sorted = false;
        self.double.reserve(samples);
    }

    /// Adds samples, for which there must be room.
    #[inline(always)]
    pub(crate) fn extend(&mut self, samples: impl Iterator<Item = StoredSample>) {
        self.is_sorted = false;
        // The iterator is consumed even if scores were dropped, since it counts faults.
        if self.dropped {
            samples.for_each(drop);
        } else {
            self.single.extend(samples);
        }
    }

    /// Adds samples in double precision, for which there must be room.
    #[inline(always)]
    pub(crate) fn extend_double(&mut self, samples: impl Iterator<Item = DoubleSample>) {
        self.is_sorted = false;
        if self.dropped {
            samples.for_each(drop);
        } else {
            self.double.extend(samples);
        }
    }

    /// Sorts them into canonical order.
    pub(crate) fn sort(&mut self) {
        if !self.is_sorted && !self.is_empty() {
            if self.double.is_empty() {
                self.double = Chunks::default();
                self.single.sort();
            } else {
                for chunk in std::mem::take(&mut self.single).0 {
                    let widened = chunk.iter().copied().map(DoubleSample::from).collect();
                    self.double.0.push(Arc::new(widened));
                }
                self.double.sort();
            }
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
        } else if !other.is_empty() {
            self.is_sorted = false;
            self.single.merge(&other.single);
            self.double.merge(&other.double);
        }
    }

    /// Whether engines can have stored these samples.
    fn is_valid_for(&self, _: &Self) -> bool {
        self.single.are_valid() && self.double.are_valid()
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
        let single = Chunks(vec![Arc::new(samples.into_iter().collect())]);
        Self { single, ..Self::default() }
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
        let lengths = |scores: &Self| (scores.dropped, scores.has_double(), scores.len());
        lengths(self) == lengths(other) && self.in_order().sorted() == other.in_order().sorted()
    }
}

impl Eq for StoredScores {}

/// Samples as two columns of words, in canonical order: keys of scores, and labels and weights. In
/// double precision they are words of 64 bits.
#[derive(Serialize, Deserialize)]
struct Columns {
    keys: Vec<u64>,
    labels_and_weights: Vec<u64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    double: bool,
    dropped: bool,
}

impl Serialize for StoredScores {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let scores = self.in_order();
        let words = |of_single: fn(StoredSample) -> u32, of_double: fn(DoubleSample) -> u64| {
            let double = scores.double.samples().map(of_double);
            scores.single.samples().map(|sample| of_single(sample).into()).chain(double).collect()
        };
        let columns = Columns {
            keys: words(|sample| (sample.0 >> 32) as u32, |sample| sample.key),
            labels_and_weights: words(|sample| sample.0 as u32, |sample| sample.label_and_weight),
            double: scores.has_double(),
            dropped: self.dropped,
        };
        columns.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for StoredScores {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let columns = Columns::deserialize(deserializer)?;
        let Columns { keys, labels_and_weights, double, dropped } = columns;
        if keys.len() != labels_and_weights.len() {
            let [keys, rest] = [keys.len(), labels_and_weights.len()];
            let reason = format!("{keys} keys of scores, but {rest} labels and weights");
            return Err(D::Error::custom(reason));
        }
        let words = keys.into_iter().zip(labels_and_weights);
        let mut scores = Self { dropped, ..Self::default() };
        if double {
            let sample = |(key, label_and_weight)| DoubleSample { key, label_and_weight };
            scores.double = Chunks(vec![Arc::new(words.map(sample).collect())]);
        } else {
            let word = |word: u64| u32::try_from(word).map(u64::from);
            let sample = |(key, rest)| Ok(StoredSample(word(key)? << 32 | word(rest)?));
            let samples = words.map(sample).collect::<Result<_, std::num::TryFromIntError>>();
            let samples = samples.map_err(|_| D::Error::custom("a word has more than 32 bits"))?;
            scores.single = Chunks(vec![Arc::new(samples)]);
        }
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
        assert_eq!(scores.sorted(), Ok(SortedSamples::Single(&[samples[1], samples[0]])));
        scores.extend(samples.into_iter());
        assert!(matches!(scores.sorted(), Err(Undefined::Internal { .. })));
    }
}
