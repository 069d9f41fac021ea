//! The CPU engine: blocks that stay in cache, all statistics of the plan per block, one contiguous
//! range of samples per thread, and the widest available instruction set.
//!
//! It does the work if there is no GPU, and checks the GPU if there is one. Every total is an
//! integer sum, so the result does not depend on threads, blocks or instruction sets.

mod add_blocks;
mod binary_problems;
mod block;
mod block_sum;
mod calibration;
mod cell_sums;
mod cells;
mod confusion;
mod double;
mod double_block;
mod extremes;
mod histogram;
mod job;
mod kinds;
mod margins;
mod matrix;
mod maximum;
mod moment;
mod normalize;
mod prefetch;
mod problem_scores;
mod ranges;
mod rows;
mod samples;
mod scores;
mod simd;
mod sum;
mod value;
mod vectors;

pub(crate) use self::job::Job;
pub(crate) use self::ranges::accumulate;
pub(crate) use self::samples::Samples;
pub use self::simd::InstructionSet;

use self::binary_problems::SamplesWithProblems;
#[cfg(all(test, feature = "gpu"))]
use crate::batch::Chunk;
use crate::error::Error;
#[cfg(all(test, feature = "gpu"))]
use crate::kernel::row::RowSummary;
#[cfg(all(test, feature = "gpu"))]
use crate::kernel::row_needs::RowNeeds;
use crate::statistic::{Plan, Totals};

/// Adds the samples of `chunk`, which belong to a view, to the view's total, and to the totals of
/// binary problems that are derived from the view.
///
/// # Errors
///
/// An internal error if the totals are those of another plan.
pub(crate) fn add<S: SamplesWithProblems>(
    plan: &Plan,
    chunk: &S,
    instructions: InstructionSet,
    view: usize,
    totals: &mut [Totals],
) -> Result<(), Error> {
    if totals.len() != plan.number_of_totals() || view >= plan.problem_totals().start {
        let (found, expected) = (totals.len(), plan.number_of_totals());
        let reason = format!("view {view} of {found} totals, but the plan has {expected} totals");
        return Err(Error::internal(reason));
    }
    let row_needs = plan.row_needs();
    for family in &plan.families {
        if let Some(problems) = family.kind.binary_problems() {
            let totals = &mut totals[family.totals.clone()];
            chunk.accumulate_problems(row_needs, family, problems, instructions, totals)?;
        } else if family.totals.contains(&view) {
            let job = Job { statistics: &family.statistics, row_needs };
            accumulate(job, chunk, instructions, &mut totals[view])?;
        }
    }
    Ok(())
}

/// The row summaries of a chunk, for tests of other engines.
#[cfg(all(test, feature = "gpu"))]
pub(crate) fn reduced(row_needs: RowNeeds, chunk: &Chunk<'_>) -> Vec<RowSummary> {
    let mut reduced = vec![RowSummary::default(); chunk.len()];
    rows::reduce_all(row_needs, chunk, &mut reduced);
    reduced
}
