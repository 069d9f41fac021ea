//! The cases of `benches/peers.py`, under the same names: one update with weights, for both values,
//! compared with the rate at which the same threads read the same three arrays.

mod support;

use criterion::{BenchmarkId, Criterion, Throughput};
use support::{Data, Engine};
use weighbridge::metric::{self, ResolvedMetric, Settings};
use weighbridge::statistic::Statistic;
use weighbridge::{Batch, Task};

/// The metrics of the case `ten regression metrics`, as in `peers.py`.
const TEN: [&str; 10] = [
    "mean_squared_error",
    "root_mean_squared_error",
    "mean_absolute_error",
    "mean_error",
    "max_error",
    "weighted_mean_absolute_percentage_error",
    "huber_loss",
    "pinball_loss",
    "r2_score",
    "explained_variance",
];

/// All binary metrics that are computed from one confusion count.
fn count_metrics() -> Vec<&'static str> {
    let settings = Settings::new(Task::Binary);
    let counts = |name: &&str| {
        let spec = ResolvedMetric::parse(name, settings).expect("a metric of the binary task");
        let statistics = spec.statistics;
        statistics.iter().all(|statistic| matches!(statistic, Statistic::Confusion { .. }))
    };
    metric::of_task(Task::Binary).map(|metric| metric.name).filter(counts).collect()
}

/// Rows of logits: the number of rows and classes, and the metrics of the case.
const ROWS: [(usize, u32, &[&str]); 2] = [
    (1 << 20, 10, &["accuracy", "top_k_accuracy:k=5", "f1_score", "log_loss", "confusion_matrix"]),
    (2048, 50_257, &["log_loss", "accuracy"]),
];

/// Cases of rows of logits, without weights, because TorchMetrics takes none; throughputs count
/// logits.
fn rows(criterion: &mut Criterion) {
    for (samples, classes, metrics) in ROWS {
        let samples = if support::is_test() { 64 } else { samples };
        let elements = samples * classes as usize;
        let mix = |i: usize| (i as u32).wrapping_mul(2_654_435_761) ^ (i as u32 >> 7);
        let logits: Vec<_> =
            (0..elements).map(|i| (mix(i) >> 8) as f32 * 2_f32.powi(-20) - 8.0).collect();
        let truth: Vec<_> = (0..samples).map(|i| mix(i) % classes).collect();
        let mut group = criterion.benchmark_group(format!("rows of {classes}"));
        group.throughput(Throughput::ElementsAndBytes {
            elements: elements as u64,
            bytes: 4 * elements as u64,
        });
        support::read::bench_columns(&mut group, &samples.to_string(), [&logits]);
        for engine in Engine::all() {
            let builder =
                engine.builder(Task::Multiclass).classes(classes as usize).from_logits(true);
            let builder = builder.metrics(metrics.iter().copied());
            let mut evaluator = builder.build().expect("metrics of this task");
            group.bench_function(BenchmarkId::new(&engine.name, samples), |bencher| {
                let batch = Batch::new(&logits, &truth);
                bencher.iter(|| support::run(&mut evaluator, &batch));
            });
        }
        group.finish();
    }
}

/// Curves: an update and a result, since samples are sorted when the result is requested. Also ten
/// counts, with and without a curve.
fn curves(criterion: &mut Criterion) {
    let counts = [
        "accuracy",
        "precision",
        "recall",
        "f1_score",
        "specificity",
        "balanced_accuracy",
        "matthews_correlation",
        "cohen_kappa",
        "jaccard_index",
        "negative_predictive_value",
    ];
    let cases = [
        ("roc_auc weighted", vec!["roc_auc"]),
        ("roc_auc:bins=4096 weighted", vec!["roc_auc:bins=4096"]),
        ("average_precision weighted", vec!["average_precision"]),
        ("ten counts", counts.to_vec()),
        ("ten counts and roc_auc:bins=4096", [&counts[..], &["roc_auc:bins=4096"]].concat()),
    ];
    let data = Data::new(support::samples(22));
    let mut group = criterion.benchmark_group("curves");
    group.throughput(support::throughput(data.len()));
    support::read::bench(&mut group, "2^22", &data);
    for (name, metrics) in cases {
        for engine in Engine::all() {
            let builder = engine.builder(Task::Binary).metrics(metrics.iter().copied());
            let mut evaluator = builder.build().expect("metrics of this task");
            let id = BenchmarkId::new(format!("{name} 2^22"), &engine.name);
            group.bench_function(id, |bencher| {
                let batch = data.batch(Task::Binary);
                bencher.iter(|| {
                    evaluator.reset().expect("the device works");
                    evaluator.update(&batch).expect("the data is valid");
                    evaluator.result().expect("the device works")
                });
            });
        }
    }
    group.finish();
}

/// The columns of the data as `f64`, with digits that `f32` lacks.
struct Double {
    prediction: Vec<f64>,
    truth: Vec<f64>,
    score: Vec<f64>,
    weight: Vec<f64>,
}

impl Double {
    fn new(data: &Data) -> Self {
        let mut state = 1_u64;
        let mut widened = |column: &[f32]| -> Vec<f64> {
            let mut nearly_one = || {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                1.0 - (state >> 11) as f64 * 2_f64.powi(-80)
            };
            column.iter().map(|&x| f64::from(x) * nearly_one()).collect()
        };
        let [prediction, truth] = [&data.prediction, &data.truth].map(|x| widened(x));
        let [score, weight] = [&data.score, &data.weight].map(|x| widened(x));
        Self { prediction, truth, score, weight }
    }
}

/// The same cases in double precision, which the CPU engine computes.
fn double(criterion: &mut Criterion, cases: &[(&str, Task, Vec<&str>)]) {
    let curves = [
        ("roc_auc weighted", Task::Binary, vec!["roc_auc"]),
        ("average_precision weighted", Task::Binary, vec!["average_precision"]),
    ];
    for (exponent, cases) in [(24, cases), (22, &curves)] {
        let data = Data::new(support::samples(exponent));
        let columns = Double::new(&data);
        let mut group = criterion.benchmark_group(format!("f64 2^{exponent}"));
        let elements = data.len() as u64;
        let bytes = 2 * support::SAMPLE_BYTES * elements;
        group.throughput(Throughput::ElementsAndBytes { elements, bytes });
        let words = [&columns.prediction, &columns.truth, &columns.weight];
        let words: [&[f32]; 3] = words.map(|column| bytemuck::cast_slice(column));
        support::read::bench_columns(&mut group, "f64", words);
        for (name, task, metrics) in cases {
            for engine in Engine::all().into_iter().filter(|engine| engine.name.contains("CPU")) {
                let builder = engine.builder(*task).metrics(metrics.iter().copied());
                let mut evaluator = builder.build().expect("metrics of this task");
                let batch = match task {
                    Task::Regression => Batch::new(&columns.prediction, &columns.truth),
                    _ => Batch::new(&columns.score, &data.label),
                };
                let batch = batch.weights(&columns.weight);
                group.bench_function(BenchmarkId::new(*name, &engine.name), |bencher| {
                    bencher.iter(|| {
                        evaluator.reset().expect("the CPU");
                        evaluator.update(&batch).expect("the data is valid");
                        evaluator.result().expect("the CPU")
                    });
                });
            }
        }
        group.finish();
    }
}

fn main() {
    support::banner();
    let mut criterion: Criterion = support::criterion();
    let counts = count_metrics();
    println!("confusion: {}", counts.join(", "));
    let cases = [
        ("mean_squared_error weighted", Task::Regression, vec!["mean_squared_error"]),
        ("confusion", Task::Binary, counts),
        ("log_loss weighted", Task::Binary, vec!["log_loss"]),
        ("ten regression metrics", Task::Regression, TEN.to_vec()),
    ];
    let data = Data::new(support::samples(24));
    let mut group = criterion.benchmark_group("peers");
    group.throughput(support::throughput(data.len()));
    support::read::bench(&mut group, "2^24", &data);
    for (name, task, metrics) in &cases {
        for engine in Engine::all() {
            let builder = engine.builder(*task).metrics(metrics.iter().copied());
            let mut evaluator = builder.build().expect("metrics of this task");
            group.bench_function(
                BenchmarkId::new(format!("{name} 2^24"), &engine.name),
                |bencher| {
                    let batch = data.batch(*task);
                    bencher.iter(|| support::run(&mut evaluator, &batch));
                },
            );
        }
    }
    group.finish();
    double(&mut criterion, &cases);
    curves(&mut criterion);
    rows(&mut criterion);
    criterion.final_summary();
}
