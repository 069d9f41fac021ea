//! Evaluators and burn use the same queue from several threads.

use crate::Test;
use crate::data::{floats, integers, labels, numbers};
use libtest_mimic::Failed;
use std::thread;
use weighbridge::{Batch, Evaluator, EvaluatorBuilder, Task};
use weighbridge_burn::{Gpu, TensorBatch};

pub const TESTS: &[(&str, Test)] = &[("two_threads", two_threads), ("handed_over", handed_over)];

const N: usize = 200;
const K: usize = 5;
const ROUNDS: u64 = 20;

fn settings() -> EvaluatorBuilder {
    let builder =
        Evaluator::builder(Task::Multiclass).classes((K as u32) as usize).from_logits(true);
    builder.metrics(["accuracy", "log_loss"])
}

fn two_threads(gpu: &Gpu) -> Result<(), Failed> {
    let worker = |seed: u64| -> Result<(), weighbridge_burn::Error> {
        let mut device = gpu.evaluator(settings())?;
        let mut host = settings().device(weighbridge::Device::Cpu).build()?;
        for round in 0..ROUNDS {
            let (p, t) = (numbers(N * K, seed + round), labels(N, K));
            let scores = floats(gpu, &p, [N, K]);
            device.update(&TensorBatch::new(&scores, integers(gpu, &t, [N])))?;
            host.update(&Batch::new(&p, &t))?;
            // burn continues to use the same tensor.
            drop(scores.matmul(floats(gpu, &p[..K * K], [K, K])).exp());
        }
        assert_eq!(device.state()?, host.state()?);
        Ok(())
    };
    thread::scope(|scope| {
        let workers = [0, 1000].map(|seed| scope.spawn(move || worker(seed)));
        workers.into_iter().try_for_each(|worker| {
            worker.join().map_err(|_| "a worker panicked")?.map_err(Failed::from)
        })
    })
}

/// An evaluator on one thread reads tensors of another, as in burn's `Learner`.
fn handed_over(gpu: &Gpu) -> Result<(), Failed> {
    let mut device = gpu.evaluator(settings())?;
    let mut host = settings().device(weighbridge::Device::Cpu).build()?;
    let (sender, receiver) = std::sync::mpsc::sync_channel(4);
    let states = thread::scope(|scope| {
        let metrics = scope.spawn(move || {
            for batch in receiver {
                device.update(&batch)?;
            }
            device.state()
        });
        for round in 0..ROUNDS {
            let (p, t) = (numbers(N * K, round), labels(N, K));
            let scores = floats(gpu, &p, [N, K]) * 1.0;
            host.update(&Batch::new(&p, &t))?;
            let batch = TensorBatch::new(scores, integers(gpu, &t, [N]));
            sender.send(batch).map_err(|_| "the worker is gone")?;
        }
        drop(sender);
        let device = metrics.join().map_err(|_| "the worker panicked")??;
        Ok::<_, Failed>((device, host.state()?))
    });
    let (device, host) = states?;
    assert_eq!(device, host);
    Ok(())
}
