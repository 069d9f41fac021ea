//! The cases of `benches/peers.py`, under the same names: one update with weights, both values at
//! once, beside the rate at which the same threads read the same three arrays.

mod support;

use criterion::{BenchmarkId, Criterion};
use support::{Data, Engine};
use weighbridge::Task;
use weighbridge::metric::{self, Settings, Spec};
use weighbridge::statistic::Statistic;

/// The metrics of the case `ten regression metrics`, as `peers.py` has them.
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

/// All binary metrics that are formulas over one confusion count.
fn count_metrics() -> Vec<&'static str> {
    let settings =
        Settings { task: Task::Binary, from_logits: false, threshold: 0.5, classes: 2, outputs: 1 };
    let counts = |name: &&str| {
        let spec = Spec::parse(name, settings).expect("a metric of the binary task");
        let statistics = (spec.definition.statistics)(&spec.arguments);
        statistics.iter().all(|statistic| matches!(statistic, Statistic::Confusion { .. }))
    };
    metric::of_task(Task::Binary).map(|metric| metric.name).filter(counts).collect()
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
    support::read(&mut group, "2^24", &data);
    for (name, task, metrics) in cases {
        for engine in Engine::all() {
            let builder = engine.builder(task).metrics(metrics.iter().copied());
            let mut evaluator = builder.build().expect("metrics of this task");
            group.bench_function(
                BenchmarkId::new(format!("{name} 2^24"), &engine.name),
                |bencher| {
                    let batch = data.batch(task);
                    bencher.iter(|| support::run(&mut evaluator, &batch));
                },
            );
        }
    }
    group.finish();
    criterion.final_summary();
}
