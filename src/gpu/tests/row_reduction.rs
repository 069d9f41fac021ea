//! The kernel that reduces rows of scores gives the same rows on every adapter as the CPU engine,
//! and a kernel that is broken on purpose does not.

use super::kernels::test_connections;
use crate::cpu;
use crate::gpu::device::connection::Connection;
use crate::gpu::verify::probe::Probe;
use crate::gpu::verify::self_test::Vectors;
use crate::gpu::{layout, source};
use crate::kernel::row::ROW_WORDS;
use crate::kernel::row::RowSummary;
use crate::statistic::{Plan, Schema, Statistic, Task, ValueFn, ValueSpec};

/// Numbers of classes: the smallest, those around a team of one and of several threads, and some
/// for which a whole workgroup is a team.
const CLASSES: &[u32] = &[2, 3, 17, 31, 32, 65, 129, 300, 513, 3001];

const LEAST: ValueSpec =
    ValueSpec { function: ValueFn::UniformCrossEntropyOfProbabilities, parameter: f32::EPSILON };

/// Plans with different needs: only a rank; sums; everything for logits, for probabilities, and for
/// vectors.
fn needs(classes: u32) -> [Plan; 5] {
    let top = Statistic::Sum(ValueSpec { function: ValueFn::TopK, parameter: 1.0 });
    let [loss, mean, brier] =
        [ValueFn::SoftmaxLoss, ValueFn::UniformCrossEntropy, ValueFn::SoftmaxBrier]
            .map(Statistic::sum);
    let of_probabilities =
        [top, Statistic::sum(ValueFn::BrierOfProbabilities), Statistic::Sum(LEAST)].to_vec();
    let divergence = ValueSpec { function: ValueFn::Divergence, ..LEAST };
    let of_vectors = vec![Statistic::sum(ValueFn::Cosine), Statistic::Sum(divergence)];
    let plan = |task, statistics| Plan::new(task, statistics);
    let [of_order, of_sums, of_logits, of_probabilities] =
        [vec![top], vec![loss], vec![top, mean, brier], of_probabilities]
            .map(|statistics| plan(Task::Multiclass, statistics).with_classes(classes));
    let of_vectors = plan(Task::Regression, of_vectors).with_outputs(classes);
    [of_order, of_sums, of_logits, of_probabilities, of_vectors]
}

/// A row as the words of a buffer.
fn words(row: &RowSummary) -> [u32; ROW_WORDS as usize] {
    let &RowSummary {
        arg_max,
        truth,
        rank,
        flags,
        max,
        runner_up,
        truth_score,
        sum,
        sum_of_squares,
        mean,
    } = row;
    [arg_max, truth, rank, flags, max, runner_up, truth_score, sum, sum_of_squares, mean]
}

/// Plans with different needs for soft truths: only a rank; everything for logits and for
/// probabilities; probabilities without losses.
fn soft_needs(classes: u32) -> [Plan; 4] {
    [
        vec![Statistic::Sum(ValueSpec { function: ValueFn::TopK, parameter: 1.0 })],
        [ValueFn::SoftmaxLoss, ValueFn::UniformCrossEntropy].map(Statistic::sum).to_vec(),
        [ValueFn::CrossEntropyOfProbabilities, ValueFn::UniformCrossEntropyOfProbabilities]
            .map(|function| Statistic::Sum(ValueSpec { function, parameter: LEAST.parameter }))
            .to_vec(),
        vec![Statistic::sum(ValueFn::MaxProbability)],
    ]
    .map(|statistics| Plan::new(Task::Multiclass, statistics).with_classes(classes))
}

/// The schema of rows of a plan, with soft truths or others.
fn schema(plan: &Plan, soft: bool) -> Schema {
    Schema { soft, ..plan.schema(true) }
}

/// The first difference between the rows of an adapter and those of the CPU engine.
fn difference(
    connection: &Connection,
    plan: &Plan,
    schema: Schema,
    wgsl: &str,
    samples: usize,
) -> Option<String> {
    let vectors = Vectors::of(plan, schema, samples);
    let chunk = vectors.chunk();
    let inputs = [chunk.prediction, chunk.truth];
    let result_words = chunk.len() * ROW_WORDS as usize;
    // Fewer groups than tiles of rows, so that each group processes several.
    let teams = layout::ROW_GROUP / layout::team(chunk.schema.classes);
    let groups = (chunk.len() as u32).div_ceil(teams).div_ceil(3);
    // The second is a state, of which only the zero is read.
    let parameters: [&[u32]; 2] = [&[chunk.len() as u32, 0, 0, 0], &[0; 64]];
    let probe = Probe::new(connection, wgsl).expect("a sound module");
    let found = probe.run(&inputs, result_words, &parameters, groups).expect("rows");
    let expected = cpu::reduced(plan.row_needs(), &chunk);
    let pairs = expected.iter().zip(found.chunks(ROW_WORDS as usize)).enumerate();
    let (index, (expected, found)) =
        pairs.into_iter().find(|(_, (expected, found))| words(expected) != **found)?;
    Some(format!("row {index}: {found:#x?} instead of {expected:#x?}"))
}

#[test]
fn rows_are_the_same_on_every_adapter() {
    for connection in test_connections() {
        for &classes in CLASSES {
            for (index, plan) in needs(classes).iter().enumerate() {
                // Smaller needs are part of larger ones.
                if index < 2 && ![3, 65, 3001].contains(&classes) {
                    continue;
                }
                let schema = schema(plan, false);
                let wgsl = source::reduction(plan, schema).wgsl;
                let samples = 20_000 / classes as usize + 100;
                let different = difference(&connection, plan, schema, &wgsl, samples);
                let adapter = &connection.name;
                assert_eq!(different, None, "{adapter}, {classes} classes, need {index}");
            }
        }
    }
}

#[test]
fn rows_beside_soft_truths_are_the_same_on_every_adapter() {
    for connection in test_connections() {
        for &classes in CLASSES {
            for (index, plan) in soft_needs(classes).iter().enumerate() {
                if index == 0 && ![3, 65, 3001].contains(&classes) {
                    continue;
                }
                let schema = schema(plan, true);
                let wgsl = source::reduction(plan, schema).wgsl;
                let samples = 20_000 / classes as usize + 100;
                let different = difference(&connection, plan, schema, &wgsl, samples);
                let adapter = &connection.name;
                assert_eq!(different, None, "{adapter}, {classes} classes, need {index}");
            }
        }
    }
}

/// A mutation: its description, the need that must detect it, the original text, and the broken
/// one.
struct Mutant {
    what: &'static str,
    need: usize,
    sound: &'static str,
    broken: &'static str,
}

const fn mutant(
    what: &'static str,
    need: usize,
    sound: &'static str,
    broken: &'static str,
) -> Mutant {
    Mutant { what, need, sound, broken }
}

const LOGITS: usize = 2;
const PROBABILITIES: usize = 3;
const VECTORS: usize = 4;

const MUTANTS: &[Mutant] = &[
    mutant(
        "the higher of equal classes wins",
        0,
        "a.top == b.top && a.arg_max < b.arg_max",
        "a.top == b.top && a.arg_max > b.arg_max",
    ),
    mutant(
        "the higher of equal classes wins within a thread",
        0,
        "select(extremes.arg_max, label, key > extremes.top)",
        "select(extremes.arg_max, label, key >= extremes.top)",
    ),
    mutant(
        "the runner-up of the other half is forgotten",
        0,
        "max(min(a.top, b.top), select(b.runner_up, a.runner_up, first))",
        "min(a.top, b.top)",
    ),
    mutant(
        "the runner-up is not the last largest",
        0,
        "max(extremes.runner_up, min(key, extremes.top))",
        "max(extremes.runner_up, select(0u, key, key < extremes.top))",
    ),
    mutant("notes of the other half are lost", 0, "a.notes | b.notes", "a.notes"),
    mutant(
        "lower classes do not come before the truth",
        0,
        "score == known.of_truth && label < known.truth",
        "score == known.of_truth && label > known.truth",
    ),
    mutant(
        "a class that is none is a truth",
        0,
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
        0,
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
        "select(0u, 1u, without < a[word] || sum[word] < carry)",
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
    mutant("ties are rounded up", VECTORS, "below != 0u || odd == 1u", "true"),
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

const SOFT_MUTANTS: &[Mutant] = &[
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

#[test]
fn a_broken_reduction_is_noticed_on_every_adapter() {
    let classes = 40; // two threads a row
    let hard = MUTANTS.iter().map(|mutant| (mutant, needs(classes)[mutant.need].clone(), false));
    let soft = SOFT_MUTANTS.iter();
    let soft = soft.map(|mutant| (mutant, soft_needs(classes)[mutant.need].clone(), true));
    let mutants: Vec<_> = hard.chain(soft).collect();
    for connection in test_connections() {
        let adapter = &connection.name;
        for (Mutant { what, sound, broken, .. }, plan, soft) in &mutants {
            let schema = schema(plan, *soft);
            let wgsl = source::reduction(plan, schema).wgsl;
            assert_eq!(wgsl.matches(sound).count(), 1, "{what}: not one place");
            let wgsl = wgsl.replace(sound, broken);
            let different = difference(&connection, plan, schema, &wgsl, 100);
            assert!(different.is_some(), "{adapter}: when {what}, nobody notices");
        }
    }
}
