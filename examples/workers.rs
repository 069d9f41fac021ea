//! Workers evaluate parts of the data, and their states are merged.
//!
//! The merged state equals the state of a single evaluator over all data, bit for bit, for any
//! split of the data: `cargo run --example workers`.

use std::thread;
use weighbridge::{Batch, Device, Error, Evaluator, State, Task};

/// The state of one worker's part.
fn worker(prediction: &[f32], truth: &[f32], weight: &[f32]) -> Result<State, Error> {
    let mut evaluator = Evaluator::builder(Task::Regression).device(Device::Cpu).build()?;
    for start in (0..prediction.len()).step_by(1000) {
        let range = start..prediction.len().min(start + 1000);
        let batch = Batch::new(&prediction[range.clone()], &truth[range.clone()]);
        evaluator.update(&batch.weights(&weight[range]))?;
    }
    evaluator.state()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let truth: Vec<f32> = (0..100_000).map(|i| (i as f32 * 0.37).sin()).collect();
    let prediction: Vec<f32> = truth.iter().map(|t| t + (t * 1e4).cos() / 8.0).collect();
    let weight: Vec<f32> = (0..100_000).map(|i| (i % 7) as f32 / 4.0).collect();

    let mut all = Evaluator::builder(Task::Regression).device(Device::Cpu).build()?;
    let parts = [0..12_345, 12_345..70_000, 70_000..100_000];
    let states = thread::scope(|scope| {
        let start = |range: &std::ops::Range<usize>| {
            let columns = [&prediction, &truth, &weight].map(|column| &column[range.clone()]);
            scope.spawn(move || worker(columns[0], columns[1], columns[2]))
        };
        let workers: Vec<_> = parts.iter().map(start).collect();
        workers.into_iter().map(|worker| worker.join()).collect::<Vec<_>>()
    });
    for state in states {
        all.merge(&state.map_err(|_| "a worker panicked")??)?;
    }
    assert_eq!(all.state()?, worker(&prediction, &truth, &weight)?);
    println!("{}", all.result()?);
    Ok(())
}
