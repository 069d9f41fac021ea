//! The CPU engine: blocks that stay in cache, all statistics of the plan per block, one contiguous
//! range of samples per thread, and the widest available instruction set.
//!
//! It does the work if there is no GPU, and checks the GPU if there is one. Every total is an
//! integer sum, so the result does not depend on threads, blocks or instruction sets.

mod add_blocks;
mod block;
mod block_sum;
mod calibration;
mod cell_sums;
mod cells;
mod confusion;
mod extremes;
mod histogram;
mod kinds;
mod margins;
mod matrix;
mod maximum;
mod moment;
mod normalize;
mod one_vs_rest;
mod prefetch;
mod rows;
mod scores;
mod simd;
mod sum;
mod value;
mod vectors;

pub use self::simd::InstructionSet;

use crate::batch::Chunk;
#[cfg(all(test, feature = "gpu"))]
use crate::kernel::row::RowSummary;
use crate::kernel::row_needs::RowNeeds;
use crate::statistic::{Plan, Statistic, Totals};
use rayon::prelude::*;

/// A range with fewer samples is not worth a separate thread.
const RANGE_SAMPLES: usize = 1 << 15;

/// Number of elements that take as long as creating and merging one cell of the totals. Measured: 5
/// to 15.
const CELL_ELEMENTS: usize = 8;

/// By this factor the time for cells should be smaller than the time for samples.
const LITTLE: usize = 64;

/// Ranges per thread, so that other threads can take over work from a delayed one.
const RANGES_PER_THREAD: usize = 8;

/// How to accumulate the samples of a chunk.
#[derive(Clone, Copy)]
pub(crate) struct Job<'a> {
    pub statistics: &'a [Statistic],
    /// The parts of the row summary that are needed.
    pub row_needs: RowNeeds,
}

/// Adds the samples of `chunk`, which belong to a view, to the view's total, and to the totals of
/// binary problems that are derived from the view.
pub(crate) fn add(
    plan: &Plan,
    chunk: &Chunk<'_>,
    instructions: InstructionSet,
    view: usize,
    totals: &mut [Totals],
) {
    let row_needs = plan.row_needs();
    for family in &plan.families {
        if family.kind.is_view() && family.totals.contains(&view) {
            let job = Job { statistics: &family.statistics, row_needs };
            accumulate(job, chunk, instructions, &mut totals[view]);
        } else if !family.kind.is_view() {
            let totals = &mut totals[family.totals.clone()];
            one_vs_rest::accumulate_problems(row_needs, family, chunk, instructions, totals);
        }
    }
}

/// Adds the samples of `chunk` to `totals`.
pub(crate) fn accumulate(
    job: Job<'_>,
    chunk: &Chunk<'_>,
    instructions: InstructionSet,
    totals: &mut Totals,
) {
    let cells: usize = job.statistics.iter().map(|statistic| statistic.cells()).sum();
    // Each range has separate totals. If there are many cells, one range per thread is used as long
    // as cells take no longer than the samples, and more ranges only while cells take little of the
    // time.
    let threads = rayon::current_num_threads();
    let ranges_of = |elements: usize| {
        let work = RANGE_SAMPLES.max(elements * cells);
        chunk.len() / (work / chunk.schema.prediction_width()).max(1)
    };
    let few = ranges_of(CELL_ELEMENTS).clamp(1, threads);
    let ranges = ranges_of(LITTLE * CELL_ELEMENTS).clamp(few, RANGES_PER_THREAD * threads);
    if ranges == 1 {
        return instructions.accumulate(job, chunk, totals);
    }
    let samples = block::samples(chunk.schema);
    let blocks = chunk.len().div_ceil(samples);
    let start = |range: usize| (blocks * range / ranges * samples).min(chunk.len());
    let add = |range: usize, totals: &mut Totals| {
        let part = chunk.slice(start(range)..start(range + 1));
        instructions.accumulate(job, &part, totals);
    };
    let apart = |range: usize| {
        let mut totals = Totals::empty(job.statistics);
        add(range, &mut totals);
        totals
    };
    // The first range adds to `totals` directly.
    let others = || -> Vec<_> { (1..ranges).into_par_iter().map(apart).collect() };
    let (parts, ()) = rayon::join(others, || add(0, totals));
    // Each part is dropped once it is merged, so that its stored scores need not be copied.
    parts.into_iter().for_each(|part| totals.merge(&part));
}

/// The row summaries of a chunk, for tests of other engines.
#[cfg(all(test, feature = "gpu"))]
pub(crate) fn reduced(row_needs: RowNeeds, chunk: &Chunk<'_>) -> Vec<RowSummary> {
    let mut reduced = vec![RowSummary::default(); chunk.len()];
    rows::reduce_all(row_needs, chunk, &mut reduced);
    reduced
}
