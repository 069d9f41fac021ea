//! Rows of predictions and of truths, reduced to the summaries from which values of vectors are
//! computed.

use crate::batch::Chunk;
use crate::kernel::bits::{ONE, field, finite_or_zero, nonfinite, subnormal};
use crate::kernel::constant::Constant;
use crate::kernel::row::{
    ROW_CLIPPED, ROW_NONFINITE, ROW_OUTSIDE, ROW_SUBNORMAL, ROW_TRUTH_NONFINITE,
    ROW_TRUTH_SUBNORMAL, ROW_UNNORMALIZED, RowSummary, normalized, quantised, quantum, units,
};
use crate::kernel::row_needs::RowNeeds;
use crate::kernel::vector::{
    DIVERGENCE_UNIT, PRODUCT_UNIT, divergence_term, is_probability, placed_product, total,
};

/// Reduces the pairs of rows of a chunk, one for each sample.
#[inline(never)]
pub(super) fn reduce(row_needs: RowNeeds, part: &Chunk<'_>, rows: &mut [RowSummary]) {
    let (predictions, truths) = part.vectors();
    for ((prediction, truth), row) in predictions.zip(truths).zip(rows) {
        *row = reduced(row_needs, prediction, truth);
    }
}

fn reduced(row_needs: RowNeeds, prediction: &[u32], truth: &[u32]) -> RowSummary {
    let mut row = RowSummary::default();
    let mut largest = [0; 2];
    let elements = || prediction.iter().zip(truth).map(|(&p, &t)| [p, t]);
    for [prediction, truth] in elements() {
        let [p, t] = [prediction, truth].map(finite_or_zero);
        largest = [largest[0].max(field(p)), largest[1].max(field(t))];
        row.flags |= flag_if(nonfinite(prediction), ROW_NONFINITE);
        row.flags |= flag_if(nonfinite(truth), ROW_TRUTH_NONFINITE);
        row.flags |= flag_if(subnormal(prediction), ROW_SUBNORMAL);
        row.flags |= flag_if(subnormal(truth), ROW_TRUTH_SUBNORMAL);
        if let Some(min_probability) = row_needs.mean.map(Constant::bits) {
            row.flags |= flag_if(!(is_probability(p) && is_probability(t)), ROW_OUTSIDE);
            row.flags |= flag_if(p < min_probability && t != 0, ROW_CLIPPED);
        }
    }
    if row_needs.squares {
        let [of_p, of_t] = largest;
        let mut sums = [0_i128; 3];
        for [p, t] in elements().map(|element| element.map(finite_or_zero)) {
            sums[0] += placed_product(p, t, of_p + of_t);
            sums[1] += placed_product(p, p, 2 * of_p);
            sums[2] += placed_product(t, t, 2 * of_t);
        }
        [row.sum, row.sum_of_squares, row.truth_score] =
            sums.map(|units| total(units, PRODUCT_UNIT));
    }
    if let Some(min_probability) = row_needs.mean.map(Constant::bits) {
        let (mut divergence, mut sums) = (0_i128, [0_u64; 2]);
        let one = quantum(ONE);
        for [p, t] in elements().map(|element| element.map(finite_or_zero)) {
            if is_probability(p) && is_probability(t) {
                divergence += divergence_term(p.max(min_probability), t);
                sums[0] += units(quantised(p, one), one);
                sums[1] += units(quantised(t, one), one);
            }
        }
        row.mean = total(divergence, DIVERGENCE_UNIT);
        row.flags |= flag_if(!sums.into_iter().all(normalized), ROW_UNNORMALIZED);
    }
    row
}

/// `flag` if `applies`, else no flag.
fn flag_if(applies: bool, flag: u32) -> u32 {
    if applies { flag } else { 0 }
}
