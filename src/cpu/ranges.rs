//! Adds the samples of a chunk in ranges, one thread for each.

use super::block;
use super::job::Job;
use super::samples::Samples;
use super::simd::InstructionSet;
use crate::error::Error;
use crate::statistic::Totals;
use rayon::prelude::*;

/// A range with fewer samples is not worth a separate thread.
const RANGE_SAMPLES: usize = 1 << 15;

/// Number of elements that take as long as creating and merging one cell of the totals. Measured: 5
/// to 15.
const CELL_ELEMENTS: usize = 8;

/// The samples of a range should take at least this many times the time for its cells.
const CELL_TIME_SHARE: usize = 64;

/// Ranges per thread, so that other threads can take over work from a delayed one.
const RANGES_PER_THREAD: usize = 8;

/// Adds the samples of `chunk` to `totals`.
///
/// # Errors
///
/// An internal error if they do not fit each other.
pub(crate) fn accumulate<S: Samples>(
    job: Job<'_>,
    chunk: &S,
    instructions: InstructionSet,
    totals: &mut Totals,
) -> Result<(), Error> {
    job.check(chunk.schema(), totals)?;
    let cells: usize = job.statistics.iter().map(|statistic| statistic.cells()).sum();
    // Each range has separate totals. If there are many cells, one range per thread is used as long
    // as cells take no longer than the samples, and more ranges only while cells take a small share
    // of the time.
    let threads = rayon::current_num_threads();
    let ranges_of = |elements: usize| {
        let work = RANGE_SAMPLES.max(elements * cells);
        chunk.len() / (work / chunk.schema().prediction_width()).max(1)
    };
    let min_ranges = ranges_of(CELL_ELEMENTS).clamp(1, threads);
    let max_ranges = RANGES_PER_THREAD * threads;
    let ranges = ranges_of(CELL_TIME_SHARE * CELL_ELEMENTS).clamp(min_ranges, max_ranges);
    if ranges == 1 {
        return instructions.accumulate(job, chunk, totals);
    }
    let samples = block::samples(chunk.schema());
    let blocks = chunk.len().div_ceil(samples);
    let start = |range: usize| (blocks * range / ranges * samples).min(chunk.len());
    let add = |range: usize, totals: &mut Totals| {
        let part = chunk.slice(start(range)..start(range + 1));
        instructions.accumulate(job, &part, totals)
    };
    let separate_totals = |range: usize| {
        let mut totals = Totals::empty(job.statistics);
        add(range, &mut totals).map(|()| totals)
    };
    // The first range adds to `totals` directly.
    let other_ranges =
        || -> Result<Vec<_>, _> { (1..ranges).into_par_iter().map(separate_totals).collect() };
    let (parts, first) = rayon::join(other_ranges, || add(0, totals));
    first?;
    // Each part is dropped once it is merged, so that its stored scores need not be copied.
    parts?.into_iter().try_for_each(|part| totals.merge(&part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Chunk;
    use crate::kernel::row_needs::RowNeeds;
    use crate::statistic::{Constant, Plan, Statistic, Task, ValueFn};

    #[test]
    fn totals_of_other_statistics_and_missing_rows_are_internal_errors() {
        let (sum, confusion) = (
            Statistic::sum(ValueFn::Correct),
            Statistic::Confusion { threshold: Constant::new(0.5), probabilities: false },
        );
        let plan = Plan::new(Task::Multiclass, [sum]);
        let chunk = Chunk {
            schema: plan.schema(false),
            prediction: &[0],
            truth: &[0],
            weight: None,
            masked: false,
        };
        let add = |statistics: &[Statistic], totals: &[Statistic]| {
            let job = Job { statistics, row_needs: RowNeeds::default() };
            let mut totals = Totals::empty(totals);
            accumulate(job, &chunk, InstructionSet::BASELINE, &mut totals)
        };
        assert_eq!(add(&[sum], &[sum]), Ok(()));
        let of_rows = Statistic::sum(ValueFn::SoftmaxLoss);
        for (statistics, totals) in
            [(&[sum][..], &[][..]), (&[sum], &[confusion]), (&[of_rows], &[of_rows])]
        {
            let error = add(statistics, totals).expect_err("they do not fit").to_string();
            assert!(error.starts_with("internal error: "), "{error}");
        }
    }
}
