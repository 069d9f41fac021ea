//! What an adapter must get right before it is trusted.
//!
//! A few thousand samples, ordinary and extreme, go through both engines when an adapter is opened.
//! Its states must be those of the CPU engine, bit for bit.

use super::connection::Connection;
use super::engine::Engine;
use crate::batch::Piece;
use crate::cpu::{self, InstructionSet};
use crate::error::Error;
use crate::statistic::{Function, Moment, Plan, Statistic, Task, Totals, Value};
use std::sync::Arc;

/// Samples of a self-test: no multiple of any block or group size.
const SAMPLES: usize = 4099;

/// Fails if the adapter's arithmetic differs from the CPU engine's.
pub(super) fn run(connection: &Arc<Connection>) -> Result<(), Error> {
    plans().iter().try_for_each(|plan| test(connection, plan))
}

fn plans() -> [Plan; 2] {
    let huber = Statistic::Sum(Value { function: Function::Huber, parameter: 1.5 });
    let hinge = Value { function: Function::SquaredHinge, parameter: 0.0 };
    [
        Plan::new(
            Task::Regression,
            [Statistic::sum(Function::SquaredError), huber, Statistic::Moment(Moment::Product)],
        ),
        Plan::new(Task::Binary, [Statistic::Confusion { threshold: 0.5 }, Statistic::Sum(hinge)]),
    ]
}

fn test(connection: &Arc<Connection>, plan: &Plan) -> Result<(), Error> {
    let vectors = Vectors::new(plan.task);
    let piece = vectors.piece();
    let mut expected = Totals::empty(plan);
    cpu::accumulate(plan, &piece, InstructionSet::BASELINE, &mut expected);
    let mut engine = Engine::new(connection.clone(), plan)?;
    engine.add(&piece)?;
    let got = engine.totals()?;
    if got == expected {
        return Ok(());
    }
    let totals = expected.statistics.iter().zip(&got.statistics);
    let different = plan.statistics.iter().zip(totals).find(|(_, (expected, got))| expected != got);
    let what = match different {
        Some((statistic, (expected, got))) => {
            format!("{statistic}: {got:?} instead of {expected:?}")
        }
        None => format!("weights: {:?} instead of {:?}", got.weights, expected.weights),
    };
    Err(Error::AdapterRefused { adapter: connection.adapter.name.clone(), what })
}

/// Inputs of a self-test, as bits.
struct Vectors {
    prediction: Vec<u32>,
    truth: Vec<u32>,
    weight: Vec<u32>,
}

impl Vectors {
    fn new(task: Task) -> Self {
        let mut random = SplitMix(0x7765_6967_6862);
        let mut vectors = Self { prediction: vec![], truth: vec![], weight: vec![] };
        for sample in 0..SAMPLES {
            // By turns: numbers near one, numbers of any size, and any bits whatever.
            let mut number = || match sample % 3 {
                0 => random.near_one(),
                1 => random.next() & 0x87ff_ffff | 0x3000_0000 | random.next() & 0x1800_0000,
                _ => random.next(),
            };
            let (prediction, truth, weight) = (number(), number(), number() & 0x7fff_ffff);
            vectors.prediction.push(prediction);
            vectors.truth.push(match task {
                Task::Regression => truth,
                Task::Binary => truth & 1,
            });
            vectors.weight.push(weight);
        }
        vectors
    }

    fn piece(&self) -> Piece<'_> {
        let Self { prediction, truth, weight } = self;
        Piece { prediction, truth, weight: Some(weight) }
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014): plain, and the same everywhere.
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) as u32
    }

    /// The bits of a number from 0.5 to 2, of either sign.
    fn near_one(&mut self) -> u32 {
        let bits = self.next();
        0x3f00_0000 + (bits & 0x00ff_ffff) | bits & 0x8000_0000
    }
}
