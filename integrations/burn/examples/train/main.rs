//! Trains a small network on handwritten digits. Prints each metric after each epoch, for training
//! and validation, unweighted and weighted, in the format of Keras:
//!
//! ```sh
//! cargo run -p weighbridge-burn --example train
//! ```
//!
//! Predictions stay on the device. At the end, the metrics of the last epoch are computed again on
//! the CPU, from predictions that are read back: they are the same to the last bit. Then an epoch
//! is timed with metrics on the device, with metrics on the host, and without metrics.
//!
//! The digits are 1,797 images of the UCI "Optical Recognition of Handwritten Digits" data, by E.
//! Alpaydin and C. Kaynak (CC BY 4.0); see `data/README.md`. For some digits, the training set
//! keeps only one image in five. Class weights compensate for that, and images with more ink count
//! more.

mod digits;
mod measure;
mod network;

use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer};
use burn::prelude::*;
use digits::{CLASSES, Digits};
use measure::{Measure, Place};
use network::{Network, loss};
use std::error::Error;
use std::time::{Duration, Instant};
use weighbridge::{Batch, Evaluator, EvaluatorBuilder, Report, Task};
use weighbridge_burn::Gpu;

const EPOCHS: usize = 8;
const ROUNDS: usize = 10;
const BATCH: usize = 32;
const SEED: u64 = 7;

/// The training loss, Σwx/N, is the weighted value of this metric.
const LOSS: &str = "log_loss:reduction=sum_over_batch_size";
const METRICS: [&str; 3] = ["accuracy", "f1_score", "log_loss"];

/// A network in training, and its metrics.
struct Training {
    gpu: Gpu,
    network: Network,
    optimizer: ModuleOptimizer,
    splits: [Digits; 2],
    metrics: [Measure; 2],
    class_weights: Tensor<1>,
}

/// Predictions that are read back at the end, with truths and weights.
#[derive(Default)]
struct Recorded {
    logits: Vec<Tensor<2>>,
    labels: Vec<i32>,
    weights: Vec<f32>,
}

impl Training {
    fn new(gpu: &Gpu, location: Place) -> Result<Self, Box<dyn Error>> {
        let device = gpu.device().clone().autodiff();
        gpu.device().seed(SEED);
        let splits = Digits::load(&device)?;
        let class_weights: Vec<f32> =
            splits[0].class_weights().iter().map(|(_, weight)| *weight as f32).collect();
        let measure = || Measure::new(location, gpu, settings(&splits[0]));
        Ok(Self {
            gpu: gpu.clone(),
            network: Network::new(&device),
            optimizer: AdamConfig::new().init(),
            metrics: [measure()?, measure()?],
            class_weights: Tensor::from_floats(class_weights.as_slice(), &device),
            splits,
        })
    }

    /// Trains for an epoch and validates. The metrics use the predictions from during training.
    fn epoch(
        &mut self,
        epoch: usize,
        recorded: &mut [Recorded; 2],
    ) -> Result<Duration, Box<dyn Error>> {
        let start = Instant::now();
        self.metrics.iter_mut().try_for_each(Measure::reset)?;
        for batch in self.splits[0].batches(BATCH, SEED + epoch as u64) {
            let logits = self.network.forward(batch.images.clone());
            let weights =
                batch.weights.clone() * self.class_weights.clone().select(0, batch.labels.clone());
            let gradients = loss(logits.clone(), batch.labels.clone(), weights).backward();
            let gradients = GradientsParams::from_grads(gradients, &self.network);
            self.network = self.optimizer.step(2e-3, self.network.clone(), gradients);
            self.metrics[0].update(&logits, &batch)?;
            recorded[0].add(logits, batch);
        }
        let network = self.network.valid();
        for batch in self.splits[1].batches(4 * BATCH, SEED) {
            let logits = network.forward(batch.images.clone().without_autodiff());
            self.metrics[1].update(&logits, &batch)?;
            recorded[1].add(logits, batch);
        }
        self.gpu.device().sync()?;
        for metrics in &mut self.metrics {
            metrics.report()?;
        }
        Ok(start.elapsed())
    }
}

impl Recorded {
    fn add(&mut self, logits: Tensor<2>, batch: digits::Batch) {
        self.logits.push(logits.without_autodiff());
        self.labels.extend(batch.host_labels);
        self.weights.extend(batch.host_weights);
    }

    /// A CPU evaluator with all of the recorded predictions.
    fn on_cpu(self, builder: EvaluatorBuilder) -> Result<Evaluator, Box<dyn Error>> {
        let logits = Tensor::cat(self.logits, 0).try_into_data()?.try_into_vec::<f32>()?;
        let mut metrics = builder.device(weighbridge::Device::Cpu).build()?;
        metrics.update(&Batch::new(&logits, &self.labels).weights(&self.weights))?;
        Ok(metrics)
    }
}

/// The metrics of training and validation, both with class weights.
fn settings(train: &Digits) -> EvaluatorBuilder {
    Evaluator::builder(Task::Multiclass)
        .classes(CLASSES)
        .from_logits(true)
        .class_weights(train.class_weights())
        .metric(LOSS)
        .metrics(METRICS)
}

/// Each metric in the format of Keras: training and validation, unweighted and weighted.
fn line(split: &str, report: &Report) -> Result<String, Box<dyn Error>> {
    let mut line = format!(" - {split}loss: {:.4}", report.weighted(LOSS)?);
    for metric in METRICS {
        let (unweighted, weighted) = (report.unweighted(metric)?, report.weighted(metric)?);
        line += &format!(" - {split}{metric}: {unweighted:.4} ({weighted:.4})");
    }
    Ok(line)
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The share of a part, in percent.
fn share([part, whole]: [Duration; 2]) -> f64 {
    100.0 * part.as_secs_f64() / whole.as_secs_f64()
}

fn train(gpu: &Gpu) -> Result<(), Box<dyn Error>> {
    let mut training = Training::new(gpu, Place::Device)?;
    println!(
        "{} digits to train with, {} to validate",
        training.splits[0].labels.len(),
        training.splits[1].labels.len()
    );
    println!("values: unweighted (weighted); the first epoch compiles shaders");
    let mut recorded = Default::default();
    let mut all = [Duration::ZERO; 2];
    for epoch in 1..=EPOCHS {
        recorded = Default::default();
        let time = training.epoch(epoch, &mut recorded)?;
        let spent = training.metrics[0].spent + training.metrics[1].spent;
        if epoch > 1 {
            all = [all[0] + spent, all[1] + time];
        }
        let share = share([spent, time]);
        print!("epoch {epoch}/{EPOCHS} - {:.0}ms, metrics {share:.0}%", milliseconds(time));
        for (split, metrics) in ["", "val_"].iter().zip(&mut training.metrics) {
            print!(
                "{}",
                metrics.report()?.map_or(Ok(String::new()), |report| line(split, &report))?
            );
        }
        println!();
    }
    println!("Metrics took {:.1}% of the epochs after the first.", share(all));
    for (recorded, measured) in recorded.into_iter().zip(&mut training.metrics) {
        let mut on_cpu = recorded.on_cpu(settings(&training.splits[0]))?;
        assert_eq!(Some(on_cpu.state()?), measured.state()?, "the same sums");
        let Some(on_device) = measured.report()? else { continue };
        for (cpu, device) in on_cpu.result()?.entries.iter().zip(&on_device.entries) {
            assert_eq!(cpu, device, "the same values, to the last bit");
        }
    }
    println!("The CPU engine makes the same of the predictions, to the last bit.");
    Ok(())
}

/// Times of an epoch, each the minimum over rounds in which the variants take turns.
fn compare(gpu: &Gpu) -> Result<(), Box<dyn Error>> {
    let training = |location| Training::new(gpu, location);
    let mut trainings =
        [training(Place::Nowhere)?, training(Place::Device)?, training(Place::Host)?];
    let mut times = [Duration::MAX; 3];
    for epoch in 1..=ROUNDS {
        for (training, time) in trainings.iter_mut().zip(&mut times) {
            *time = training.epoch(epoch, &mut Default::default())?.min(*time);
        }
    }
    let [nowhere, device, host] = times.map(milliseconds);
    let more = |time: f64| 100.0 * (time / nowhere - 1.0);
    println!(
        "An epoch takes {nowhere:.0}ms without metrics, {device:.0}ms with them on the device ({:+.0}%), \
         and {host:.0}ms with them on the host, from predictions that are read back after each step \
         ({:+.0}%).",
        more(device),
        more(host),
    );
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let gpu = weighbridge_burn::init()?;
    let done = train(&gpu).and_then(|()| compare(&gpu));
    // The device must be idle when the process ends.
    gpu.device().sync()?;
    done
}
