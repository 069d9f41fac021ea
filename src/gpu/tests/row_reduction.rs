//! The kernel that reduces rows of scores gives the same rows on every adapter as the CPU engine,
//! and a kernel that is broken on purpose does not.

use super::adapters::test_connections;
use super::row_mutants::{MUTANTS, SOFT_MUTANTS};
use crate::cpu;
use crate::gpu::device::connection::Connection;
use crate::gpu::verify::probe::Probe;
use crate::gpu::verify::self_test::Vectors;
use crate::gpu::{layout, source};
use crate::kernel::row::ROW_WORDS;
use crate::kernel::row::RowSummary;
use crate::statistic::{Constant, Plan, Schema, Statistic, Task, ValueFn, ValueSpec};

/// Numbers of classes: the smallest, those around a team of one and of several threads, and some
/// for which a whole workgroup is a team.
const CLASSES: &[u32] = &[2, 3, 17, 31, 32, 65, 129, 300, 513, 3001];

const LEAST: ValueSpec = ValueSpec {
    function: ValueFn::UniformCrossEntropyOfProbabilities,
    parameter: Constant::EPSILON,
};

/// Plans with different needs: only a rank; sums; everything for logits, for probabilities, and for
/// vectors.
fn needs(classes: u32) -> [Plan; 5] {
    let top = Statistic::Sum(ValueSpec { function: ValueFn::TopK, parameter: Constant::new(1.0) });
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
        vec![Statistic::Sum(ValueSpec { function: ValueFn::TopK, parameter: Constant::new(1.0) })],
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

#[test]
fn a_broken_reduction_is_noticed_on_every_adapter() {
    let classes = 40; // two threads a row
    let hard =
        MUTANTS.iter().map(|mutant| (mutant, needs(classes)[mutant.detector].clone(), false));
    let soft = SOFT_MUTANTS.iter();
    let soft = soft.map(|mutant| (mutant, soft_needs(classes)[mutant.detector].clone(), true));
    let mutants: Vec<_> = hard.chain(soft).collect();
    for connection in test_connections() {
        let adapter = &connection.name;
        for (mutant, plan, soft) in &mutants {
            let schema = schema(plan, *soft);
            let wgsl = mutant.patched(&source::reduction(plan, schema).wgsl);
            let different = difference(&connection, plan, schema, &wgsl, 100);
            assert!(different.is_some(), "{adapter}: when {}, this is not detected", mutant.what);
        }
    }
}
