//! Mutants of the reduction of rows, each with the index of the need whose comparison must detect
//! it.

use super::mutant::{Mutant, mutant};

/// The indices of needs.
const RANK: usize = 0;
const LOGITS: usize = 2;
const PROBABILITIES: usize = 3;
const VECTORS: usize = 4;

pub(in crate::gpu) const MUTANTS: &[Mutant<usize>] = &[
    mutant(
        "the higher of equal classes wins",
        RANK,
        "a.top == b.top && a.arg_max < b.arg_max",
        "a.top == b.top && a.arg_max > b.arg_max",
    ),
    mutant(
        "the higher of equal classes wins within a thread",
        RANK,
        "select(extremes.arg_max, label, key > extremes.top)",
        "select(extremes.arg_max, label, key >= extremes.top)",
    ),
    mutant(
        "the runner-up of the other half is dropped",
        RANK,
        "max(min(a.top, b.top), select(b.runner_up, a.runner_up, first))",
        "min(a.top, b.top)",
    ),
    mutant(
        "the previous maximum is not kept as runner-up",
        RANK,
        "max(extremes.runner_up, min(key, extremes.top))",
        "max(extremes.runner_up, select(0u, key, key < extremes.top))",
    ),
    mutant("flags of the other half are lost", RANK, "a.notes | b.notes", "a.notes"),
    mutant(
        "equal scores of lower classes do not rank before the truth",
        RANK,
        "score == known.of_truth && label < known.truth",
        "score == known.of_truth && label > known.truth",
    ),
    mutant(
        "an invalid class is accepted as truth",
        RANK,
        "truths[index] < CLASSES",
        "truths[index] <= CLASSES",
    ),
    mutant(
        "the last class is skipped",
        LOGITS,
        "element < end; element += TEAM) {\n                sums",
        "element + 1u < end; element += TEAM) {\n                sums",
    ),
    mutant(
        "the last row is skipped",
        RANK,
        "member == 0u && index < samples",
        "member == 0u && index + 1u < samples",
    ),
    mutant("a carry between words of a sum is dropped", LOGITS, "select(0u, 1u, low < a.x)", "0u"),
    mutant(
        "the arg max is a term of its own sum",
        LOGITS,
        "select(exponential, 0u, label == known.arg_max)",
        "exponential",
    ),
    mutant(
        "terms are relative to the largest",
        LOGITS,
        "exp_nonpositive(minus(score, known.runner_up))",
        "exp_nonpositive(minus(score, known.top))",
    ),
    mutant(
        "half of a team is left out of a sum",
        LOGITS,
        "plus_units(a.squares, b.squares)",
        "a.squares",
    ),
    mutant("the lowest score is forgotten", LOGITS, "min(extremes.lowest, key)", "key"),
    mutant(
        "the arg max is a term of its own squares",
        PROBABILITIES,
        "score > ONE || label == known.arg_max || small",
        "score > ONE || small",
    ),
    mutant(
        "an invalid probability is a term",
        PROBABILITIES,
        "select(score, 0u, score > ONE)",
        "score",
    ),
    mutant(
        "an invalid probability goes unnoticed",
        PROBABILITIES,
        "select(0u, ROW_OUTSIDE, score > HIGHEST_SCORE)",
        "0u",
    ),
    mutant("rows that do not sum to 1 go unnoticed", PROBABILITIES, "above < 2u", "above < 3u"),
    mutant(
        "the least probability is forgotten",
        PROBABILITIES,
        "max(score, MIN_PROBABILITY)",
        "max(score, 1u)",
    ),
    mutant(
        "products have no sign",
        VECTORS,
        "return signed(placed(units, bitcast<i32>(exponent - largest)), a ^ b);",
        "return placed(units, bitcast<i32>(exponent - largest));",
    ),
    mutant(
        "a carry between halves of a product is dropped",
        VECTORS,
        "select(0u, 1u, lowest < lower)",
        "0u",
    ),
    mutant(
        "a carry into the next word is dropped",
        VECTORS,
        "select(0u, 1u, (without < a[word]) | (sum[word] < carry))",
        "0u",
    ),
    mutant(
        "what crosses a word on its way down is lost",
        VECTORS,
        "(units.x >> part) | crossing",
        "units.x >> part",
    ),
    mutant(
        "products are relative to the largest prediction",
        VECTORS,
        "placed_product(p, t, fields.x + fields.y)",
        "placed_product(p, t, 2u * fields.x)",
    ),
    mutant(
        "bits below the second word do not round",
        VECTORS,
        "(words.z << zeros) | words.y | words.x",
        "(words.z << zeros)",
    ),
    mutant("ties are rounded up", VECTORS, "(below != 0u) | (odd == 1u)", "true"),
    mutant(
        "the half of the other lanes' products is lost",
        VECTORS,
        "sum_of_units(a.products, b.products)",
        "a.products",
    ),
    mutant(
        "a NaN truth goes unnoticed",
        VECTORS,
        "select(0u, ROW_TRUTH_NONFINITE, nonfinite(truth))",
        "0u",
    ),
    mutant(
        "predictions that clip go unnoticed",
        VECTORS,
        "p < MIN_PROBABILITY && t != 0u",
        "p < MIN_PROBABILITY && t == 0u",
    ),
    mutant(
        "truths may sum to anything",
        VECTORS,
        "normalized(sums.of_predictions) && normalized(sums.of_truths)",
        "normalized(sums.of_predictions)",
    ),
    mutant(
        "the least prediction is forgotten",
        VECTORS,
        "divergence_term(max(p, MIN_PROBABILITY), t)",
        "divergence_term(max(p, 1u), t)",
    ),
];

/// The indices of needs for soft truths.
const SOFT_LOGITS: usize = 1;
const SOFT_PROBABILITIES: usize = 2;

pub(in crate::gpu) const SOFT_MUTANTS: &[Mutant<usize>] = &[
    mutant(
        "the higher of equal classes is the truth",
        SOFT_LOGITS,
        "t > extremes.largest && t <= ONE",
        "t >= extremes.largest && t <= ONE",
    ),
    mutant(
        "the truth of the other threads is forgotten",
        SOFT_LOGITS,
        "select(b.label, a.label, first)",
        "a.label",
    ),
    mutant(
        "of equal classes of two threads the higher is the truth",
        SOFT_LOGITS,
        "a.largest == b.largest && a.label < b.label",
        "a.largest == b.largest && a.label > b.label",
    ),
    mutant(
        "an invalid probability may be part of a truth",
        SOFT_LOGITS,
        "extremes.is_none || t > ONE",
        "extremes.is_none",
    ),
    mutant(
        "an invalid probability is lost with the other threads",
        SOFT_LOGITS,
        "a.is_none || b.is_none",
        "a.is_none",
    ),
    mutant(
        "truths may sum to anything",
        SOFT_LOGITS,
        "known.is_none || !nearly_one(sums.truths)",
        "known.is_none",
    ),
    mutant("classes without a part set the unit", SOFT_LOGITS, "if t != 0u {", "if true {"),
    mutant(
        "truths may be off by twice as much",
        SOFT_LOGITS,
        "units.y - 0x7f8u",
        "units.y - 0x7f0u",
    ),
    mutant(
        "the lowest score of the other threads is forgotten",
        SOFT_LOGITS,
        "min(a.lowest, b.lowest),\n        a.is_none",
        "a.lowest,\n        a.is_none",
    ),
    mutant(
        "losses of the other threads are left out",
        SOFT_LOGITS,
        "sum_of_units(a.losses, b.losses)",
        "a.losses",
    ),
    mutant(
        "parts of the other threads are left out",
        SOFT_LOGITS,
        "plus_units(a.truths, b.truths)",
        "a.truths",
    ),
    mutant(
        "losses are relative to the largest score",
        SOFT_LOGITS,
        "field(ONE) + field(known.largest_loss)",
        "field(ONE) + field(known.scores.top)",
    ),
    mutant(
        "a loss without bounds is a number",
        SOFT_LOGITS,
        "known.largest_loss == INFINITY",
        "false",
    ),
    mutant("rows are not soft", SOFT_LOGITS, "row.flags |= ROW_SOFT | ", "row.flags |= "),
    mutant(
        "clipped scores go unnoticed",
        SOFT_PROBABILITIES,
        "select(0u, ROW_CLIPPED, known.clips)",
        "0u",
    ),
    mutant(
        "clipped scores of the other threads are forgotten",
        SOFT_PROBABILITIES,
        "a.clips || b.clips",
        "a.clips",
    ),
    mutant(
        "the least probability is forgotten",
        SOFT_PROBABILITIES,
        "max(score, MIN_LOSS_PROBABILITY)",
        "max(score, 1u)",
    ),
    mutant(
        "an invalid probability has a loss",
        SOFT_PROBABILITIES,
        "MIN_LOSS_PROBABILITY))), 0u, score > ONE)",
        "MIN_LOSS_PROBABILITY))), 0u, false)",
    ),
];
