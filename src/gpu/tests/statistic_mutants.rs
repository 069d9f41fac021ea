//! Mutants of the passes, each with the statistic whose comparison must detect it.

use super::mutant::{Mutant, mutant};
use crate::statistic::{Binning, Constant, CustomValue, Moment, Statistic, ValueFn, ValueSpec};

const HUBER: Statistic =
    Statistic::Sum(ValueSpec { function: ValueFn::Huber, parameter: Constant::new(1.5) });
const INVERSE_GAUSSIAN: Statistic =
    Statistic::Sum(ValueSpec { function: ValueFn::TweedieDeviance, parameter: Constant::new(3.0) });
const LARGEST: Statistic =
    Statistic::Maximum(ValueSpec { function: ValueFn::AbsoluteError, parameter: Constant::ZERO });
const EXTREMES: Statistic =
    Statistic::Extremes(ValueSpec { function: ValueFn::Identity, parameter: Constant::ZERO });
pub(in crate::gpu) const CONFUSION: Statistic =
    Statistic::Confusion { threshold: Constant::new(0.5), probabilities: true };
const LOG_LOSS: Statistic =
    Statistic::Sum(ValueSpec { function: ValueFn::LogLoss, parameter: Constant::new(0.25) });
pub(in crate::gpu) const MARGINS: Statistic = Statistic::Margins { classes: 2 };
const MATRIX: Statistic = Statistic::Matrix { classes: 2 };
pub(in crate::gpu) const CALIBRATION: Statistic = Statistic::Calibration {
    probability: ValueSpec { function: ValueFn::Probability, parameter: Constant::ZERO },
    bins: 10,
};

const ADAPTIVE: Statistic =
    Statistic::Histogram { binning: Binning { of_logits: false, even: 9, side: 4 } };
const LOGITS: Statistic =
    Statistic::Histogram { binning: Binning { of_logits: true, even: 9, side: 4 } };

/// A value with results of every kind.
static SHIFT: CustomValue = CustomValue::new(
    "shift",
    "fn shift(prediction: u32, truth: u32, parameter: u32) -> u32 { return prediction << 1u; }",
    |prediction, _, _| prediction << 1,
)
.never_negative();
const SHIFTED: Statistic = Statistic::sum(ValueFn::Custom(&SHIFT));
const TOP_2: Statistic =
    Statistic::Sum(ValueSpec { function: ValueFn::TopK, parameter: Constant::new(2.0) });
const HINGE: Statistic = Statistic::sum(ValueFn::CategoricalHinge);
const LIKELIHOOD_LOSS: Statistic = Statistic::Sum(ValueSpec {
    function: ValueFn::CrossEntropyOfProbabilities,
    parameter: Constant::new(0.25),
});
const LIKELIHOOD_TOP: Statistic = Statistic::Calibration {
    probability: ValueSpec { function: ValueFn::MaxProbability, parameter: Constant::ZERO },
    bins: 7,
};

pub(in crate::gpu) const MUTANTS: &[Mutant<Statistic>] = &[
    mutant(
        "scores that are no probabilities are accepted",
        CONFUSION,
        "if must_be_probability && sample.prediction > ONE {",
        "if false {",
    ),
    mutant(
        "stored labels are lost",
        Statistic::Scores,
        "let label = select(0u, 0x80000000u, sample.truth == ONE);",
        "let label = 0u;",
    ),
    mutant(
        "scores that are NaN are stored",
        Statistic::Scores,
        "if has_score(faults, sample) && place <",
        "if place <",
    ),
    mutant(
        "rounds of a workgroup share places",
        Statistic::Scores,
        "current / 4u / store_stride * GROUP + lane",
        "lane",
    ),
    mutant(
        "the last round takes no places",
        Statistic::Scores,
        "group_quads = rounds * GROUP + min(quads - first_quad - rounds * stride, GROUP);",
        "group_quads = rounds * GROUP;",
    ),
    mutant(
        "the last sample of a tile is not counted",
        Statistic::Scores,
        "let end = min((tile.x + 1u) * TILE, taken());",
        "let end = min((tile.x + 1u) * TILE - 1u, taken());",
    ),
    mutant(
        "counts of other blocks are dropped",
        Statistic::Scores,
        "lane_sum += sums[other];",
        "lane_sum += 0u;",
    ),
    mutant(
        "counts of a block are not added up",
        Statistic::Scores,
        "before += prefix(lane_sum, lane) - lane_sum;",
        "before += 0u * prefix(lane_sum, lane);",
    ),
    mutant(
        "samples of a tile with the same digit lose their order",
        Statistic::Scores,
        "let same = select(0u, threads & (bit - 1u), word == lane / 32u);",
        "let same = select(0u, threads & ~((bit << 1u) - 1u), word == lane / 32u);",
    ),
    mutant(
        "places are taken twice",
        Statistic::Scores,
        "places[digit(sample.x)] += alike;",
        "places[digit(sample.x)] += alike - 1u;",
    ),
    mutant(
        "threads of earlier words are dropped",
        Statistic::Scores,
        "let earlier = select(0u, threads, word < lane / 32u);",
        "let earlier = 0u;",
    ),
    mutant(
        "labels share a cell",
        ADAPTIVE,
        "2u * bin + select(0u, 1u, sample.truth == ONE)",
        "2u * bin",
    ),
    mutant(
        "scores that are NaN are counted in bins",
        ADAPTIVE,
        "fn add_to_histogram(bin: u32, first_entry: u32, faults: u32, sample: Sample) {\n    if has_score(faults, sample) {",
        "fn add_to_histogram(bin: u32, first_entry: u32, faults: u32, sample: Sample) {\n    if true {",
    ),
    mutant(
        "the last bin is out of range",
        ADAPTIVE,
        "u32(bitcast<f32>(times(p, whole(even)))), even - 1u)",
        "u32(bitcast<f32>(times(p, whole(even)))), even)",
    ),
    mutant(
        "negative probabilities are not clamped",
        ADAPTIVE,
        "select(min(score, ONE), 0u, score >> 31u == 1u)",
        "min(score, ONE)",
    ),
    mutant("distances are measured from 0 only", ADAPTIVE, "select(p, minus(ONE, p), upper)", "p"),
    mutant(
        "large distances are not clamped",
        LOGITS,
        "min(max(distance, min_distance), min_distance + DISTANCE_RANGE)",
        "max(distance, min_distance)",
    ),
    mutant(
        "negative logits are not mirrored",
        LOGITS,
        "select(side + part, mirrored, score >> 31u == 1u)",
        "side + part",
    ),
    mutant("logits are not scaled", LOGITS, "times(whole(even), LOGIT_PART)", "whole(even)"),
    mutant(
        "a carry between limbs is dropped",
        Statistic::sum(ValueFn::SquaredError),
        "limbs[index] + passed",
        "limbs[index]",
    ),
    mutant(
        "a carry into the high word of the state is dropped",
        Statistic::sum(ValueFn::Error),
        "select(0u, 1u, before + low < before)",
        "0u",
    ),
    mutant(
        "the sign of a sum of a group is dropped",
        Statistic::sum(ValueFn::Error),
        "select(0u, 0xffffffffu, total < 0)",
        "0u",
    ),
    mutant(
        "operands are swapped",
        Statistic::sum(ValueFn::Error),
        "number(prediction) - number(truth)",
        "number(truth) - number(prediction)",
    ),
    mutant(
        "the last sample is skipped",
        Statistic::sum(ValueFn::AbsoluteError),
        "min(samples - quad * 4u, 4u)",
        "min(samples - quad * 4u - 1u, 4u)",
    ),
    mutant(
        "a column is left out of the sum of a group",
        Statistic::sum(ValueFn::AbsoluteError),
        "step < GROUP",
        "step < GROUP - 1u",
    ),
    mutant(
        "the upper half of a product is dropped",
        Statistic::Moment(Moment::Product),
        "a1 * b1 + (middle >> 12u)",
        "a1 * b1",
    ),
    mutant(
        "the upper half of a weighted moment is misplaced",
        Statistic::Moment(Moment::TruthSquare),
        "position + LIMB_BITS",
        "position + LIMB_BITS - 1u",
    ),
    mutant(
        "the weight is left out",
        Statistic::sum(ValueFn::SquaredError),
        "multiply(mantissa(bits), mantissa(weight))",
        "multiply(mantissa(bits), 0x800000u)",
    ),
    mutant(
        "subnormal weights get an implicit bit",
        Statistic::sum(ValueFn::SquaredError),
        "select(0x800000u, 0u, field(bits) == 0u)",
        "0x800000u",
    ),
    mutant(
        "underflow is not flushed",
        Statistic::sum(ValueFn::SquaredError),
        "select(squared, small, field(d) < FIELD_SQUARE)",
        "squared",
    ),
    mutant(
        "a branch of the Huber loss is taken the wrong way",
        HUBER,
        "select(linear, inner, d <= parameter)",
        "select(inner, linear, d <= parameter)",
    ),
    mutant(
        "a Tweedie deviance takes the gaps between exponents for others",
        INVERSE_GAUSSIAN,
        "select_double(a_size, one, large)",
        "a_size",
    ),
    mutant(
        "a power of two is left out of a Tweedie deviance",
        INVERSE_GAUSSIAN,
        "power.n + rise.n + select",
        "power.n + select",
    ),
    mutant(
        "a score at the threshold is positive",
        CONFUSION,
        "ordered(sample.prediction) > ordered",
        "ordered(sample.prediction) >= ordered",
    ),
    mutant(
        "a fault is not counted in the weighted value",
        CONFUSION,
        "add_to_state(entry + 1u, 1u, 0u);",
        "",
    ),
    mutant(
        "a sample of weight zero takes part in a weighted maximum",
        LARGEST,
        "select(bits, 0u, weight == 0u)",
        "bits",
    ),
    mutant(
        "a sample of weight zero takes part in a weighted largest value",
        EXTREMES,
        "vec4<bool>(true, weight != 0u, ",
        "vec4<bool>(true, true, ",
    ),
    mutant(
        "a sample of weight zero takes part in a weighted least value",
        EXTREMES,
        "true, weight != 0u) &",
        "true, true) &",
    ),
    mutant("the least value is taken for the largest", EXTREMES, "key, ~key", "key, key"),
    mutant(
        "a negative number has the key of a positive one",
        EXTREMES,
        "~bits, bits >> 31u",
        "bits, bits >> 31u",
    ),
    mutant("a sample that is left out has a key", EXTREMES, " & vec4<bool>(bits != OUTSIDE)", ""),
    mutant("a limb of a cell is dropped", CALIBRATION, "add_to_cell(limb + 3u, high >> 16u);", ""),
    mutant(
        "bits are lost where a term of a cell crosses a word",
        CALIBRATION,
        " | ((bits >> 1u) >> (31u - shift))",
        "",
    ),
    mutant(
        "a sample outside the domain stands in a bin",
        CALIBRATION,
        "if probability != OUTSIDE {",
        "if true {",
    ),
    mutant("the last bin does not hold 1", CALIBRATION, "min(reached, bins - 1u)", "reached"),
    mutant(
        "bins do not begin at rounded numbers",
        CALIBRATION,
        "select(index, index + 1u, reaches)",
        "index",
    ),
    mutant(
        "the last cells of a workgroup stay where they are",
        CALIBRATION,
        " || round == rounds - 1u",
        "",
    ),
    mutant(
        "a clipped sample is not counted",
        LOG_LOSS,
        "sample.prediction <= ONE && log_loss_clips",
        "sample.prediction > ONE && log_loss_clips",
    ),
    mutant(
        "the log loss takes the label for the other",
        LOG_LOSS,
        "select(SIGN | prediction, prediction, truth == ONE)",
        "select(prediction, SIGN | prediction, truth == ONE)",
    ),
    mutant("a NaN of a user's value is an overflow", SHIFTED, "nan | negative", "negative"),
    mutant("a negative result of what is never negative counts", SHIFTED, "nan | negative", "nan"),
    mutant("a result of a user's value is too small", SHIFTED, "= flush_result(bits)", "= bits"),
    mutant("hits are counted for a wrong class", MARGINS, "if prediction == truth {", "if true {"),
    mutant(
        "truths and predictions are swapped",
        MATRIX,
        "class_of(sample.truth) * classes + class_of(sample.prediction)",
        "class_of(sample.prediction) * classes + class_of(sample.truth)",
    ),
    mutant("a class that is none is valid", MARGINS, "word < classes;", "word <= classes;"),
    mutant("a masked sample takes part", LARGEST, " && weight == MASKED", " && false"),
    mutant("masked samples are not counted", LARGEST, "masked_samples += 1u;", ""),
    mutant(
        "weights of 2^64 are valid",
        LARGEST,
        "field(bits) < FIELD_LIMIT)",
        "field(bits) <= FIELD_LIMIT)",
    ),
    mutant(
        "every sample has the row of the first of four",
        TOP_2,
        "rows[loaded + k]",
        "rows[loaded]",
    ),
    mutant("an invalid truth counts", TOP_2, "if row.truth != NO_CLASS {", "if true {"),
    mutant(
        "a class at rank k is among the first k",
        TOP_2,
        "rank < parameter",
        "rank <= parameter",
    ),
    mutant("an infinite score goes unnoticed", TOP_2, "w, row.flags)", "w, 0u)"),
    mutant(
        "the largest score is that of another class where the arg max is the truth",
        HINGE,
        "row.arg_max == row.truth",
        "false",
    ),
    mutant(
        "a least probability does not count as such",
        LIKELIHOOD_LOSS,
        "max(row.truth_score, parameter)",
        "row.truth_score",
    ),
    mutant(
        "a row outside the domain is clipped",
        LIKELIHOOD_LOSS,
        "&& (row.flags & ROW_OUTSIDE) == 0u &&",
        "&&",
    ),
    mutant(
        "rows that do not sum to 1 are not counted",
        LIKELIHOOD_TOP,
        "(notes & NOTE_UNNORMALIZED) != 0u",
        "false",
    ),
    mutant(
        "the label of a bin depends on the truth alone",
        LIKELIHOOD_TOP,
        "sample.truth == sample.prediction",
        "sample.truth == ONE",
    ),
    mutant(
        "the predicted class equals the truth",
        LIKELIHOOD_TOP,
        "bitcast<u32>(f32(row.arg_max))",
        "bitcast<u32>(f32(row.truth))",
    ),
];
