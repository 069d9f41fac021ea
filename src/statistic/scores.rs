//! Stored scores: every sample as it is, for what depends on the order of all of them.
//!
//! A sample takes 64 bits: the [`ordered`] key of its score, its label, and the bits of its weight, whose
//! sign is free. So the order of these integers is that of scores, then labels, then weights: the
//! canonical order in which states hold them, whatever order they came in.

use super::bits::{FIELD_LIMIT, field, flushed, magnitude, nonfinite, ordered};
use super::totals::Extremes;
use rayon::prelude::*;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::sync::Arc;

/// Bytes that a sample takes.
pub const SAMPLE_BYTES: u64 = 8;

/// A sample: score, label and weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub struct StoredSample(u64);

impl StoredSample {
    /// A finite, flushed score, a label and a valid weight, as bits.
    #[inline(always)]
    pub fn new(score: u32, label: bool, weight: u32) -> Self {
        Self(u64::from(ordered(score)) << 32 | u64::from(label) << 31 | u64::from(weight))
    }

    /// The same from the two words that a device has of it: the key of the score, and the rest. None for
    /// the key 0, which is that of no number: nothing was stored there.
    pub(crate) fn of_words([key, rest]: [u32; 2]) -> Option<Self> {
        (key != 0).then_some(Self(u64::from(key) << 32 | u64::from(rest)))
    }

    /// The key of the score, in the order of scores.
    #[inline(always)]
    pub(crate) fn key(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// The score: finite, and no subnormal number or −0.
    pub fn score(self) -> f32 {
        Extremes::number(self.key())
    }

    /// The label, 0 or 1.
    #[inline(always)]
    pub fn label(self) -> usize {
        (self.0 >> 31 & 1) as usize
    }

    /// The bits of the weight.
    #[inline(always)]
    pub fn weight(self) -> u32 {
        magnitude(self.0 as u32)
    }

    /// Whether an engine may have stored it.
    fn is_sound(self) -> bool {
        let score = self.score().to_bits();
        !nonfinite(score) && flushed(score) == score && field(self.weight()) < FIELD_LIMIT
    }
}

/// Samples, each with its score, label and weight.
///
/// They are large, [`SAMPLE_BYTES`] each, on the device, in memory and in states.
#[derive(Clone, Debug, Default)]
pub struct StoredScores {
    samples: Arc<Vec<StoredSample>>,
    /// How many of the first samples are in order.
    sorted: usize,
    /// Whether there was no memory for all of them: then there are none.
    dropped: bool,
}

impl StoredScores {
    /// Those of which there is no memory for all.
    pub(crate) fn dropped() -> Self {
        Self { dropped: true, ..Self::default() }
    }

    /// Samples in runs, each in the order of scores.
    #[cfg(feature = "gpu")]
    pub(crate) fn of_runs(runs: Vec<Vec<StoredSample>>) -> Self {
        let settled = runs.into_par_iter().map(|mut run| {
            // What has the same score may be in any order.
            run.par_chunk_by_mut(|a, b| a.key() == b.key()).for_each(|same| same.sort_unstable());
            run
        });
        let mut runs: Vec<_> = settled.collect();
        while runs.len() > 1 {
            let pairs = runs.par_chunks(2).map(|pair| match pair {
                [a, b] => merged(a, b),
                _ => pair.concat(),
            });
            runs = pairs.collect();
        }
        let samples = runs.pop().unwrap_or_default();
        Self { sorted: samples.len(), samples: Arc::new(samples), dropped: false }
    }

    /// Whether there was no memory for all of them.
    pub fn is_dropped(&self) -> bool {
        self.dropped
    }

    /// The samples: in order, once they are [`settled`](Self::settle).
    pub fn samples(&self) -> &[StoredSample] {
        &self.samples
    }

    /// Adds samples.
    #[inline(always)]
    pub(crate) fn extend(&mut self, samples: impl Iterator<Item = StoredSample>) {
        if !self.dropped {
            Arc::make_mut(&mut self.samples).extend(samples);
        }
    }

    /// Adds those of others.
    pub(super) fn merge(&mut self, other: &Self) {
        if self.dropped || other.dropped {
            *self = Self::dropped();
        } else if self.samples.is_empty() {
            *self = other.clone();
        } else if !other.samples.is_empty() {
            Arc::make_mut(&mut self.samples).extend_from_slice(&other.samples);
        }
    }

    /// Brings them into canonical order.
    pub(crate) fn settle(&mut self) {
        if self.sorted == self.samples.len() {
            return;
        }
        let samples = Arc::make_mut(&mut self.samples);
        let (sorted, others) = samples.split_at_mut(self.sorted);
        others.par_sort_unstable();
        if !sorted.is_empty() {
            *samples = merged(sorted, others);
        }
        self.sorted = samples.len();
    }

    /// Whether engines may have stored so many samples or more, and these.
    pub(super) fn fit(&self, most: u64) -> bool {
        self.samples.len() as u64 <= most && self.samples.par_iter().all(|sample| sample.is_sound())
    }

    fn in_order(&self) -> Self {
        let mut scores = self.clone();
        scores.settle();
        scores
    }
}

/// The samples of two runs, in order.
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
        let mut scores = Self::default();
        scores.extend(samples.into_iter());
        scores
    }
}

impl PartialEq for StoredScores {
    fn eq(&self, other: &Self) -> bool {
        let lengths = |scores: &Self| (scores.dropped, scores.samples.len());
        lengths(self) == lengths(other) && self.in_order().samples == other.in_order().samples
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
        let words = |shift: u32| scores.samples.iter().map(|s| (s.0 >> shift) as u32).collect();
        let columns =
            Columns { keys: words(32), labels_and_weights: words(0), dropped: self.dropped };
        columns.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for StoredScores {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Columns { keys, labels_and_weights, dropped } = Columns::deserialize(deserializer)?;
        if keys.len() != labels_and_weights.len() {
            let (keys, others) = (keys.len(), labels_and_weights.len());
            let reason = format!("{keys} keys of scores, but {others} labels and weights");
            return Err(D::Error::custom(reason));
        }
        let words = keys.into_iter().zip(labels_and_weights);
        let samples =
            words.map(|(key, rest)| StoredSample(u64::from(key) << 32 | u64::from(rest))).collect();
        let mut scores = Self { samples: Arc::new(samples), sorted: 0, dropped };
        scores.settle();
        Ok(scores)
    }
}
