//! The self-test of an adapter.
//!
//! When an adapter is opened, both engines process a few thousand samples, ordinary and extreme.
//! The adapter's states must equal those of the CPU engine, bit for bit.

use super::loops;
use super::vectors::{LIMITS, SplitMix};
use crate::batch::Chunk;
use crate::cpu;
use crate::cpu::InstructionSet;
use crate::error::{DeviceError, Error};
use crate::gpu::device::connection::Connection;
use crate::gpu::engine::Engine;
use crate::gpu::pending_batch::PendingBatch;
use crate::kernel::bits;
use crate::kernel::row_needs::ScoreKind;
use crate::statistic::{
    Binning, Constant, FamilyKind, Moment, Plan, Schema, ScoreScale, Statistic, Task, Totals,
    ValueFn, ValueSpec,
};
use std::sync::{Arc, OnceLock};

/// Samples of a self-test: not a multiple of any block or group size.
const SAMPLES: usize = 4099;

/// How often they are added: often enough that the words of the state carry into each other.
const TURNS: usize = 16;

/// Fails if the adapter cuts loops, or if its arithmetic differs from the CPU engine's.
pub(in crate::gpu) fn run(connection: &Arc<Connection>) -> Result<(), Error> {
    connection.set_loop_steps(loops::measure(connection)?);
    plans().iter().try_for_each(|plan| test(connection, plan, false))?;
    test(connection, &soft_plan(), true)
}

/// The same for features with separate kernels, which are compiled only for plans that need them:
/// stored scores, and binary problems of classes. Runs once per device.
pub(in crate::gpu) fn run_what_is_needed(
    connection: &Arc<Connection>,
    plan: &Plan,
) -> Result<(), Error> {
    if plan.number_of_stored() > 0 {
        once(connection, &connection.stores, &plan_of_scores())?;
    }
    if plan.has_binary_problems() {
        once(connection, &connection.makes_problems, &plan_of_problems())?;
    }
    Ok(())
}

/// Tests a plan, unless this was done before.
fn once(connection: &Arc<Connection>, done: &OnceLock<()>, plan: &Plan) -> Result<(), Error> {
    if done.get().is_none() {
        test(connection, plan, false)?;
        let _ = done.set(()); // another thread may have been as fast
    }
    Ok(())
}

fn plan_of_scores() -> Plan {
    Plan::new(Task::Binary, [Statistic::Scores])
}

/// The number of classes of binary problems.
const PROBLEM_CLASSES: u32 = 5;

/// Log-odds of one-vs-rest and of one-vs-one problems.
pub(in crate::gpu) fn plan_of_problems() -> Plan {
    let histogram = Statistic::Histogram { binning: Binning::adaptive(true, 64) };
    let (classes, scale) = (PROBLEM_CLASSES, ScoreScale::LogOdds);
    Plan::new(Task::Multiclass, [])
        .with_classes(classes)
        .with_binary_problems(FamilyKind::OneVsRest { classes, scale }, [histogram])
        .with_binary_problems(FamilyKind::OneVsOne { classes, scale }, [histogram])
}

/// Classes of rows of scores: enough that threads share a row.
const ROW_CLASSES: u32 = 40;

/// Number of outputs of samples as vectors: not a power of two.
const VECTOR_OUTPUTS: u32 = 7;

fn plans() -> [Plan; 5] {
    let huber =
        Statistic::Sum(ValueSpec { function: ValueFn::Huber, parameter: Constant::new(1.5) });
    let hinge = ValueSpec { function: ValueFn::SquaredHinge, parameter: Constant::ZERO };
    let top_5 =
        Statistic::Sum(ValueSpec { function: ValueFn::TopK, parameter: Constant::new(5.0) });
    let probability = ValueSpec { function: ValueFn::Probability, parameter: Constant::ZERO };
    let divergence = ValueSpec { function: ValueFn::Divergence, parameter: Constant::EPSILON };
    [
        Plan::new(
            Task::Regression,
            [
                Statistic::sum(ValueFn::SquaredError),
                huber,
                Statistic::Moment(Moment::Product),
                Statistic::Maximum(ValueSpec {
                    function: ValueFn::AbsoluteError,
                    parameter: Constant::ZERO,
                }),
                Statistic::Extremes(ValueSpec {
                    function: ValueFn::Error,
                    parameter: Constant::ZERO,
                }),
            ],
        ),
        Plan::new(
            Task::Binary,
            [
                Statistic::Confusion { threshold: Constant::new(0.5), probabilities: true },
                Statistic::Calibration { probability, bins: 10 },
                Statistic::Sum(hinge),
            ],
        ),
        Plan::new(
            Task::Multiclass,
            [Statistic::Margins { classes: 2 }, Statistic::Matrix { classes: 2 }],
        ),
        Plan::new(
            Task::Multiclass,
            [ValueFn::SoftmaxLoss, ValueFn::UniformCrossEntropy, ValueFn::SoftmaxBrier]
                .map(Statistic::sum)
                .into_iter()
                .chain([top_5, Statistic::Margins { classes: ROW_CLASSES }]),
        )
        .with_classes(ROW_CLASSES),
        Plan::new(Task::Regression, [Statistic::sum(ValueFn::Cosine), Statistic::Sum(divergence)])
            .with_outputs(VECTOR_OUTPUTS),
    ]
}

/// A plan with everything that depends on soft truths.
fn soft_plan() -> Plan {
    let loss = Statistic::sum(ValueFn::SoftmaxLoss);
    Plan::new(Task::Multiclass, [loss]).with_classes(ROW_CLASSES)
}

fn test(connection: &Arc<Connection>, plan: &Plan, soft: bool) -> Result<(), Error> {
    let engine = Engine::new(connection.clone(), plan)?;
    let schema = Schema { soft, ..plan.schema(plan.row_needs().rows) };
    compare_samples(engine, connection, plan, &Vectors::new(plan, schema))
}

/// Fails if an engine's totals of the test's samples differ from those of the CPU engine.
#[cfg(test)]
pub(in crate::gpu) fn compare(
    engine: Engine,
    connection: &Connection,
    plan: &Plan,
) -> Result<(), Error> {
    let vectors = Vectors::new(plan, plan.schema(plan.row_needs().rows));
    compare_samples(engine, connection, plan, &vectors)
}

fn compare_samples(
    mut engine: Engine,
    connection: &Connection,
    plan: &Plan,
    vectors: &Vectors,
) -> Result<(), Error> {
    let chunk = vectors.chunk();
    let mut expected = plan.empty_totals();
    for _ in 0..TURNS {
        cpu::add(plan, &chunk, InstructionSet::BASELINE, 0, &mut expected)?;
        let mut pending = PendingBatch::new(&mut engine);
        pending.add(&chunk, 0)?;
        pending.commit(chunk.len());
    }
    compare_totals(connection, plan, &expected, &engine.totals()?)
}

/// Fails if the totals of a plan are not the expected ones.
pub(super) fn compare_totals(
    connection: &Connection,
    plan: &Plan,
    expected: &[Totals],
    got: &[Totals],
) -> Result<(), Error> {
    if got.len() != expected.len() {
        let [got, expected] = [got.len(), expected.len()];
        return Err(connection.failed(format!("it has {got} totals, not {expected}")));
    }
    let mut totals = expected.iter().zip(got).enumerate();
    let Some((total, (expected, got))) = totals.find(|(_, (expected, got))| expected != got) else {
        return Ok(());
    };
    let family = plan.families.iter().find(|family| family.totals.contains(&total));
    let statistics = family.map_or([].as_slice(), |family| &family.statistics[..]);
    let totals = expected.statistics.iter().zip(&got.statistics);
    let different = statistics.iter().zip(totals).find(|(_, (expected, got))| expected != got);
    let what = match different {
        Some((statistic, (expected, got))) => {
            format!("{statistic}: {got:?} instead of {expected:?}")
        }
        None => format!("weights: {:?} instead of {:?}", got.weights, expected.weights),
    };
    Err(Error::Device(DeviceError::SelfTestFailed { adapter: connection.name.clone(), what }))
}

/// Inputs of a self-test, as bits.
pub(in crate::gpu) struct Vectors {
    schema: Schema,
    prediction: Vec<u32>,
    truth: Vec<u32>,
    weight: Vec<u32>,
}

impl Vectors {
    fn new(plan: &Plan, schema: Schema) -> Self {
        Self::of(plan, schema, SAMPLES / schema.prediction_width())
    }

    /// Inputs with at least `samples` samples.
    pub fn of(plan: &Plan, schema: Schema, samples: usize) -> Self {
        let row_needs = plan.row_needs();
        let (width, task) = (schema.prediction_width(), schema.task);
        let mut random = SplitMix(0x7765_6967_6862);
        let mut vectors = Self { schema, prediction: vec![], truth: vec![], weight: vec![] };
        for sample in 0..samples {
            // In rotation: numbers near one, numbers of any size, random bits, and limits.
            let mut number = || match sample % 4 {
                0 => random.near_one(),
                1 => random.of_any_size(),
                2 => random.next(),
                _ => LIMITS[random.next() as usize % LIMITS.len()],
            };
            let (prediction, truth, weight) = (number(), number(), number() & 0x7fff_ffff);
            // Classes, and some invalid classes.
            let class =
                |bits: u32| if sample % 50 == 7 { schema.classes } else { bits % schema.classes };
            if schema.has_vectors() {
                let [row, truth] = random.rows(width, sample);
                vectors.prediction.extend(row);
                vectors.truth.extend(truth);
            } else if schema.rows {
                vectors.prediction.extend(random.row(width, sample, row_needs.scores));
            } else {
                vectors.prediction.push(match task {
                    Task::Multiclass => class(prediction),
                    _ => prediction,
                });
            }
            if schema.soft {
                let truth = random.soft_truth(width, sample);
                let first = vectors.prediction.len() - width;
                let row = &mut vectors.prediction[first..];
                // The lowest score of all, for a class whose probability in the truth is 0; or for
                // a class with a positive one, beside the largest score.
                let without = truth.iter().position(|&t| t == 0);
                match (row_needs.scores, without) {
                    (ScoreKind::Logits, Some(class)) if sample % 3 == 0 => {
                        row[class] = f32::MIN.to_bits();
                    }
                    (ScoreKind::Logits, None) if sample % 4 == 3 => {
                        row[..2].copy_from_slice(&[f32::MAX, f32::MIN].map(f32::to_bits));
                    }
                    _ => {}
                }
                vectors.truth.extend(truth);
            } else if !schema.has_vectors() {
                vectors.truth.push(match task {
                    Task::Regression | Task::Aggregation => truth,
                    _ => class(truth),
                });
            }
            vectors.weight.push(if sample % 50 == 23 { bits::MASKED } else { weight });
        }
        // The largest error and the lowest number have no weight.
        for number in [f32::MAX, f32::MIN.next_up()] {
            let row = [number.to_bits()].into_iter().chain(std::iter::repeat(0));
            vectors.prediction.extend(row.take(width));
            vectors.truth.extend(std::iter::repeat_n(0, schema.truth_width()));
            vectors.weight.push(0);
        }
        vectors
    }

    pub fn chunk(&self) -> Chunk<'_> {
        let Self { schema, prediction, truth, weight } = self;
        Chunk { schema: *schema, prediction, truth, weight: Some(weight), masked: true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistic::examples::examples;
    use std::mem::discriminant;

    #[test]
    fn the_self_test_has_every_kind_of_statistic() {
        let plans = plans().into_iter().chain([soft_plan(), plan_of_scores(), plan_of_problems()]);
        let families = plans.flat_map(|plan| plan.families);
        let tested: Vec<_> = families.flat_map(|family| family.statistics.to_vec()).collect();
        for example in examples(ROW_CLASSES) {
            let is_tested = tested.iter().any(|one| discriminant(one) == discriminant(&example));
            assert!(is_tested, "{example} is not part of the self-test");
        }
    }
}
