//! Speed per metric, size and engine: one update with weights, both values at once.
//!
//! `cargo bench --bench metrics -- mean_squared_error` measures those whose id contains the text.

mod support;

use criterion::{BenchmarkId, Criterion};
use support::{Data, Engine};
use weighbridge::Task;
use weighbridge::metric;

fn metrics(criterion: &mut Criterion) {
    let engines = Engine::fastest();
    let sizes = [16, 20, 24].map(|exponent| (exponent, Data::new(support::samples(exponent))));
    let mut group = criterion.benchmark_group("read");
    for (exponent, data) in &sizes {
        group.throughput(support::throughput(data.len()));
        support::read(&mut group, &format!("2^{exponent}"), data);
    }
    group.finish();
    for &task in Task::ALL {
        for definition in metric::of_task(task) {
            let name = definition.name;
            let mut group = criterion.benchmark_group(format!("{task}/{name}"));
            for (exponent, data) in &sizes {
                group.throughput(support::throughput(data.len()));
                for engine in &engines {
                    let mut evaluator =
                        engine.builder(task).metric(name).build().expect("a metric of this task");
                    let id = BenchmarkId::new(&engine.name, format!("2^{exponent}"));
                    group.bench_with_input(id, data, |bencher, data| {
                        let batch = data.batch(task);
                        bencher.iter(|| support::run(&mut evaluator, &batch));
                    });
                }
            }
        }
    }
}

fn main() {
    support::banner();
    let mut criterion = support::criterion();
    metrics(&mut criterion);
    criterion.final_summary();
}
