//! Speed per metric, size and engine: one update with weights, for both values.
//!
//! `cargo bench --bench metrics -- mean_squared_error` measures the benches whose id contains the
//! text.

mod support;

use criterion::{BenchmarkId, Criterion};
use support::{Data, Engine};
use weighbridge::metric::{self, MetricFamily, ResolvedMetric};
use weighbridge::{Batch, InstructionSet, Task};

fn metrics(criterion: &mut Criterion) {
    // The fastest CPU engine, and the GPU; `sums` and `peers` compare instruction sets.
    let slower = InstructionSet::available().len() - 1;
    let engines = Engine::all().split_off(slower);
    let sizes = [16, 20, 24].map(|exponent| (exponent, Data::new(support::samples(exponent))));
    let mut group = criterion.benchmark_group("read");
    for (exponent, data) in &sizes {
        group.throughput(support::throughput(data.len()));
        support::read::bench(&mut group, &format!("2^{exponent}"), data);
    }
    group.finish();
    // A device that stays in use is not opened and tested again.
    let open = |engine: &Engine| {
        let builder = engine.builder(Task::Regression).metric("mean_error");
        builder.build().expect("a metric of this task")
    };
    let _in_use: Vec<_> = engines.iter().map(open).collect();
    for &task in Task::ALL {
        for definition in metric::of_task(task) {
            let name = definition.name;
            let mut group = criterion.benchmark_group(format!("{task}/{name}"));
            for (exponent, data) in &sizes {
                group.throughput(support::throughput(data.len()));
                for engine in &engines {
                    let vectors = definition.family == MetricFamily::Vector;
                    let builder = engine.builder(task).metric(name);
                    let builder = if vectors { builder.outputs(WIDTH) } else { builder };
                    let mut evaluator = builder.build().expect("a metric of this task");
                    let id = BenchmarkId::new(&engine.name, format!("2^{exponent}"));
                    group.bench_with_input(id, data, |bencher, data| {
                        let scored = evaluator.specs().iter().any(ResolvedMetric::needs_rows);
                        let batch = match (vectors, scored) {
                            (true, _) => pairs_of_rows(data),
                            (false, true) => rows(data),
                            (false, false) => data.batch(task),
                        };
                        bencher.iter(|| support::run(&mut evaluator, &batch));
                    });
                }
            }
        }
    }
}

/// Elements per row.
const WIDTH: usize = 10;

/// Rows of scores from the same data, with a tenth of the samples. Throughputs count scores.
fn rows(data: &Data) -> Batch<'_> {
    let samples = data.len() / WIDTH;
    let scores = &data.score[..samples * WIDTH];
    Batch::new(scores, &data.classes[1][..samples]).weights(&data.weight[..samples])
}

/// The same number of rows, with rows of truths.
fn pairs_of_rows(data: &Data) -> Batch<'_> {
    let samples = data.len() / WIDTH;
    let [prediction, truth] = [&data.score, &data.weight].map(|column| &column[..samples * WIDTH]);
    Batch::new(prediction, truth).weights(&data.weight[..samples])
}

fn main() {
    support::banner();
    let mut criterion = support::criterion();
    metrics(&mut criterion);
    criterion.final_summary();
}
