//! The cost of a sum: 1, 3, 10 and 24 sums per sample, each unweighted and weighted, compared with
//! the rate at which the same threads read the same three arrays.

mod support;

use criterion::{BenchmarkId, Criterion};
use support::{Data, Engine};
use weighbridge::Task;
use weighbridge::statistic::{Statistic, ValueFn, ValueSpec};

/// The simplest value first, then Huber losses, which differ in δ.
fn sums(count: usize) -> impl Iterator<Item = Statistic> {
    let huber = |index| {
        let delta = index as f64 / 8.0;
        ValueSpec { function: ValueFn::Huber, parameter: delta.into() }
    };
    let losses = (1..count).map(move |index| Statistic::Sum(huber(index)));
    std::iter::once(Statistic::sum(ValueFn::SquaredError)).chain(losses)
}

fn main() {
    support::banner();
    let mut criterion: Criterion = support::criterion();
    let data = Data::new(support::samples(24));
    let mut group = criterion.benchmark_group("sums");
    group.throughput(support::throughput(data.len()));
    support::read::bench(&mut group, "three arrays", &data);
    for engine in Engine::all() {
        for count in [1, 3, 10, 24] {
            let mut evaluator = engine
                .builder(Task::Regression)
                .statistics(sums(count))
                .build()
                .expect("the statistics are valid");
            group.bench_function(
                BenchmarkId::new(&engine.name, format!("{count} sums")),
                |bencher| {
                    let batch = data.batch(Task::Regression);
                    bencher.iter(|| support::run(&mut evaluator, &batch));
                },
            );
        }
    }
    group.finish();
    criterion.final_summary();
}
