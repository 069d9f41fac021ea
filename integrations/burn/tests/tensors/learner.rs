//! Compares the values in burn's `Learner` with an oracle on the host.

use crate::Test;
use crate::data::{labels, numbers, weights};
use crate::silent::Silent;
use burn::data::dataloader::DataLoaderBuilder;
use burn::data::dataloader::batcher::Batcher;
use burn::data::dataset::InMemDataset;
use burn::lr_scheduler::constant::ConstantLr;
use burn::module::Param;
use burn::nn::loss::CrossEntropyLossConfig;
use burn::optim::SgdConfig;
use burn::prelude::*;
use burn::train::logger::MetricLogger;
use burn::train::metric::store::{EpochSummary, MetricsUpdate, Split};
use burn::train::metric::{LossMetric, MetricDefinition, MetricId, NumericEntry};
use burn::train::{
    ClassificationOutput, InferenceStep, Learner, SupervisedTraining, TrainOutput, TrainStep,
};
use libtest_mimic::Failed;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use weighbridge::{Evaluator, EvaluatorBuilder, Report, Task};
use weighbridge_burn::{Gpu, LearnerMetrics, Side, Weighted};

pub const TESTS: &[(&str, Test)] =
    &[("learner", learner), ("undefined_in_a_learner", undefined), ("learner_stops", stops)];

const K: usize = 4;
const SAMPLES: [usize; 2] = [50, 23];
const EPOCHS: usize = 2;
const METRICS: [&str; 3] = ["accuracy", "f1_score", "log_loss:reduction=sum_over_batch_size"];

type Sample = (Vec<f32>, i32, f32);

fn settings() -> EvaluatorBuilder {
    Evaluator::builder(Task::Multiclass)
        .classes((K as u32) as usize)
        .from_logits(true)
        .metrics(METRICS)
}

/// Samples whose scores are passed through as predictions.
fn samples(count: usize, weights: &[f32]) -> Vec<Sample> {
    let scores = numbers(count * K, count as u64);
    let rows = scores.chunks(K).map(<[f32]>::to_vec).zip(labels(count, K)).zip(weights);
    rows.map(|((scores, label), weight)| (scores, label, *weight)).collect()
}

/// The expected metrics of samples.
fn oracle(samples: &[Sample]) -> Result<Report, weighbridge::Error> {
    let scores: Vec<f32> = samples.iter().flat_map(|sample| sample.0.clone()).collect();
    let labels: Vec<i32> = samples.iter().map(|sample| sample.1).collect();
    let weights: Vec<f32> = samples.iter().map(|sample| sample.2).collect();
    let mut metrics = settings().device(weighbridge::Device::Cpu).build()?;
    metrics.update(&weighbridge::Batch::new(&scores, &labels).weights(&weights))?;
    metrics.result()
}

/// A model that returns its input and does not learn.
#[derive(Module, Debug)]
struct Same {
    one: Param<Tensor<1>>,
}

#[derive(Clone, Debug)]
struct Rows {
    scores: Tensor<2>,
    labels: Tensor<1, Int>,
    weights: Tensor<1>,
}

impl Same {
    fn forward(&self, rows: Rows) -> Weighted<ClassificationOutput> {
        let device = rows.scores.device();
        let output = rows.scores * self.one.val().unsqueeze();
        let loss = CrossEntropyLossConfig::new().init(&device);
        let loss = loss.forward(output.clone(), rows.labels.clone());
        Weighted::new(ClassificationOutput::new(loss, output, rows.labels), rows.weights)
    }
}

impl TrainStep for Same {
    type Input = Rows;
    type Output = Weighted<ClassificationOutput>;

    fn step(&self, rows: Rows) -> TrainOutput<Self::Output> {
        let output = self.forward(rows);
        TrainOutput::new(self, output.output.loss.backward(), output)
    }
}

impl InferenceStep for Same {
    type Input = Rows;
    type Output = Weighted<ClassificationOutput>;

    fn step(&self, rows: Rows) -> Self::Output {
        self.forward(rows)
    }
}

#[derive(Clone)]
struct RowBatcher;

impl Batcher<Sample, Rows> for RowBatcher {
    fn batch(&self, items: Vec<Sample>, device: &Device) -> Rows {
        let scores: Vec<f32> = items.iter().flat_map(|sample| sample.0.clone()).collect();
        let labels: Vec<i32> = items.iter().map(|sample| sample.1).collect();
        let weights: Vec<f32> = items.iter().map(|sample| sample.2).collect();
        Rows {
            scores: Tensor::from_data(TensorData::new(scores, [items.len(), K]), device),
            labels: Tensor::from_ints(labels.as_slice(), device),
            weights: Tensor::from_floats(weights.as_slice(), device),
        }
    }
}

/// Final values by split, epoch and metric name, and the text in the dashboard.
type Values = HashMap<(String, usize, String), (f64, String)>;

/// A logger that records final values.
#[derive(Clone, Default)]
struct Kept {
    values: Arc<Mutex<Values>>,
    names: HashMap<MetricId, String>,
}

impl MetricLogger for Kept {
    fn log(&mut self, update: MetricsUpdate, epoch: usize, split: &Split) {
        for update in update.entries_numeric {
            if let Some(NumericEntry::Final(value)) = update.numeric_entry {
                let name = self.names[&update.entry.metric_id].clone();
                let shown = (value, update.entry.serialized_entry.formatted);
                self.values.lock().unwrap().insert((split.to_string(), epoch, name), shown);
            }
        }
    }

    fn read_numeric(&mut self, _: &str, _: usize, _: &Split) -> Result<Vec<NumericEntry>, String> {
        Ok(Vec::new())
    }

    fn log_metric_definition(&mut self, definition: MetricDefinition) {
        self.names.insert(definition.metric_id, definition.name.to_string());
    }

    fn log_epoch_summary(&mut self, _: EpochSummary) {}
}

/// Trains for several epochs. Returns the final values, or the error that ended training.
fn trained(
    gpu: &Gpu,
    splits: &[Vec<Sample>; 2],
    metrics: LearnerMetrics,
) -> Result<Values, String> {
    let kept = Kept::default();
    let loader = |samples: &Vec<Sample>| {
        DataLoaderBuilder::new(RowBatcher).batch_size(8).build(InMemDataset::new(samples.clone()))
    };
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    let run = RUNS.fetch_add(1, Ordering::Relaxed);
    let name = format!("weighbridge-burn-{}-{run}", std::process::id());
    let directory = std::env::temp_dir().join(name);
    let training = SupervisedTraining::new(&directory, loader(&splits[0]), loader(&splits[1]))
        .metrics((LossMetric::new(),))
        .metrics(metrics)
        .with_metric_logger(kept.clone())
        .with_application_logger(None)
        .renderer(Box::new(Silent))
        .num_epochs(EPOCHS);
    let device = gpu.device().clone().autodiff();
    let model = Same { one: Param::from_tensor(Tensor::ones([1], &device)) };
    let learner = Learner::new(model, SgdConfig::new().init(), ConstantLr::new(0.0));
    let result = training.launch(learner);
    let _ = std::fs::remove_dir_all(directory);
    if let Some(error) = result.error {
        return Err(error.to_string());
    }
    let values = kept.values.lock().unwrap();
    Ok(values.clone())
}

fn learner(gpu: &Gpu) -> Result<(), Failed> {
    let [train, valid] = SAMPLES;
    let splits = [samples(train, &weights(train)), samples(valid, &weights(valid))];
    let values = trained(gpu, &splits, LearnerMetrics::new(gpu, settings())?)?;
    for (split, samples) in ["train", "valid"].into_iter().zip(&splits) {
        let oracle = oracle(samples)?;
        for epoch in 1..=EPOCHS {
            let value = |name: String| values[&(split.to_owned(), epoch, name)].0;
            for metric in METRICS {
                let name = metric.replace(':', " ");
                let sides = [value(name.clone()), value(format!("{name} (weighted)"))];
                assert_eq!(sides, [oracle.unweighted(metric)?, oracle.weighted(metric)?]);
                assert_ne!(sides[0], sides[1]);
            }
        }
    }
    Ok(())
}

/// Undefined values are NaN, not 0.
fn undefined(gpu: &Gpu) -> Result<(), Failed> {
    let [train, valid] = SAMPLES;
    let splits = [samples(train, &weights(train)), samples(valid, &[0.0; 23])];
    let values = trained(gpu, &splits, LearnerMetrics::only(Side::Weighted, gpu, settings())?)?;
    let (value, shown) = &values[&("valid".to_owned(), 1, "accuracy (weighted)".to_owned())];
    assert!(value.is_nan());
    assert_eq!(shown, "epoch undefined (all weights are zero) - batch N/A");
    assert!(!values.contains_key(&("valid".to_owned(), 1, "accuracy".to_owned())));
    Ok(())
}

fn stops(gpu: &Gpu) -> Result<(), Failed> {
    let [train, valid] = SAMPLES;
    let splits = [samples(train, &weights(train)), samples(valid, &weights(valid))];
    let metrics = LearnerMetrics::new(gpu, settings().classes(5))?;
    let said = trained(gpu, &splits, metrics).map_or_else(|said| said, |_| "no error".to_owned());
    let sentence = "the predictions have shape [8, 4], but the truths have [8]: it must be [8, 5] or \
                    [8] (nothing is broadcast)";
    assert!(said.contains(sentence), "{said}");
    Ok(())
}
