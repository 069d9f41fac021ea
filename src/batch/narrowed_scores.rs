//! The distinct scores of batches that were narrowed to `f32`, and how many of them became ties.

use super::{ChunkScratch, ClassWeighting, Precision, ShapedBatch};
use crate::kernel::bits::{flushed, nonfinite};
use crate::statistic::{Family, FamilyKind, Key, Plan, ScoreScale};

/// The largest number of scores that are kept: 8 MiB, which are sorted in a tenth of a second.
const MAX_SCORES: usize = 1 << 20;

/// Duplicates of fewer scores are not removed yet.
const MIN_SCORES: usize = 1 << 12;

/// The distinct scores of batches on the host, before they were narrowed to `f32`. It is not part
/// of states.
#[derive(Clone, Debug)]
pub(crate) struct NarrowedScores {
    /// The keys of the scores of each output, label or class: only scores of the same one are
    /// compared with each other.
    columns: Vec<Vec<u64>>,
    /// Number of keys, of all columns.
    len: usize,
    /// Number of keys at which duplicates are removed.
    limit: usize,
    /// The largest number of keys.
    max: usize,
    /// Whether scores are no longer added.
    is_full: bool,
    /// Whether the evaluator has scores that were not added.
    is_partial: bool,
    /// What [`ties`](Self::ties) has counted, if nothing was added since.
    counted: Option<Ties>,
}

/// How many distinct scores there were before they were narrowed to `f32`, and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ties {
    /// Number of distinct scores before.
    pub distinct: u64,
    /// Number of distinct scores after.
    pub left: u64,
    /// Whether there may be more ties, among scores that were not counted.
    pub at_least: bool,
}

impl NarrowedScores {
    /// None if this precision narrows no scores, or if no statistic of the plan orders them.
    ///
    /// The log-odds of multiclass logits are left out: that one logit of two rows is the same does
    /// not make their log-odds ties.
    pub fn new(plan: &Plan, precision: Precision) -> Option<Self> {
        let orders = |family: &Family| {
            let scale = family.kind.binary_problems().map(|(_, scale)| scale);
            family.stores() && scale != Some(ScoreScale::LogOdds)
        };
        let is_used = precision == Precision::Single && plan.families.iter().any(orders);
        is_used.then(|| Self::with_max(MAX_SCORES))
    }

    fn with_max(max: usize) -> Self {
        Self {
            columns: Vec::new(),
            len: 0,
            limit: MIN_SCORES.min(max),
            max,
            is_full: false,
            is_partial: false,
            counted: None,
        }
    }

    /// The same without scores.
    pub fn empty(&self) -> Self {
        Self::with_max(self.max)
    }

    /// Removes all scores, and ignores later ones.
    pub fn close(&mut self) {
        *self = Self { is_full: true, is_partial: true, ..self.empty() };
    }

    /// Says that the evaluator has scores that are not added here.
    pub fn skip(&mut self) {
        self.is_partial = true;
        self.counted = None;
    }

    /// Adds the scores of a batch, without those of masked samples and those that are not finite.
    pub fn add(
        &mut self,
        batch: &ShapedBatch<'_>,
        plan: &Plan,
        class_weighting: &ClassWeighting,
        scratch: &mut ChunkScratch,
    ) {
        if self.is_full || !batch.prediction().may_round() {
            return self.skip();
        }
        for view in plan.views().filter(|view| view.kind == FamilyKind::Outputs) {
            let output = batch.output(view, plan, class_weighting, scratch);
            output.for_each_prediction(|column, score| self.push(view.output + column, score));
        }
    }

    fn push(&mut self, column: usize, score: f64) {
        if nonfinite(narrowed(score)) {
            return;
        }
        if self.len == self.limit {
            let is_largest = self.limit == self.max;
            self.remove_duplicates();
            // To sort many scores again and again for little room is slow.
            self.is_full = is_largest && self.len > self.max / 2;
        }
        if self.is_full {
            return self.skip();
        }
        if self.columns.len() <= column {
            self.columns.resize_with(column + 1, Vec::new);
        }
        self.columns[column].push(Key::new(score).integer());
        self.len += 1;
        self.counted = None;
    }

    fn remove_duplicates(&mut self) {
        for keys in &mut self.columns {
            keys.sort_unstable();
            keys.dedup();
        }
        self.len = self.columns.iter().map(Vec::len).sum();
        self.limit = (2 * self.len).clamp(MIN_SCORES.min(self.max), self.max);
    }

    /// The ties so far; none if every score that was counted is still distinct.
    pub fn ties(&mut self) -> Option<Ties> {
        if self.counted.is_none() {
            self.remove_duplicates();
            // Narrowing keeps the order, so the scores of a tie are neighbours.
            let tied = |keys: &[u64]| {
                let narrowed = |key| Key::from_integer(key).number().map(narrowed);
                keys.windows(2).filter(|pair| narrowed(pair[0]) == narrowed(pair[1])).count()
            };
            let tied: usize = self.columns.iter().map(|keys| tied(keys)).sum();
            let [distinct, left] = [self.len, self.len - tied].map(|scores| scores as u64);
            self.counted = Some(Ties { distinct, left, at_least: self.is_partial });
        }
        self.counted.filter(|ties| ties.left < ties.distinct)
    }
}

/// The bits of a score as the engines compare it.
fn narrowed(score: f64) -> u32 {
    flushed((score as f32).to_bits())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Scores from 1 up, about eight of which round to one `f32`.
    fn score(index: u64) -> f64 {
        f64::from_bits(1.0_f64.to_bits() + (index << 26))
    }

    #[test]
    fn duplicates_take_no_room() {
        let mut scores = NarrowedScores::with_max(1 << 14);
        let (mut distinct, mut left) = (BTreeSet::new(), BTreeSet::new());
        for index in 0..200_000_u64 {
            let (column, index) = ((index % 5) as usize, index * index % 1021);
            scores.push(column, score(index));
            distinct.insert((column, score(index).to_bits()));
            left.insert((column, (score(index) as f32).to_bits()));
            assert!(scores.len <= 1 << 14);
        }
        let (distinct, left) = (distinct.len() as u64, left.len() as u64);
        assert_eq!(scores.ties(), Some(Ties { distinct, left, at_least: false }));
    }

    #[test]
    fn counts_stop_when_the_memory_is_full() {
        let max = 1 << 14;
        let mut scores = NarrowedScores::with_max(max);
        (0..max as u64).for_each(|index| scores.push(0, score(index)));
        // Each f32 is the nearest of eight scores, but the first and the last of fewer.
        let (distinct, left) = (max as u64, max as u64 / 8 + 1);
        assert_eq!(scores.ties(), Some(Ties { distinct, left, at_least: false }));
        scores.push(0, score(1 << 20));
        assert_eq!(scores.ties(), Some(Ties { distinct, left, at_least: true }));
        assert_eq!(scores.len, max);
        let mut scores = scores.empty();
        scores.push(0, score(1));
        scores.push(0, score(2));
        assert_eq!(scores.ties(), Some(Ties { distinct: 2, left: 1, at_least: false }));
    }
}
