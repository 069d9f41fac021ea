//! Speed on the device, without the way there: statistics with weights over 2^27 elements of
//! predictions and more that are on the adapter already, beside a copy from device to device in the
//! same run.
//!
//!     cargo bench --bench device                # hardware adapters
//!     cargo bench --bench device -- --software  # software adapters too, 2^22 elements
//!
//! One self-contained binary: it can be carried to a machine without Rust.

#[path = "../tests/common/values.rs"]
mod values;

use values::values;
use weighbridge::Task;
use weighbridge::gpu::{SortThroughput, Throughput, adapters};
use weighbridge::statistic::{Binning, Moment, Plan, Statistic, ValueFn, ValueSpec};

const RUNS: usize = 15;

fn main() {
    let has = |flag: &str| std::env::args().any(|argument| argument == flag);
    let test = !has("--bench");
    let software = has("--software") || test;
    let mut measured = 0;
    for adapter in adapters().into_iter().filter(|adapter| software || !adapter.software) {
        println!("{adapter}");
        let exponent = match (test, adapter.software) {
            (true, _) => 12,
            (false, true) => 22,
            (false, false) => 27,
        };
        for Case { name, plan } in cases() {
            let runs = if test { 1 } else { RUNS };
            let width = plan.schema(plan.row_needs().rows).prediction_width();
            let samples = ((1 << exponent) / width).max(3);
            match Throughput::measure(&adapter, &plan, samples, runs) {
                Ok(throughput) => print(name, &throughput),
                Err(error) => println!("  {name}: {error}"),
            }
        }
        let runs = if test { 1 } else { RUNS };
        match SortThroughput::measure(&adapter, (1 << exponent) - 1, runs) {
            Ok(throughput) => print_sort(&throughput),
            Err(error) => println!("  sort: {error}"),
        }
        measured += 1;
    }
    if measured == 0 {
        println!("no hardware adapter here; --software measures software adapters");
    }
}

struct Case {
    name: &'static str,
    plan: Plan,
}

fn cases() -> Vec<Case> {
    let squared_error = Statistic::sum(ValueFn::SquaredError);
    let r2_score = [Moment::Truth, Moment::TruthSquare].map(Statistic::Moment);
    let r2_score = [squared_error].into_iter().chain(r2_score).collect();
    let moments = Moment::ALL.iter().map(|&moment| Statistic::Moment(moment));
    let ten = values().take(5).map(Statistic::Sum);
    let log_loss = ValueSpec { function: ValueFn::LogLoss, parameter: f32::EPSILON };
    let division = Binning::adaptive(false, 4096);
    let case =
        |name, task, statistics: Vec<Statistic>| Case { name, plan: Plan::new(task, statistics) };
    let rows = |name, classes, more: &[Statistic]| {
        let two = [Statistic::sum(ValueFn::SoftmaxLoss), Statistic::sum(ValueFn::Correct)];
        let Case { name, plan } = case(name, Task::Multiclass, [&two, more].concat());
        Case { name, plan: plan.with_classes(classes) }
    };
    let top_5 = Statistic::Sum(ValueSpec { function: ValueFn::TopK, parameter: 5.0 });
    let ten_classes =
        [top_5, Statistic::Margins { classes: 10 }, Statistic::Matrix { classes: 10 }];
    vec![
        case("mean_squared_error", Task::Regression, vec![squared_error]),
        case("r2_score", Task::Regression, r2_score),
        case("ten sums", Task::Regression, ten.chain(moments).collect()),
        case("log_loss", Task::Binary, vec![Statistic::Sum(log_loss)]),
        case("roc_auc:bins=4096", Task::Binary, vec![Statistic::Histogram { division }]),
        case("logit log_loss", Task::Binary, vec![Statistic::sum(ValueFn::LogitLoss)]),
        rows("log_loss and accuracy of 10 classes", 10, &[]),
        rows("five metrics of 10 classes", 10, &ten_classes),
        rows("log_loss and accuracy of 50,257 classes", 50_257, &[]),
    ]
}

/// The throughput of a sort; a bench of one that does not sort is none.
fn print_sort(throughput: &SortThroughput) {
    assert!(throughput.is_sorted, "pairs are in no order");
    println!(
        "  sort of {} pairs: {:.3} Gpairs/s; a copy of them takes {:.3} of that time",
        throughput.pairs,
        throughput.pairs_per_second() / 1e9,
        throughput.copy.as_secs_f64() / throughput.sort.as_secs_f64(),
    );
}

fn print(name: &str, throughput: &Throughput) {
    let (evaluation, copy) =
        (throughput.evaluation_bytes_per_second(), throughput.copy_bytes_per_second());
    println!(
        "  {name}, weighted, {} samples: {:.3} Gsamples/s, {:.1} GB/s read; a copy moves {:.1} GB/s; \
         {:.0} %",
        throughput.samples,
        throughput.samples as f64 / throughput.evaluation.as_secs_f64() / 1e9,
        evaluation / 1e9,
        copy / 1e9,
        100.0 * evaluation / copy,
    );
}
