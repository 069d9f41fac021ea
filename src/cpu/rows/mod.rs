//! Rows of scores, reduced to the summaries from which values are computed.
//!
//! Scores are laid out in steps of [`LANES`] that are processed side by side. If rows are short, a
//! lane is a row and a step is a class. A long row is spread over all lanes, whose results are
//! merged at the end. No result depends on the order of the scores, so both layouts give the same
//! result.

mod lanes;
mod soft;
mod sums;

use self::lanes::{LANES, Lanes, PADDING, Steps};
use self::sums::{Sums, Units, added_up};
use super::prefetch::Prefetcher;
use super::vectors;
use crate::batch::Chunk;
use crate::kernel::bits::{
    MIN_RESULT_EXPONENT, ONE, difference, field, flushed, magnitude, ordered, square,
};
use crate::kernel::float::{INFINITY, ln, minus, times};
use crate::kernel::row::RowSummary;
use crate::kernel::row::{
    NO_CLASS, ROW_NONFINITE, ROW_OUTSIDE, ROW_SUBNORMAL, ROW_UNNORMALIZED, exp_nonpositive,
    mean_of, normalized, quantum, sum_of, units,
};
use crate::kernel::row_needs::{RowNeeds, ScoreKind};
use crate::statistic::Schema;

/// Memory for the scores of a few short rows, or of one long row.
pub(super) struct Scratch {
    scores: Vec<Lanes>,
    last: Lanes,
    /// The classes of soft truths.
    classes: Vec<u32>,
}

impl Default for Scratch {
    fn default() -> Self {
        Self { scores: Vec::new(), last: [0; LANES], classes: Vec::new() }
    }
}

/// Number of steps over the rows of scores of a block. Each step of a sum prefetches a part of a
/// later block.
pub(super) fn steps(schema: Schema, samples: usize) -> usize {
    if schema.rows && !schema.has_vectors() {
        samples * schema.prediction_width() / LANES
    } else {
        0
    }
}

/// Reduces the rows of a chunk without prefetching.
#[inline(always)]
pub(super) fn reduce_all(row_needs: RowNeeds, chunk: &Chunk<'_>, rows: &mut [RowSummary]) {
    let mut ahead = Prefetcher::new(chunk.slice(0..0), 1);
    reduce(row_needs, chunk, &mut Scratch::default(), rows, &mut ahead);
}

/// Reduces the rows of a chunk, one for each sample.
///
/// Uses plain loops: a closure that is not inlined would be compiled for the baseline instruction
/// set.
#[inline(always)]
pub(super) fn reduce(
    row_needs: RowNeeds,
    part: &Chunk<'_>,
    scratch: &mut Scratch,
    rows: &mut [RowSummary],
    ahead: &mut Prefetcher<'_>,
) {
    let classes = part.schema.classes as usize;
    if part.schema.has_vectors() {
        return vectors::reduce(row_needs, part, rows);
    }
    let mut of_soft = std::mem::take(&mut scratch.classes);
    if part.schema.soft {
        soft::classes(part, &mut of_soft);
    }
    let truth = if part.schema.soft { &of_soft } else { part.truth };
    if classes <= LANES {
        let scores = part.prediction.chunks(classes * LANES);
        let parts = scores.zip(truth.chunks(LANES)).zip(rows.chunks_mut(LANES));
        for ((scores, truth), rows) in parts {
            reduce_short(row_needs, classes, scores, truth, scratch, rows, ahead);
        }
    } else {
        let parts = part.prediction.chunks(classes).zip(truth).zip(&mut *rows);
        for ((scores, &truth), row) in parts {
            *row = reduce_long(row_needs, scores, truth, scratch, ahead);
        }
    }
    scratch.classes = of_soft;
    if part.schema.soft {
        soft::soften(row_needs, part, rows);
    }
}

/// Reduces up to [`LANES`] rows, one per lane.
#[inline(always)]
fn reduce_short(
    row_needs: RowNeeds,
    classes: usize,
    scores: &[u32],
    truth: &[u32],
    scratch: &mut Scratch,
    rows: &mut [RowSummary],
    ahead: &mut Prefetcher<'_>,
) {
    scratch.scores.resize(classes, [0; LANES]);
    let flat = scratch.scores.as_flattened_mut();
    for (lane, row) in scores.chunks_exact(classes).enumerate() {
        for (class, &score) in row.iter().enumerate() {
            flat[class * LANES + lane] = score;
        }
    }
    let mut lanes = State::default();
    if !lanes.find_extremes(row_needs, &Steps::of_short(&scratch.scores)) {
        lanes.flags = make_regular(scratch.scores.as_flattened_mut(), row_needs.scores);
        lanes.find_extremes(row_needs, &Steps::of_short(&scratch.scores));
    }
    for (lane, &truth) in truth.iter().enumerate() {
        let class = if (truth as usize) < classes { truth } else { NO_CLASS };
        lanes.truth[lane] = class;
        let score = scratch.scores.get(class as usize).map(|step| step[lane]);
        lanes.truth_score[lane] = flushed(score.unwrap_or_default());
    }
    let sums = lanes.sums(row_needs, &Steps::of_short(&scratch.scores), ahead);
    for (lane, row) in rows.iter_mut().enumerate() {
        *row = lanes.row(lane, row_needs, classes, sums.lane(lane));
    }
}

/// Reduces a row that is spread over all lanes.
#[inline(always)]
fn reduce_long(
    row_needs: RowNeeds,
    scores: &[u32],
    truth: u32,
    scratch: &mut Scratch,
    ahead: &mut Prefetcher<'_>,
) -> RowSummary {
    let (whole, rest) = scores.as_chunks();
    scratch.last = [0; LANES];
    scratch.last[..rest.len()].copy_from_slice(rest);
    let notes_of_last = make_regular(&mut scratch.last, row_needs.scores);
    scratch.last[rest.len()..].fill(PADDING);
    let mut steps = Steps { whole, last: Some(&scratch.last), stride: 1 };
    let mut lanes = State::default();
    let mut flags = [0; LANES];
    if !lanes.find_extremes(row_needs, &steps) {
        scratch.scores.clear();
        scratch.scores.extend_from_slice(whole);
        flags = make_regular(scratch.scores.as_flattened_mut(), row_needs.scores);
        steps.whole = &scratch.scores;
        lanes.find_extremes(row_needs, &steps);
    }
    lanes.merge_extremes();
    let class = if (truth as usize) < scores.len() { truth } else { NO_CLASS };
    let truth_score = steps.whole.as_flattened().iter().chain(&scratch.last).nth(class as usize);
    lanes.flags = [flags.iter().chain(&notes_of_last).fold(0, |all, flags| all | flags); LANES];
    lanes.truth = [class; LANES];
    lanes.truth_score = [flushed(truth_score.copied().unwrap_or_default()); LANES];
    let sums = lanes.sums(row_needs, &steps, ahead);
    lanes.row(0, row_needs, scores.len(), sums.total())
}

/// Flushes scores, and sets those that are not finite to zero. Returns the flags of each lane.
#[inline(always)]
fn make_regular(scores: &mut [u32], kind: ScoreKind) -> Lanes {
    let mut flags = [0; LANES];
    let highest = if kind == ScoreKind::Probabilities { ONE } else { u32::MAX };
    for step in scores.chunks_mut(LANES) {
        for (score, flags) in step.iter_mut().zip(&mut flags) {
            let size = magnitude(*score);
            let (nonfinite, zero) = (size >= INFINITY, size < 1 << 23);
            *flags |= if nonfinite { ROW_NONFINITE } else { 0 };
            *flags |= if zero && size != 0 { ROW_SUBNORMAL } else { 0 };
            *score = if nonfinite | zero { 0 } else { *score };
            *flags |= if *score > highest { ROW_OUTSIDE } else { 0 };
        }
    }
    flags
}

/// The largest score, its class, and the largest of the others, in each lane.
struct Extremes {
    top: Lanes<f32>,
    arg_max: Lanes,
    runner_up: Lanes<f32>,
}

impl Default for Extremes {
    fn default() -> Self {
        let least = [f32::NEG_INFINITY; LANES];
        Self { top: least, arg_max: [0; LANES], runner_up: least }
    }
}

impl Extremes {
    #[inline(always)]
    fn scan(&mut self, scores: &Lanes, first: u32, stride: u32) {
        for (lane, &score) in scores.iter().enumerate() {
            let (score, top) = (f32::from_bits(score), self.top[lane]);
            let (higher, lower) = if score > top { (score, top) } else { (top, score) };
            let runner_up = self.runner_up[lane];
            let class = first + stride * lane as u32;
            self.arg_max[lane] = if score > top { class } else { self.arg_max[lane] };
            self.runner_up[lane] = if lower > runner_up { lower } else { runner_up };
            self.top[lane] = higher;
        }
    }
}

/// The state of the row in each lane.
struct State {
    flags: Lanes,
    top: Lanes,
    arg_max: Lanes,
    runner_up: Lanes,
    lowest: Lanes,
    truth: Lanes,
    truth_score: Lanes,
}

impl Default for State {
    fn default() -> Self {
        let zero = [0; LANES];
        Self {
            flags: zero,
            top: zero,
            arg_max: zero,
            runner_up: zero,
            lowest: zero,
            truth: zero,
            truth_score: zero,
        }
    }
}

impl State {
    /// Finds in each lane the largest score, its class, the largest of the others, and the lowest
    /// if means are needed. Returns whether all scores are usual: finite, not subnormal and, where
    /// scores are probabilities, within [0, 1]. If not, the values found are meaningless.
    #[inline(always)]
    fn find_extremes(&mut self, row_needs: RowNeeds, steps: &Steps<'_>) -> bool {
        let mut found = Extremes::default();
        // If scores may be negative, the sign is shifted out: the rest has the order of magnitudes.
        let (sign, limit) = match row_needs.scores {
            ScoreKind::Probabilities => (0, ONE),
            _ => (1, (INFINITY << 1) - 1),
        };
        let (mut largest, mut least) = ([0; LANES], [u32::MAX; LANES]);
        let mut first = 0;
        for scores in steps.whole {
            found.scan(scores, first, steps.stride);
            for ((score, largest), least) in scores.iter().zip(&mut largest).zip(&mut least) {
                let size = score << sign;
                *largest = size.max(*largest);
                // Zero minus 1 wraps to the largest integer.
                *least = size.wrapping_sub(1).min(*least);
            }
            first += steps.classes_per_step();
        }
        if let Some(scores) = steps.last {
            found.scan(scores, first, steps.stride);
        }
        let Extremes { top, arg_max, runner_up } = found;
        let mut usual = true;
        for (&largest, &least) in largest.iter().zip(&least) {
            usual &= (largest <= limit) & (least >= (1 << 23 << sign) - 1);
        }
        let mut lowest = [f32::INFINITY; LANES];
        if row_needs.mean.is_some() {
            for (_, scores) in steps.each() {
                for lane in 0..LANES {
                    let score = f32::from_bits(scores[lane]);
                    let counts = (score < lowest[lane]) & (scores[lane] != PADDING);
                    lowest[lane] = if counts { score } else { lowest[lane] };
                }
            }
        }
        let [top, runner_up, lowest] =
            [top, runner_up, lowest].map(|scores| scores.map(|score| flushed(score.to_bits())));
        *self = Self { top, arg_max, runner_up, lowest, ..*self };
        usual
    }

    /// Merges the values of all lanes into each of them.
    fn merge_extremes(&mut self) {
        let best = (0..LANES).max_by_key(|&lane| (ordered(self.top[lane]), !self.arg_max[lane]));
        let best = best.unwrap_or_default();
        let others = (0..LANES).filter(|&lane| lane != best).map(|lane| self.top[lane]);
        let runner_up = others.chain([self.runner_up[best]]).max_by_key(|&score| ordered(score));
        let lowest = self.lowest.into_iter().min_by_key(|&score| ordered(score));
        self.runner_up = [runner_up.unwrap_or_default(); LANES];
        self.lowest = [lowest.unwrap_or_default(); LANES];
        self.arg_max = [self.arg_max[best]; LANES];
        self.top = [self.top[best]; LANES];
    }

    /// Every requested sum, in each lane.
    #[inline(always)]
    fn sums(&self, row_needs: RowNeeds, steps: &Steps<'_>, ahead: &mut Prefetcher<'_>) -> Sums {
        let mut sums = Sums::default();
        if row_needs.rank {
            sums.rank = self.ranks(steps);
        }
        let ones = [ONE; LANES];
        match (row_needs.scores, row_needs.squares) {
            (ScoreKind::Any | ScoreKind::Vectors, _) => {}
            (ScoreKind::Logits, false) => self.exponentials(steps, ahead, &mut sums),
            (ScoreKind::Logits, true) => self.exponentials_and_squares(steps, ahead, &mut sums),
            (ScoreKind::Probabilities, squares) => {
                [sums.sum] = added_up(ones, steps, ahead, |_, _, p| [if p > ONE { 0 } else { p }]);
                if squares {
                    let largest = self.runner_up.map(square);
                    [sums.squares] = added_up(largest, steps, ahead, |lane, class, p| {
                        let squared = square(p);
                        let left_out = p > ONE
                            || class == self.arg_max[lane]
                            || field(squared) < MIN_RESULT_EXPONENT;
                        [if left_out { 0 } else { squared }]
                    });
                }
            }
        }
        match row_needs.mean {
            None => {}
            Some(0) => {
                let top = self.top;
                let largest = std::array::from_fn(|lane| difference(top[lane], self.lowest[lane]));
                [sums.mean] = added_up(largest, steps, ahead, |lane, _, score| {
                    let gap = difference(top[lane], score);
                    [if score == PADDING || field(gap) < MIN_RESULT_EXPONENT { 0 } else { gap }]
                });
            }
            Some(eps) => {
                let largest = [magnitude(ln(eps)); LANES];
                [sums.mean] = added_up(largest, steps, ahead, |_, _, p| {
                    let loss = magnitude(ln(p.max(eps)));
                    [if p > ONE { 0 } else { loss }]
                });
            }
        }
        sums
    }

    #[inline(always)]
    fn ranks(&self, steps: &Steps<'_>) -> Lanes {
        let mut rank = [0; LANES];
        for (first, scores) in steps.each() {
            for lane in 0..LANES {
                let [score, truth_score] =
                    [scores[lane], self.truth_score[lane]].map(f32::from_bits);
                let class = first + steps.stride * lane as u32;
                let before = (score == truth_score) & (class < self.truth[lane]);
                rank[lane] += u32::from((score > truth_score) | before);
            }
        }
        rank
    }

    /// The terms of a softmax. The arg max contributes 1, like the runner-up.
    #[inline(always)]
    fn exponentials(&self, steps: &Steps<'_>, ahead: &mut Prefetcher<'_>, sums: &mut Sums) {
        [sums.sum] =
            added_up([ONE; LANES], steps, ahead, |lane, _, score| [self.exponential(lane, score)]);
    }

    /// The same terms, and their squares.
    #[inline(always)]
    fn exponentials_and_squares(
        &self,
        steps: &Steps<'_>,
        ahead: &mut Prefetcher<'_>,
        sums: &mut Sums,
    ) {
        [sums.sum, sums.squares] = added_up([ONE; LANES], steps, ahead, |lane, _, score| {
            let term = self.exponential(lane, score);
            [term, times(term, term)]
        });
    }

    #[inline(always)]
    fn exponential(&self, lane: usize, score: u32) -> u32 {
        let below = minus(score, self.runner_up[lane]);
        exp_nonpositive(if below >> 31 == 0 { 0 } else { below })
    }

    /// The row of a lane with these sums.
    #[inline(always)]
    fn row(&self, lane: usize, row_needs: RowNeeds, classes: usize, sums: Units) -> RowSummary {
        let [top, runner_up, lowest] =
            [&self.top, &self.runner_up, &self.lowest].map(|scores| scores[lane]);
        let mut row = RowSummary {
            arg_max: self.arg_max[lane],
            truth: self.truth[lane],
            rank: sums.rank,
            flags: self.flags[lane],
            max: top,
            runner_up,
            truth_score: self.truth_score[lane],
            ..RowSummary::default()
        };
        let one = quantum(ONE);
        match row_needs.scores {
            ScoreKind::Any | ScoreKind::Vectors => {}
            ScoreKind::Logits => {
                // Without the arg max, which contributed 1.
                let [sum, squares] =
                    [sums.sum, sums.squares].map(|sum| sum.wrapping_sub(units(ONE, one)));
                row.sum = sum_of(sum, one);
                row.sum_of_squares = if row_needs.squares { sum_of(squares, one) } else { 0 };
            }
            ScoreKind::Probabilities => {
                row.flags |= if normalized(sums.sum) { 0 } else { ROW_UNNORMALIZED };
                let largest = square(runner_up);
                let squares = sum_of(sums.squares, quantum(largest));
                row.sum_of_squares =
                    if field(largest) < MIN_RESULT_EXPONENT { largest } else { squares };
            }
        }
        let largest = match row_needs.mean {
            None => return row,
            Some(0) => difference(top, lowest),
            Some(eps) => magnitude(ln(eps)),
        };
        let mean = mean_of(sums.mean, quantum(largest), classes as u32);
        let special = field(largest) < MIN_RESULT_EXPONENT || largest == INFINITY;
        row.mean = if special { largest } else { mean };
        row
    }
}
