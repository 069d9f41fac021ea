//! All statistics of a plan over one block of samples in double precision at a time.

use super::add_blocks::Place;
use super::block::samples;
use super::double::{self, DoubleBlock, DoubleWork, InputScratch};
use super::job::Job;
use super::kinds::Adder;
use super::prefetch::{self, Prefetcher};
use crate::batch::DoubleChunk;
use crate::error::Error;
use crate::exact::ExactSum;
use crate::statistic::{Total, Totals, Weights};

/// Adds the samples of `chunk` to `totals`. `FUSED` says that the instruction set has a fused
/// multiply-add, which only changes the speed.
#[inline(always)]
pub(super) fn accumulate<const FUSED: bool>(
    job: Job<'_>,
    chunk: &DoubleChunk<'_>,
    totals: &mut Totals,
) -> Result<(), Error> {
    let Job { statistics, row_needs } = job;
    totals.reserve_double_scores(chunk.len());
    let place = |index| Place { statistics, index, samples: chunk.len() };
    let mut adders: Vec<_> = (0..statistics.len()).map(|index| Adder::new(place(index))).collect();
    let samples = samples(chunk.schema);
    // Those of the inputs, one for the weights, and one for each statistic.
    let steps = double::INPUT_STEPS + 1 + statistics.len();
    let distance = prefetch::distance(chunk.schema, samples);
    let range = |start: usize| chunk.len().min(start)..chunk.len().min(start + samples);
    let fits: Vec<_> = statistics.iter().map(|s| s.fits(chunk.schema)).collect();
    let mut scratch = InputScratch::default();
    let (mut value, mut factor) = (vec![0.0; samples], vec![0.0; samples]);
    for start in (0..chunk.len()).step_by(samples) {
        let mut ahead = Prefetcher::new(chunk.slice(range(start + distance)).bytes(), steps);
        let part = chunk.slice(range(start));
        let block = scratch.load(row_needs, &part, &mut totals.weights, &mut ahead);
        ahead.advance();
        add_weights::<FUSED>(&block, &mut totals.weights);
        let len = block.prediction.len();
        let totals = totals.statistics.iter_mut().zip(&mut adders);
        for ((total, adder), _) in totals.zip(&fits).filter(|(_, fits)| **fits) {
            ahead.advance();
            let Total { faults, content } = total;
            let (value, factor) = (&mut value[..len], &mut factor[..len]);
            let work = DoubleWork { block: &block, value, factor, faults };
            adder.add_double_block::<FUSED>(content, work)?;
        }
    }
    for (total, adder) in totals.statistics.iter_mut().zip(&mut adders) {
        adder.flush(total)?;
    }
    Ok(())
}

/// Adds the weights of a block, and their squares, to their sums.
#[inline(always)]
fn add_weights<const FUSED: bool>(block: &DoubleBlock<'_>, weights: &mut Weights) {
    let Some(weight) = block.weight else {
        let ones = ExactSum::from_count(block.prediction.len() as u64);
        weights.sum.merge(&ones);
        weights.square_sum.merge(&ones);
        return;
    };
    let sums = [&mut weights.sum, &mut weights.square_sum];
    double::add_sum_and_products::<FUSED>(sums, [weight; 2], [block.weights; 2]);
}
