//! What an adapter must get right before it is trusted.
//!
//! A few thousand samples, ordinary and extreme, go through both engines when an adapter is opened.
//! Its states must be those of the CPU engine, bit for bit.

use crate::batch::Chunk;
use crate::cpu;
use crate::cpu::InstructionSet;
use crate::error::Error;
use crate::gpu::device::connection::Connection;
use crate::gpu::engine::Engine;
use crate::kernel::bits;
use crate::statistic::{
    Binning, FamilyKind, Moment, Plan, Schema, ScoreScale, Scores, Statistic, Task, ValueFn,
    ValueSpec,
};
use std::sync::{Arc, OnceLock};

/// Samples of a self-test: no multiple of any block or group size.
const SAMPLES: usize = 4099;

/// How often they are added: often enough that the words of the state carry into each other.
const TURNS: usize = 16;

/// Bits of numbers at which something changes: zeros, subnormals, the smallest that count, the
/// smallest with squares, thresholds, one, the limit of weights, infinity, NaN.
pub(in crate::gpu) const LIMITS: [u32; 13] = [
    0,
    0x8000_0000,
    1,
    0x007f_ffff,
    0x0080_0000,
    0x0100_0000,
    0x2080_0000,
    0x3f00_0000,
    0x3f80_0000,
    0x5f7f_ffff,
    0x5f80_0000,
    0x7f80_0000,
    0x7fc0_0000,
];

/// Fails if the adapter's arithmetic differs from the CPU engine's.
pub(in crate::gpu) fn run(connection: &Arc<Connection>) -> Result<(), Error> {
    plans().iter().try_for_each(|plan| test(connection, plan, false))?;
    test(connection, &soft_plan(), true)
}

/// The same of what has kernels of its own, compiled for those only who need them: stored scores, and
/// binary problems of classes; once for a device.
pub(in crate::gpu) fn run_what_is_needed(
    connection: &Arc<Connection>,
    plan: &Plan,
) -> Result<(), Error> {
    if plan.number_of_stored() > 0 {
        once(connection, &connection.stores, &Plan::new(Task::Binary, [Statistic::Scores]))?;
    }
    if plan.has_binary_problems() {
        once(connection, &connection.makes_problems, &plan_of_problems())?;
    }
    Ok(())
}

/// Tests a plan, unless that was done before.
fn once(connection: &Arc<Connection>, done: &OnceLock<()>, plan: &Plan) -> Result<(), Error> {
    if done.get().is_none() {
        test(connection, plan, false)?;
        let _ = done.set(()); // another thread may have been as fast
    }
    Ok(())
}

/// Classes of binary problems.
const PROBLEM_CLASSES: u32 = 5;

/// Log-odds of each class against the rest, and against each other class.
pub(in crate::gpu) fn plan_of_problems() -> Plan {
    let histogram = Statistic::Histogram { division: Binning::adaptive(true, 64) };
    let (classes, scale) = (PROBLEM_CLASSES, ScoreScale::LogOdds);
    Plan::new(Task::Multiclass, [])
        .with_classes(classes)
        .with_binary_problems(FamilyKind::OneVsRest { classes, scale }, [histogram])
        .with_binary_problems(FamilyKind::OneVsOne { classes, scale }, [histogram])
}

/// Classes of rows of scores: enough that threads share a row.
const ROW_CLASSES: u32 = 40;

/// Outputs of samples as vectors: no power of two.
const VECTOR_OUTPUTS: u32 = 7;

fn plans() -> [Plan; 5] {
    let huber = Statistic::Sum(ValueSpec { function: ValueFn::Huber, parameter: 1.5 });
    let hinge = ValueSpec { function: ValueFn::SquaredHinge, parameter: 0.0 };
    let top_5 = Statistic::Sum(ValueSpec { function: ValueFn::TopK, parameter: 5.0 });
    let probability = ValueSpec { function: ValueFn::Probability, parameter: 0.0 };
    let divergence = ValueSpec { function: ValueFn::Divergence, parameter: f32::EPSILON };
    [
        Plan::new(
            Task::Regression,
            [
                Statistic::sum(ValueFn::SquaredError),
                huber,
                Statistic::Moment(Moment::Product),
                Statistic::Maximum(ValueSpec { function: ValueFn::AbsoluteError, parameter: 0.0 }),
                Statistic::Extremes(ValueSpec { function: ValueFn::Error, parameter: 0.0 }),
            ],
        ),
        Plan::new(
            Task::Binary,
            [
                Statistic::Confusion { threshold: 0.5 },
                Statistic::Calibration { probability, bins: 7 },
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

/// What is looked at beside soft truths.
fn soft_plan() -> Plan {
    let loss = Statistic::sum(ValueFn::SoftmaxLoss);
    Plan::new(Task::Multiclass, [loss]).with_classes(ROW_CLASSES)
}

fn test(connection: &Arc<Connection>, plan: &Plan, soft: bool) -> Result<(), Error> {
    let engine = Engine::new(connection.clone(), plan)?;
    let schema = Schema { soft, ..plan.schema(plan.reduction().rows) };
    compare_samples(engine, connection, plan, &Vectors::new(plan, schema))
}

/// Fails if an engine's totals of the test's samples are not those of the CPU engine.
#[cfg(test)]
pub(in crate::gpu) fn compare(
    engine: Engine,
    connection: &Connection,
    plan: &Plan,
) -> Result<(), Error> {
    let vectors = Vectors::new(plan, plan.schema(plan.reduction().rows));
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
        cpu::add(plan, &chunk, InstructionSet::BASELINE, 0, &mut expected);
        engine.add(&chunk, 0)?;
        engine.commit(chunk.len());
    }
    let got = engine.totals()?;
    if got.len() != expected.len() {
        let [got, expected] = [got.len(), expected.len()];
        return Err(connection.failed(format!("it has {got} totals, not {expected}")));
    }
    let mut totals = expected.iter().zip(&got).enumerate();
    let Some((total, (expected, got))) = totals.find(|(_, (expected, got))| expected != got) else {
        return Ok(());
    };
    let family = plan.families.iter().find(|family| family.totals.contains(&total));
    let statistics = family.map_or([].as_slice(), |family| &family.statistics);
    let totals = expected.statistics.iter().zip(&got.statistics);
    let different = statistics.iter().zip(totals).find(|(_, (expected, got))| expected != got);
    let what = match different {
        Some((statistic, (expected, got))) => {
            format!("{statistic}: {got:?} instead of {expected:?}")
        }
        None => format!("weights: {:?} instead of {:?}", got.weights, expected.weights),
    };
    Err(Error::AdapterRefused { adapter: connection.name.clone(), what })
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

    /// So many samples and some.
    pub fn of(plan: &Plan, schema: Schema, samples: usize) -> Self {
        let reduction = plan.reduction();
        let (width, task) = (schema.prediction_width(), schema.task);
        let mut random = SplitMix(0x7765_6967_6862);
        let mut vectors = Self { schema, prediction: vec![], truth: vec![], weight: vec![] };
        for sample in 0..samples {
            // By turns: numbers near one, numbers of any size, any bits whatever, and limits.
            let mut number = || match sample % 4 {
                0 => random.near_one(),
                1 => random.of_any_size(),
                2 => random.next(),
                _ => LIMITS[random.next() as usize % LIMITS.len()],
            };
            let (prediction, truth, weight) = (number(), number(), number() & 0x7fff_ffff);
            // Classes, and now and then what is none.
            let class =
                |bits: u32| if sample % 50 == 7 { schema.classes } else { bits % schema.classes };
            if schema.has_vectors() {
                let [row, truth] = random.rows(width, sample);
                vectors.prediction.extend(row);
                vectors.truth.extend(truth);
            } else if schema.rows {
                vectors.prediction.extend(random.row(width, sample, reduction.scores));
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
                // The least score of all, of a class that has no part in the truth; or of one that has,
                // beside the greatest.
                let without = truth.iter().position(|&t| t == 0);
                match (reduction.scores, without) {
                    (Scores::Logits, Some(class)) if sample % 3 == 0 => {
                        row[class] = f32::MIN.to_bits();
                    }
                    (Scores::Logits, None) if sample % 4 == 3 => {
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
        // The largest error and the least number of all have no weight.
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

/// SplitMix64 (Steele, Lea and Flood 2014): plain, and the same everywhere.
pub(in crate::gpu) struct SplitMix(pub u64);

impl SplitMix {
    pub fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) as u32
    }

    /// A row of scores: of every kind by turns, few different ones, one above all others, usual ones;
    /// probabilities that sum to 1, nearly.
    fn row(&mut self, width: usize, sample: usize, scores: Scores) -> Vec<u32> {
        let spread = (1 << (sample % 7)) as f32;
        let one = self.next() as usize % width;
        let mut row: Vec<_> = (0..width)
            .map(|class| match sample % 8 {
                0 => self.next(),
                1 => LIMITS[self.next() as usize % LIMITS.len()],
                2 => ((self.next() % 3) as f32 / 2.0).to_bits(),
                3 if class == one => 0x3f7f_ffff,
                // No probability, in a row whose others sum to 1.
                3 if sample % 16 == 3 && class + 1 == width => 0xbf80_0000,
                3 => (f32::from_bits(self.near_one()) / 1_048_576.0).to_bits() & 0x7fff_ffff,
                _ => (f32::from_bits(self.near_one()) * spread).to_bits(),
            })
            .collect();
        if scores == Scores::Probabilities && sample % 8 > 3 {
            let sizes = row.iter().map(|&x| f32::from_bits(x).abs().powi(1 + sample as i32 % 5));
            let sizes: Vec<_> = sizes.collect();
            // Some too large by little more than is near enough.
            let sum = sizes.iter().sum::<f32>() / if sample % 8 == 7 { 1.0006 } else { 1.0 };
            row = sizes.iter().map(|size| (size / sum).to_bits()).collect();
        }
        row
    }

    /// A soft truth: of one class, of one and a little of all others, of some alike, of several, or any
    /// row.
    fn soft_truth(&mut self, width: usize, sample: usize) -> Vec<u32> {
        let one = self.next() as usize % width;
        let of =
            |part: &dyn Fn(usize) -> f32| (0..width).map(|class| part(class).to_bits()).collect();
        match sample % 5 {
            0 => of(&|class| if class == one { 1.0 } else { 0.0 }),
            1 => {
                let rest = 0.1 / width as f32;
                of(&|class| if class == one { 0.9 + rest } else { rest })
            }
            2 => {
                let alike = |class: usize| class % 3 == one % 3;
                let part = 1.0 / (0..width).filter(|&class| alike(class)).count() as f32;
                of(&|class| if alike(class) { part } else { 0.0 })
            }
            3 => self.row(width, sample / 5 * 8 + 4, Scores::Probabilities),
            _ => self.row(width, sample / 5, Scores::Probabilities),
        }
    }

    /// Rows of numbers of every kind, or of probabilities, some of which are nearly equal.
    fn rows(&mut self, width: usize, sample: usize) -> [Vec<u32>; 2] {
        let kind = if sample.is_multiple_of(3) { Scores::Vectors } else { Scores::Probabilities };
        let prediction = self.row(width, sample, kind);
        let truth = match sample % 3 {
            1 => prediction.iter().map(|bits| bits ^ (self.next() % 5)).collect(),
            _ => self.row(width, sample + 1, kind),
        };
        [prediction, truth]
    }

    /// The bits of a number from 2^-31 to 2^33, of either sign.
    pub fn of_any_size(&mut self) -> u32 {
        self.next() & 0x87ff_ffff | 0x3000_0000 | self.next() & 0x1800_0000
    }

    /// The bits of a number from 0 to 1.
    pub fn near_zero(&mut self) -> u32 {
        ((self.next() >> 8) as f32 * 2_f32.powi(-24)).to_bits()
    }

    /// The bits of a number from 0.5 to 2, of either sign.
    pub fn near_one(&mut self) -> u32 {
        let bits = self.next();
        (0x3f00_0000 + (bits & 0x00ff_ffff)) | (bits & 0x8000_0000)
    }
}
