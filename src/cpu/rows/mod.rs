//! Rows of scores, reduced to the summaries from which values are computed.
//!
//! Scores are laid out in steps of [`LANES`] that are processed side by side. If rows are short, a
//! lane is a row and a step is a class. A long row is spread over all lanes, whose results are
//! merged at the end. No result depends on the order of the scores, so both layouts give the same
//! result.

mod lane_state;
mod lanes;
mod soft;
mod sums;

use self::lane_state::LaneState;
use self::lanes::{LANES, Lanes, PADDING, Steps};
use super::prefetch::Prefetcher;
use super::vectors;
use crate::batch::Chunk;
use crate::kernel::bits::{ONE, flushed, magnitude};
use crate::kernel::float::INFINITY;
use crate::kernel::row::{NO_CLASS, ROW_NONFINITE, ROW_OUTSIDE, ROW_SUBNORMAL, RowSummary};
use crate::kernel::row_needs::{RowNeeds, ScoreKind};
use crate::statistic::Schema;

/// Memory for the scores of a few short rows, or of one long row.
pub(super) struct RowScratch {
    scores: Vec<Lanes>,
    last: Lanes,
    /// The classes of soft truths.
    classes: Vec<u32>,
}

impl Default for RowScratch {
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
    let mut ahead = Prefetcher::new([&[]; 3], 1);
    reduce(row_needs, chunk, &mut RowScratch::default(), rows, &mut ahead);
}

/// Reduces the rows of a chunk, one for each sample.
///
/// Uses plain loops: a closure that is not inlined would be compiled for the baseline instruction
/// set.
#[inline(always)]
pub(super) fn reduce(
    row_needs: RowNeeds,
    part: &Chunk<'_>,
    scratch: &mut RowScratch,
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
    scratch: &mut RowScratch,
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
    let mut lanes = LaneState::default();
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
    scratch: &mut RowScratch,
    ahead: &mut Prefetcher<'_>,
) -> RowSummary {
    let (whole, rest) = scores.as_chunks();
    scratch.last = [0; LANES];
    scratch.last[..rest.len()].copy_from_slice(rest);
    let notes_of_last = make_regular(&mut scratch.last, row_needs.scores);
    scratch.last[rest.len()..].fill(PADDING);
    let mut steps = Steps { whole, last: Some(&scratch.last), stride: 1 };
    let mut lanes = LaneState::default();
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
