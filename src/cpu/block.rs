//! All statistics of a plan over one block of samples at a time.
//!
//! Normalized blocks are processed in plain loops that vectorise. A block with flagged inputs is
//! first repaired by a pass over its samples one by one, which counts faults and sets them to zero.

use super::add_blocks::{Place, Work};
use super::job::Job;
use super::kinds::Adder;
use super::normalize::{BLOCK_SAMPLES, Block, InputScratch};
use super::prefetch::Prefetcher;
use super::{block_sum, prefetch, rows};
use crate::batch::Chunk;
use crate::error::Error;
use crate::exact::ExactSum;
use crate::statistic::{Schema, Total, Totals, Weights};

/// Scores per block, where predictions are rows of scores: large enough for a full step of short
/// rows, and small enough that every thread has work.
const SCORES: usize = 1 << 16;

/// Samples per block of a chunk.
pub(super) fn samples(schema: Schema) -> usize {
    let rows = SCORES / schema.prediction_width();
    if schema.rows { rows.clamp(1, BLOCK_SAMPLES) } else { BLOCK_SAMPLES }
}

/// Memory for one block.
pub(super) struct BlockScratch {
    inputs: InputScratch,
    /// The value of each sample, or the first factor of a moment.
    value: [u32; BLOCK_SAMPLES],
    /// The second factor of a moment.
    factor: [u32; BLOCK_SAMPLES],
}

impl BlockScratch {
    pub fn new() -> Self {
        Self { inputs: InputScratch::new(), value: [0; BLOCK_SAMPLES], factor: [0; BLOCK_SAMPLES] }
    }
}

/// Adds the samples of `chunk` to `totals`. `FUSED` says that the instruction set has a fused
/// multiply-add, which only changes the speed.
#[inline(always)]
pub(super) fn accumulate<const FUSED: bool>(
    job: Job<'_>,
    chunk: &Chunk<'_>,
    scratch: &mut BlockScratch,
    totals: &mut Totals,
) -> Result<(), Error> {
    let Job { statistics, row_needs } = job;
    totals.reserve_scores(chunk.len());
    let place = |index| Place { statistics, index, samples: chunk.len() };
    let mut adders: Vec<_> = (0..statistics.len()).map(|index| Adder::new(place(index))).collect();
    let samples = samples(chunk.schema);
    // Loops over a block that prefetch: four for the inputs, and two for each statistic.
    let steps = 4 + 2 * statistics.len() + rows::steps(chunk.schema, samples);
    let distance = prefetch::distance(chunk.schema, samples);
    let range = |start: usize| chunk.len().min(start)..chunk.len().min(start + samples);
    let fits: Vec<_> = statistics.iter().map(|s| s.fits(chunk.schema)).collect();
    for start in (0..chunk.len()).step_by(samples) {
        let mut ahead = Prefetcher::new(chunk.slice(range(start + distance)).bytes(), steps);
        let part = chunk.slice(range(start));
        let BlockScratch { inputs, value, factor } = scratch;
        let block = inputs.load(row_needs, &part, &mut totals.weights, &mut ahead);
        add_weights::<FUSED>(&block, &mut totals.weights, &mut ahead);
        let len = block.prediction.len();
        let totals = totals.statistics.iter_mut().zip(&mut adders);
        for ((total, adder), _) in totals.zip(&fits).filter(|(_, fits)| **fits) {
            let Total { faults, content } = total;
            let (value, factor) = (&mut value[..len], &mut factor[..len]);
            let work = Work { block: &block, value, factor, faults, ahead: &mut ahead };
            adder.add_block::<FUSED>(content, work)?;
        }
    }
    for (total, adder) in totals.statistics.iter_mut().zip(&mut adders) {
        adder.flush(total)?;
    }
    for (index, counted) in adders.into_iter().filter_map(Adder::counted_for_another) {
        totals.statistics[index].content.merge(&counted)?;
    }
    Ok(())
}

/// Adds the weights of a block, and their squares, to their sums.
#[inline(always)]
fn add_weights<const FUSED: bool>(
    block: &Block<'_>,
    weights: &mut Weights,
    ahead: &mut Prefetcher<'_>,
) {
    match (block.weight, block.weight_bits) {
        (None, _) => {
            let ones = ExactSum::from_count(block.prediction.len() as u64);
            weights.sum.merge(&ones);
            weights.square_sum.merge(&ones);
        }
        (Some(weight), Some(bits)) => {
            let sums = [&mut weights.sum, &mut weights.square_sum];
            block_sum::sum_pair::<FUSED>(weight, weight, bits, bits, ahead, sums);
        }
        (Some(_), None) => {}
    }
}
