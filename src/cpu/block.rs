//! All statistics of a plan over one block of samples at a time.
//!
//! Blocks in regular form go through plain loops that vectorise; a block with anything unusual in it
//! takes the same way, with a pass over its samples one by one to count what was wrong and set it to
//! zero.

use super::prefetch::Prefetcher;
use super::regular::{Block, Copies};
use super::tally::{MOST_NUMBERS, Tally};
use super::window::{self, Extent, Span, numbers};
use crate::batch::Piece;
use crate::exact::ExactSum;
use crate::statistic::bits::{
    FIELD_LIMIT, FIELD_MAX, FIELD_MIN, FIELD_MOMENT, ONE, OUTSIDE, field, flushed, magnitude,
    ordered,
};
use crate::statistic::calibration::bin;
use crate::statistic::{
    CalibrationBin, Cells, Confusion, Content, Factor, Faults, Moment, Pair, Plan, Reads,
    SampleValue, Statistic, Total, Totals, Weights,
};

/// Samples per block: its inputs, its values and the inputs of the next take 14 KiB, well within a
/// first-level cache. Measured as fast as any of 256 to 2048, or faster.
pub(super) const SAMPLES: usize = 512;

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

/// Adds the samples of `piece` to `totals`. `FUSED` says that the instruction set has a fused
/// multiply-add, which changes only the speed.
#[inline(always)]
pub(super) fn accumulate<const FUSED: bool>(
    plan: &Plan,
    piece: &Piece<'_>,
    scratch: &mut Scratch,
    totals: &mut Totals,
) {
    // Loops over a block that ask ahead: four for the inputs, and two for a statistic.
    let steps = 4 + 2 * plan.statistics.len();
    let mut tallies: Vec<_> = plan.statistics.iter().map(|s| tally(*s, piece.len())).collect();
    let range = |start: usize| piece.len().min(start)..piece.len().min(start + SAMPLES);
    for start in (0..piece.len()).step_by(SAMPLES) {
        let mut ahead = Prefetcher::new(piece.slice(range(start + SAMPLES)), steps);
        let part = piece.slice(range(start));
        let Scratch { copies, value, factor } = scratch;
        let block = copies.load(plan.form(), &part, &mut totals.weights, &mut ahead);
        add_weights::<FUSED>(&block, &mut totals.weights, &mut ahead);
        let len = block.prediction.len();
        let (value, factor) = (&mut value[..len], &mut factor[..len]);
        let statistics = plan.statistics.iter().zip(&mut totals.statistics).zip(&mut tallies);
        for ((statistic, total), tally) in statistics {
            let faults = &mut total.faults;
            match (statistic, &mut total.content) {
                (Statistic::Sum(function), Content::Sum(sum)) => {
                    let extent = evaluate(*function, &block, value, faults, &mut ahead);
                    add_sum::<FUSED>(sum, &block, value, extent.span(), &mut ahead);
                }
                (Statistic::Maximum(function), Content::Maximum(maximum)) => {
                    let extent = evaluate(*function, &block, value, faults, &mut ahead);
                    add_maximum(maximum, &block, value, extent.greatest);
                }
                (Statistic::Moment(moment), Content::Sum(sum)) => {
                    add_moment::<FUSED>(*moment, sum, &block, value, factor, faults, &mut ahead);
                }
                (Statistic::Confusion { threshold }, Content::Confusion(confusion)) => {
                    add_confusion(confusion, &block, *threshold, value, faults);
                }
                (Statistic::Calibration { probability, .. }, Content::Calibration(bins)) => {
                    add_calibration(bins, &block, *probability, value, faults, tally);
                }
                (Statistic::Margins { classes }, Content::Cells(cells)) => {
                    add_margins(cells, &block, *classes as usize, tally);
                }
                (Statistic::Matrix { classes }, Content::Cells(cells)) => {
                    add_matrix(cells, &block, *classes as usize, tally);
                }
                _ => debug_assert!(false, "{statistic} has a total of another kind"),
            }
        }
    }
    totals.statistics.iter_mut().zip(&mut tallies).for_each(|(total, tally)| flush(total, tally));
}

/// Memory for the sums of a statistic's cells; none where there are more of them than samples.
fn tally(statistic: Statistic, samples: usize) -> Tally {
    let sums = match statistic {
        Statistic::Calibration { bins, .. } => BIN_SUMS * bins as usize,
        _ => statistic.cells(),
    };
    Tally::new(if sums <= samples && samples <= MOST_NUMBERS { sums } else { 0 })
}

/// Sums of a bin: weights by label, probabilities, those times the weights.
const BIN_SUMS: usize = 4;

#[cold]
#[inline(never)]
fn flush(total: &mut Total, tally: &mut Tally) {
    match &mut total.content {
        Content::Calibration(bins) => {
            for (index, bin) in bins.iter_mut().enumerate() {
                let [zero, one] = &mut bin.weights;
                let Pair { unweighted, weighted } = &mut bin.probability;
                let sums = (BIN_SUMS * index..).zip([zero, one, unweighted, weighted]);
                sums.for_each(|(index, sum)| tally.flush(index, sum));
            }
        }
        Content::Cells(cells) => {
            cells.weights.iter_mut().enumerate().for_each(|(cell, sum)| tally.flush(cell, sum));
        }
        Content::Sum(_) | Content::Maximum(_) | Content::Confusion(_) => {}
    }
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
            window::sum_pair::<FUSED>(weight, weight, span, span, ahead, sums);
        }
        (Some(_), None) => {}
    }
}

/// Fills `out` with a value's bits, every one of them a number that counts or 0.
#[inline(always)]
fn evaluate(
    value: SampleValue,
    block: &Block<'_>,
    out: &mut [u32],
    faults: &mut Faults,
    ahead: &mut Prefetcher<'_>,
) -> Extent {
    ahead.advance();
    fill(value, block, out);
    if value.function.may_clip() {
        faults.clipped += u64::from(clipped(value, block, out));
    }
    let extent = Extent::of(out);
    if block.unusual.is_none() && extent.within(FIELD_MIN, FIELD_MAX - 1) {
        return extent;
    }
    repair_values(value.function.reads(), block, out, faults);
    Extent::of(out)
}

/// Fills `out` with a value's bits as they are.
#[inline(always)]
fn fill(value: SampleValue, block: &Block<'_>, out: &mut [u32]) {
    value.function.fill(block.prediction, block.truth, value.parameter.to_bits(), out);
}

/// Number of samples that a value clips, of those that are in its domain.
#[inline(always)]
fn clipped(value: SampleValue, block: &Block<'_>, bits: &[u32]) -> u32 {
    let parameter = value.parameter.to_bits();
    let samples = block.prediction.iter().zip(block.truth).zip(bits).enumerate();
    samples.fold(0, |count, (index, ((&p, &t), &bits))| {
        let there = block.unusual.is_none() || !block.notes(index, value.function.reads()).0;
        count + u32::from(there & (bits != OUTSIDE) & value.function.clips(p, t, parameter))
    })
}

/// Counts the samples whose value cannot be, or is too small, and sets it to 0.
#[cold]
#[inline(never)]
fn repair_values(reads: Reads, block: &Block<'_>, out: &mut [u32], faults: &mut Faults) {
    for (index, bits) in out.iter_mut().enumerate() {
        *bits = kept(*bits, index, reads, block, faults).unwrap_or(0);
    }
}

/// The value of a sample as it counts; none, with the fault counted, if the sample is left out.
fn kept(
    bits: u32,
    index: usize,
    reads: Reads,
    block: &Block<'_>,
    faults: &mut Faults,
) -> Option<u32> {
    let (nonfinite, subnormal) = block.notes(index, reads);
    let weighs = block.weighs(index);
    let tiny = field(bits) < FIELD_MIN && magnitude(bits) != 0;
    if nonfinite {
        faults.nonfinite.count(weighs);
    } else if bits == OUTSIDE {
        faults.outside.count(weighs);
    } else if field(bits) == FIELD_MAX {
        faults.overflow.count(weighs);
    } else if tiny || subnormal {
        faults.underflow += 1;
    }
    let left_out = nonfinite || field(bits) == FIELD_MAX;
    (!left_out).then_some(if tiny { 0 } else { bits })
}

#[inline(always)]
fn add_sum<const FUSED: bool>(
    sum: &mut Pair<ExactSum>,
    block: &Block<'_>,
    value: &[u32],
    span: Option<Span>,
    ahead: &mut Prefetcher<'_>,
) {
    let Some(span) = span else { return };
    match (block.weight, block.weight_span) {
        (Some(weight), Some(weight_span)) => {
            let sums = [&mut sum.unweighted, &mut sum.weighted];
            window::sum_pair::<FUSED>(value, weight, span, weight_span, ahead, sums);
        }
        (weight, _) => {
            let unweighted = window::sum(numbers(value), span);
            sum.unweighted.merge(&unweighted);
            if weight.is_none() {
                sum.weighted.merge(&unweighted);
            }
        }
    }
}

/// Raises a maximum to `greatest`, and its weighted twin to the largest value with a weight. Sets
/// values without a weight to 0.
#[inline(always)]
fn add_maximum(maximum: &mut Pair<u32>, block: &Block<'_>, value: &mut [u32], greatest: u32) {
    maximum.unweighted = maximum.unweighted.max(greatest);
    let mut weighted = greatest;
    if let Some(weight) = block.weight {
        // Two loops, since one that chooses and takes the maximum at once does not vectorise.
        value.iter_mut().zip(weight).for_each(|(v, &w)| *v = if w == 0 { 0 } else { *v });
        weighted = value.iter().fold(0, |most, &v| most.max(v));
    }
    maximum.weighted = maximum.weighted.max(weighted);
}

#[inline(always)]
fn add_moment<const FUSED: bool>(
    moment: Moment,
    sum: &mut Pair<ExactSum>,
    block: &Block<'_>,
    x: &mut [u32],
    y: &mut [u32],
    faults: &mut Faults,
    ahead: &mut Prefetcher<'_>,
) {
    let load = |factor, out: &mut [u32]| match factor {
        Factor::One => out.fill(ONE),
        Factor::Prediction => out.copy_from_slice(block.prediction),
        Factor::Truth => out.copy_from_slice(block.truth),
    };
    let [first, second] = moment.factors();
    load(first, x);
    load(second, y);
    let (mut extent_x, mut extent_y) = (Extent::of(x), Extent::of(y));
    let regular = |extent: Extent| extent.within(FIELD_MOMENT, FIELD_LIMIT - 1);
    if block.unusual.is_some() || !regular(extent_x) || !regular(extent_y) {
        repair_factors(Statistic::Moment(moment).reads(), block, x, y, faults);
        (extent_x, extent_y) = (Extent::of(x), Extent::of(y));
    }
    match (extent_x.span(), extent_y.span()) {
        (Some(span), Some(_)) if second == Factor::One => {
            add_sum::<FUSED>(sum, block, x, Some(span), ahead);
        }
        (Some(span_x), Some(span_y)) => add_products(sum, block, x, y, span_x.product(span_y)),
        _ => {}
    }
}

/// Adds the products of two numbers of 24 bits each, and those with the weight.
#[inline(always)]
fn add_products(sum: &mut Pair<ExactSum>, block: &Block<'_>, x: &[u32], y: &[u32], span: Span) {
    let products = numbers(x).zip(numbers(y)).map(|(x, y)| x * y);
    let unweighted = window::sum(products.clone(), span);
    sum.unweighted.merge(&unweighted);
    match (block.weight, block.weight_span) {
        (None, _) => sum.weighted.merge(&unweighted),
        (Some(weight), Some(weight_span)) => {
            // A product of 48 bits times a weight does not fit an f64, but its halves do. With
            // units 2^a and 2^b the factors are at least 2^(a+23) and 2^(b+23), so the upper half
            // is a multiple of 2^(a+b+46-23); the lower half lies 23 bits below the product.
            let high_span = Span { top: span.top, unit: span.unit + 23 }.product(weight_span);
            let low_span = Span { top: span.top - 23, unit: span.unit }.product(weight_span);
            let terms = products.zip(numbers(weight));
            let high = terms.clone().map(|(xy, w)| high_half(xy) * w);
            sum.weighted.merge(&window::sum(high, high_span));
            let low = terms.map(|(xy, w)| (xy - high_half(xy)) * w);
            sum.weighted.merge(&window::sum(low, low_span));
        }
        (Some(_), None) => {}
    }
}

/// The leading 24 bits of a number.
#[inline(always)]
fn high_half(x: f64) -> f64 {
    f64::from_bits(x.to_bits() & !((1 << 29) - 1))
}

/// Counts the samples whose factors cannot be, or are too small, and sets both to 0.
#[cold]
#[inline(never)]
fn repair_factors(
    reads: Reads,
    block: &Block<'_>,
    x: &mut [u32],
    y: &mut [u32],
    faults: &mut Faults,
) {
    for (index, (x, y)) in x.iter_mut().zip(y).enumerate() {
        let (nonfinite, subnormal) = block.notes(index, reads);
        let weighs = block.weighs(index);
        let large = field(*x) >= FIELD_LIMIT || field(*y) >= FIELD_LIMIT;
        let tiny = |bits: u32| field(bits) < FIELD_MOMENT && magnitude(bits) != 0;
        if nonfinite {
            faults.nonfinite.count(weighs);
        } else if large {
            faults.overflow.count(weighs);
        } else if tiny(*x) || tiny(*y) || subnormal {
            faults.underflow += 1;
        }
        if nonfinite || large || tiny(*x) || tiny(*y) {
            (*x, *y) = (0, 0);
        }
    }
}

#[inline(always)]
fn add_confusion(
    confusion: &mut Confusion,
    block: &Block<'_>,
    threshold: f32,
    cell: &mut [u32],
    faults: &mut Faults,
) {
    let least = ordered(flushed(threshold.to_bits()));
    for ((cell, &score), &label) in cell.iter_mut().zip(block.prediction).zip(block.truth) {
        let positive = u32::from(ordered(score) > least);
        *cell = 2 * u32::from(label == ONE) + positive;
    }
    if block.unusual.is_some() {
        leave_out_nonfinite(block, cell, faults);
    }
    for index in 0..4 {
        let count = cell.iter().fold(0, |count, &cell| count + u32::from(cell == index));
        let (counts, weights) = (&mut confusion.counts, &mut confusion.weights);
        counts[index as usize] += u64::from(count);
        let weight = match (block.weight, block.weight_span) {
            (None, _) => ExactSum::from_count(count.into()),
            (Some(weight), Some(span)) => {
                let own = |(&cell, &w): (&u32, &u32)| if cell == index { w } else { 0 };
                let own = cell.iter().zip(weight).map(own);
                window::sum(own.map(|w| f32::from_bits(w).into()), span)
            }
            (Some(_), None) => continue,
        };
        weights[index as usize].merge(&weight);
    }
}

/// Adds each sample to the bin of its probability, one by one.
fn add_calibration(
    bins: &mut [CalibrationBin],
    block: &Block<'_>,
    probability: SampleValue,
    value: &mut [u32],
    faults: &mut Faults,
    tally: &mut Tally,
) {
    fill(probability, block, value);
    let (reads, number) = (probability.function.reads(), bins.len() as u32);
    for (index, &bits) in value.iter().enumerate() {
        let Some(bits) = kept(bits, index, reads, block, faults) else { continue };
        let bin_index = bin(bits, number) as usize;
        let (bin, first) = (&mut bins[bin_index], BIN_SUMS * bin_index);
        let label = usize::from(block.truth[index] == ONE);
        let weight = block.weight.map_or(ONE, |weight| weight[index]);
        let (p, w) = (f64::from(f32::from_bits(bits)), f64::from(f32::from_bits(weight)));
        bin.counts[label] += 1;
        tally.add(first + label, w, &mut bin.weights[label]);
        tally.add(first + 2, p, &mut bin.probability.unweighted);
        tally.add(first + 3, p * w, &mut bin.probability.weighted);
    }
}

/// The classes and the weight of each sample: prediction, truth, weight.
fn classified(block: &Block<'_>) -> impl Iterator<Item = (usize, usize, f64)> {
    let class = |bits: u32| f32::from_bits(bits) as usize;
    let weight = block.weight;
    block.prediction.iter().zip(block.truth).enumerate().map(move |(index, (&p, &t))| {
        let weight = weight.map_or(ONE, |weight| weight[index]);
        (class(p), class(t), f32::from_bits(weight).into())
    })
}

fn add_margins(cells: &mut Cells, block: &Block<'_>, classes: usize, tally: &mut Tally) {
    for (prediction, truth, weight) in classified(block) {
        if prediction == truth {
            add_to_cell(cells, truth, weight, tally);
        }
        add_to_cell(cells, classes + truth, weight, tally);
        add_to_cell(cells, 2 * classes + prediction, weight, tally);
    }
}

fn add_matrix(cells: &mut Cells, block: &Block<'_>, classes: usize, tally: &mut Tally) {
    for (prediction, truth, weight) in classified(block) {
        add_to_cell(cells, truth * classes + prediction, weight, tally);
    }
}

#[inline(always)]
fn add_to_cell(cells: &mut Cells, cell: usize, weight: f64, tally: &mut Tally) {
    cells.counts[cell] += 1;
    tally.add(cell, weight, &mut cells.weights[cell]);
}

/// Gives samples without a finite score a cell of their own, 4, which nothing counts.
#[cold]
#[inline(never)]
fn leave_out_nonfinite(block: &Block<'_>, cell: &mut [u32], faults: &mut Faults) {
    for (index, cell) in cell.iter_mut().enumerate() {
        let (nonfinite, subnormal) = block.notes(index, Reads::Prediction);
        if nonfinite {
            faults.nonfinite.count(block.weighs(index));
            *cell = 4;
        } else if subnormal {
            faults.underflow += 1;
        }
    }
}
