//! The state of the rows in the lanes while they are reduced.

use super::lanes::{LANES, Lanes, PADDING, Steps};
use super::sums::{Sums, Units, added_up};
use crate::cpu::prefetch::Prefetcher;
use crate::kernel::bits::{
    MIN_RESULT_EXPONENT, ONE, difference, field, flushed, magnitude, ordered, square,
};
use crate::kernel::constant::Constant;
use crate::kernel::float::{INFINITY, ln, minus, times};
use crate::kernel::row::{
    ROW_UNNORMALIZED, RowSummary, exp_nonpositive, mean_of, normalized, quantum, sum_of, units,
};
use crate::kernel::row_needs::{RowNeeds, ScoreKind};

/// The largest score, its class, and the largest of the others, in each lane.
struct Extremes {
    top: Lanes<f32>,
    arg_max: Lanes,
    runner_up: Lanes<f32>,
}

impl Default for Extremes {
    fn default() -> Self {
        let none = [f32::NEG_INFINITY; LANES];
        Self { top: none, arg_max: [0; LANES], runner_up: none }
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
pub(super) struct LaneState {
    pub(super) flags: Lanes,
    top: Lanes,
    arg_max: Lanes,
    runner_up: Lanes,
    lowest: Lanes,
    pub(super) truth: Lanes,
    pub(super) truth_score: Lanes,
}

impl Default for LaneState {
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

impl LaneState {
    /// Finds in each lane the largest score, its class, the largest of the others, and the lowest
    /// if means are needed. Returns whether all scores are regular: finite, not subnormal and,
    /// where scores are probabilities, within [0, 1]. If not, the values found are meaningless.
    #[inline(always)]
    pub(super) fn find_extremes(&mut self, row_needs: RowNeeds, steps: &Steps<'_>) -> bool {
        let mut found = Extremes::default();
        // If scores may be negative, the sign is shifted out: the rest has the order of magnitudes.
        let (sign, limit) = match row_needs.scores {
            ScoreKind::Probabilities => (0, ONE),
            _ => (1, (INFINITY << 1) - 1),
        };
        let (mut largest, mut smallest) = ([0; LANES], [u32::MAX; LANES]);
        let mut first = 0;
        for scores in steps.whole {
            found.scan(scores, first, steps.stride);
            for ((score, largest), smallest) in scores.iter().zip(&mut largest).zip(&mut smallest) {
                let size = score << sign;
                *largest = size.max(*largest);
                // Zero minus 1 wraps to the largest integer.
                *smallest = size.wrapping_sub(1).min(*smallest);
            }
            first += steps.classes_per_step();
        }
        if let Some(scores) = steps.last {
            found.scan(scores, first, steps.stride);
        }
        let Extremes { top, arg_max, runner_up } = found;
        let mut regular = true;
        for (&largest, &smallest) in largest.iter().zip(&smallest) {
            regular &= (largest <= limit) & (smallest >= (1 << 23 << sign) - 1);
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
        regular
    }

    /// Merges the values of all lanes into each of them.
    pub(super) fn merge_extremes(&mut self) {
        let rank = |lane: usize| (ordered(self.top[lane]), !self.arg_max[lane]);
        let best =
            (1..LANES).fold(0, |best, lane| if rank(lane) > rank(best) { lane } else { best });
        let larger = |a: u32, b: u32| if ordered(b) > ordered(a) { b } else { a };
        let smaller = |a: u32, b: u32| if ordered(b) < ordered(a) { b } else { a };
        let other_lanes = (0..LANES).filter(|&lane| lane != best).map(|lane| self.top[lane]);
        self.runner_up = [other_lanes.fold(self.runner_up[best], larger); LANES];
        self.lowest = [self.lowest.into_iter().fold(self.lowest[0], smaller); LANES];
        self.arg_max = [self.arg_max[best]; LANES];
        self.top = [self.top[best]; LANES];
    }

    /// Every requested sum, in each lane.
    #[inline(always)]
    pub(super) fn sums(
        &self,
        row_needs: RowNeeds,
        steps: &Steps<'_>,
        ahead: &mut Prefetcher<'_>,
    ) -> Sums {
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
        match row_needs.mean.map(Constant::bits) {
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
    pub(super) fn row(
        &self,
        lane: usize,
        row_needs: RowNeeds,
        classes: usize,
        sums: Units,
    ) -> RowSummary {
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
        let largest = match row_needs.mean.map(Constant::bits) {
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
