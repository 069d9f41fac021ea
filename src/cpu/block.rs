//! All statistics of a plan over one block of samples at a time.
//!
//! Blocks in regular form go through plain loops that vectorise; a block with anything unusual in it
//! takes the same way, with a pass over its samples one by one to count what was wrong and set it to
//! zero.

use super::cells::{
    Memory, add_calibration, add_confusion, add_histogram, add_margins, add_matrix,
    count_nonfinite, flush, memory, store,
};
use super::moment::add_moment;
use super::normalize::{Block, Copies, SAMPLES};
use super::prefetch::Prefetcher;
use super::sum::{add_extremes, add_maximum, add_sum};
use super::value::{evaluate, keys};
use super::{block_sum, prefetch, rows};
use crate::batch::Chunk;
use crate::exact::ExactSum;
use crate::statistic::{Accumulator, Plan, Schema, Statistic, Totals, Weights};

/// Scores per block, where predictions are rows of them: as many as make a step of short rows, and
/// few enough for all threads to have some.
const SCORES: usize = 1 << 16;

/// Samples per block of a piece.
pub(super) fn samples(schema: Schema) -> usize {
    let rows = SCORES / schema.prediction_width();
    if schema.rows { rows.clamp(1, SAMPLES) } else { SAMPLES }
}

/// Memory for one block.
pub(super) struct Scratch {
    copies: Copies,
    /// The value of each sample, or the first factor of a moment.
    value: [u32; SAMPLES],
    /// The second factor of a moment.
    factor: [u32; SAMPLES],
}

impl Scratch {
    pub fn new() -> Self {
        Self { copies: Copies::new(), value: [0; SAMPLES], factor: [0; SAMPLES] }
    }
}

/// Adds the samples of `chunk` to `totals`. `FUSED` says that the instruction set has a fused
/// multiply-add, which changes only the speed.
#[inline(always)]
pub(super) fn accumulate<const FUSED: bool>(
    plan: &Plan,
    chunk: &Chunk<'_>,
    scratch: &mut Scratch,
    totals: &mut Totals,
) {
    totals.reserve_scores(chunk.len());
    let shared = shared_threshold(plan);
    let memory = |(index, statistic): (usize, &Statistic)| {
        let own = shared.filter(|shared| shared.histogram == index);
        memory(*statistic, chunk.len(), own.map(|shared| shared.threshold))
    };
    let mut memories: Vec<_> = plan.statistics.iter().enumerate().map(memory).collect();
    // The confusion that a histogram counts.
    let flush_result =
        |memory: &Memory| matches!(memory, Memory::Counts(own) if own.split.is_some());
    let flush_result =
        shared.filter(|_| memories.iter().any(flush_result)).map(|shared| shared.confusion);
    let samples = samples(chunk.schema);
    // Loops over a block that ask ahead: four for the inputs, and two for a statistic.
    let steps = 4 + 2 * plan.statistics.len() + rows::steps(chunk.schema, samples);
    let distance = prefetch::distance(chunk.schema, samples);
    let range = |start: usize| chunk.len().min(start)..chunk.len().min(start + samples);
    let reduction = plan.row_needs();
    let fits: Vec<_> = plan.statistics.iter().map(|s| s.fits(chunk.schema)).collect();
    for start in (0..chunk.len()).step_by(samples) {
        let mut ahead = Prefetcher::new(chunk.slice(range(start + distance)), steps);
        let part = chunk.slice(range(start));
        let Scratch { copies, value, factor } = scratch;
        let block = copies.load(reduction, &part, &mut totals.weights, &mut ahead);
        add_weights::<FUSED>(&block, &mut totals.weights, &mut ahead);
        let len = block.prediction.len();
        let (value, factor) = (&mut value[..len], &mut factor[..len]);
        let statistics = plan.statistics.iter().zip(&fits).zip(&mut totals.statistics);
        for (index, (((statistic, fits), total), memory)) in
            statistics.zip(&mut memories).enumerate()
        {
            if !fits {
                continue;
            }
            let faults = &mut total.faults;
            match (statistic, &mut total.content, memory) {
                (Statistic::Sum(function), Accumulator::Sum(sum), _) => {
                    let extent = evaluate(*function, &block, value, faults, &mut ahead);
                    add_sum::<FUSED>(sum, &block, value, extent.span(), &mut ahead);
                }
                (Statistic::Maximum(function), Accumulator::Maximum(maximum), _) => {
                    let extent = evaluate(*function, &block, value, faults, &mut ahead);
                    add_maximum(maximum, &block, value, extent.greatest);
                }
                (Statistic::Extremes(function), Accumulator::Extremes(extremes), _) => {
                    keys(*function, &block, value, faults, &mut ahead);
                    add_extremes(extremes, &block, value);
                }
                (Statistic::Moment(moment), Accumulator::Sum(sum), _) => {
                    add_moment::<FUSED>(*moment, sum, &block, value, factor, faults, &mut ahead);
                }
                (Statistic::Confusion { .. }, _, _) if flush_result == Some(index) => {
                    if block.unusual.is_some() {
                        count_nonfinite(&block, faults);
                    }
                }
                (Statistic::Confusion { threshold }, Accumulator::Confusion(confusion), _) => {
                    add_confusion(confusion, &block, *threshold, value, faults);
                }
                (
                    Statistic::Calibration { probability, .. },
                    Accumulator::Calibration(bins),
                    Memory::Tally(tally),
                ) => {
                    add_calibration(bins, &block, *probability, value, faults, tally);
                }
                (
                    Statistic::Histogram { division },
                    Accumulator::Cells(cells),
                    Memory::Counts(counts),
                ) => {
                    add_histogram(cells, &block, *division, value, counts, faults);
                }
                (Statistic::Scores, Accumulator::Scores(scores), _) => {
                    store(scores, &block, faults)
                }
                (
                    Statistic::Margins { classes },
                    Accumulator::Cells(cells),
                    Memory::Tally(tally),
                ) => {
                    add_margins(cells, &block, *classes as usize, tally, faults);
                }
                (
                    Statistic::Matrix { classes },
                    Accumulator::Cells(cells),
                    Memory::Tally(tally),
                ) => {
                    add_matrix(cells, &block, *classes as usize, tally, faults);
                }
                _ => debug_assert!(false, "{statistic} has a total of another kind"),
            }
        }
    }
    let both = totals.statistics.iter_mut().zip(&mut memories);
    both.for_each(|(total, memory)| flush(total, memory));
    for memory in memories {
        if let (Memory::Counts(own), Some(index)) = (memory, flush_result) {
            totals.statistics[index].content.merge(&Accumulator::Confusion(own.confusion));
        }
    }
}

/// A confusion count that a histogram counts on its way: what is above the threshold is known of all bins
/// but the one that it lies in.
#[derive(Clone, Copy)]
struct Shared {
    confusion: usize,
    threshold: f32,
    histogram: usize,
}

/// The confusion count of a plan, if there is one, and a histogram.
fn shared_threshold(plan: &Plan) -> Option<Shared> {
    let confusions = plan.statistics.iter().enumerate().filter_map(|(index, statistic)| {
        let Statistic::Confusion { threshold } = statistic else { return None };
        Some((index, *threshold))
    });
    let (confusion, threshold) = confusions.clone().next().filter(|_| confusions.count() == 1)?;
    let is_histogram = |statistic: &Statistic| matches!(statistic, Statistic::Histogram { .. });
    let histogram = plan.statistics.iter().position(is_histogram)?;
    Some(Shared { confusion, threshold, histogram })
}

/// Adds up the weights of a block, and their squares.
#[inline(always)]
fn add_weights<const FUSED: bool>(
    block: &Block<'_>,
    weights: &mut Weights,
    ahead: &mut Prefetcher<'_>,
) {
    match (block.weight, block.weight_span) {
        (None, _) => {
            let ones = ExactSum::from_count(block.prediction.len() as u64);
            weights.sum.merge(&ones);
            weights.square_sum.merge(&ones);
        }
        (Some(weight), Some(span)) => {
            let sums = [&mut weights.sum, &mut weights.square_sum];
            block_sum::sum_pair::<FUSED>(weight, weight, span, span, ahead, sums);
        }
        (Some(_), None) => {}
    }
}
