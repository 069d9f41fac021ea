//! Soft truths of rows of scores: twin of `shaders/reduce/soft_labels.wgsl`.

use crate::batch::Chunk;
use crate::kernel::bits::{
    MIN_RESULT_EXPONENT, ONE, difference, field, finite_or_zero, flushed, magnitude,
};
use crate::kernel::constant::Constant;
use crate::kernel::float::{INFINITY, ln};
use crate::kernel::row::RowSummary;
use crate::kernel::row::{NO_CLASS, ROW_CLIPPED, ROW_SOFT, quantised, quantum, sum_of, units};
use crate::kernel::row_needs::{RowNeeds, ScoreKind};
use crate::kernel::soft_labels::{is_distribution, soft_class};
use crate::kernel::vector::{placed_product, soft_loss};

/// The classes of the soft truths of a chunk.
pub(super) fn classes(part: &Chunk<'_>, classes: &mut Vec<u32>) {
    let truths = part.truth.chunks(part.schema.truth_width());
    classes.clear();
    classes.extend(truths.map(|truth| soft_class(truth.iter().copied())));
}

/// Adds the parts that depend on soft truths to the summaries of rows that were reduced with these
/// classes.
#[inline(never)]
pub(super) fn soften(row_needs: RowNeeds, part: &Chunk<'_>, rows: &mut [RowSummary]) {
    let scores = part.prediction.chunks(part.schema.prediction_width());
    let truths = part.truth.chunks(part.schema.truth_width());
    for ((scores, truth), row) in scores.zip(truths).zip(rows) {
        row.flags |= ROW_SOFT;
        if !is_distribution(truth.iter().copied()) {
            row.truth = NO_CLASS;
        }
        if let Some(min_probability) = row_needs.loss.map(Constant::bits) {
            add_losses(row_needs.scores, min_probability, scores, truth, row);
        }
    }
}

fn add_losses(
    kind: ScoreKind,
    min_probability: u32,
    scores: &[u32],
    truth: &[u32],
    row: &mut RowSummary,
) {
    let is_of_probabilities = kind == ScoreKind::Probabilities;
    let loss = |score: u32| match is_of_probabilities {
        true if score > ONE => 0,
        true => magnitude(ln(score.max(min_probability))),
        false => difference(row.max, score),
    };
    let elements =
        || scores.iter().zip(truth).map(|(&score, &t)| [finite_or_zero(score), flushed(t)]);
    let truth_score =
        || elements().filter(|&[_, t]| t != 0).map(|[score, _]| f32::from_bits(score));
    let lowest = truth_score().fold(f32::from_bits(row.max), f32::min).to_bits();
    let clips =
        is_of_probabilities && truth_score().any(|score| score < f32::from_bits(min_probability));
    let largest = if is_of_probabilities { magnitude(ln(min_probability)) } else { loss(lowest) };
    let (mut sum, mut losses) = (0, 0);
    for [score, t] in elements().filter(|&[_, t]| t != 0 && t <= ONE) {
        sum += units(quantised(t, quantum(ONE)), quantum(ONE));
        let loss = loss(score);
        if field(loss) >= MIN_RESULT_EXPONENT {
            losses += placed_product(t, loss, field(ONE) + field(largest));
        }
    }
    row.flags |= if clips { ROW_CLIPPED } else { 0 };
    row.truth_score = if largest == INFINITY { INFINITY } else { soft_loss(losses, largest) };
    row.sum_of_squares = sum_of(sum, quantum(ONE));
}
