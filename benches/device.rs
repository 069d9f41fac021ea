//! Speed on the device, without the way there: mean_squared_error with weights over 2^27 samples that
//! are on the adapter already, beside a copy from device to device in the same run.
//!
//!     cargo bench --bench device                # hardware adapters
//!     cargo bench --bench device -- --software  # software adapters too, 2^22 samples
//!
//! One self-contained binary: it can be carried to a machine without Rust.

#[path = "../tests/common/values.rs"]
mod values;

use values::values;
use weighbridge::gpu::{Throughput, adapters};
use weighbridge::statistic::{Function, Moment, Statistic};

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
        for (name, statistics) in cases() {
            let runs = if test { 1 } else { RUNS };
            match Throughput::measure(&adapter, &statistics, 1 << exponent, runs) {
                Ok(throughput) => print(&name, exponent, &throughput),
                Err(error) => println!("  {name}: {error}"),
            }
        }
        measured += 1;
    }
    if measured == 0 {
        println!("no hardware adapter here; --software measures software adapters");
    }
}

fn cases() -> Vec<(String, Vec<Statistic>)> {
    let squared_error = Statistic::sum(Function::SquaredError);
    let r2_score = [Moment::Truth, Moment::TruthSquare].map(Statistic::Moment);
    let r2_score = [squared_error].into_iter().chain(r2_score).collect();
    let moments = Moment::ALL.iter().map(|&moment| Statistic::Moment(moment));
    let ten = values().take(5).map(Statistic::Sum);
    vec![
        ("mean_squared_error weighted".to_owned(), vec![squared_error]),
        ("r2_score weighted".to_owned(), r2_score),
        ("ten sums weighted".to_owned(), ten.chain(moments).collect()),
    ]
}

fn print(name: &str, exponent: u32, throughput: &Throughput) {
    let (evaluation, copy) =
        (throughput.evaluation_bytes_per_second(), throughput.copy_bytes_per_second());
    println!(
        "  {name}, 2^{exponent}: {:.3} Gsamples/s, {:.1} GB/s read; a copy moves {:.1} GB/s; {:.0} %",
        throughput.samples as f64 / throughput.evaluation.as_secs_f64() / 1e9,
        evaluation / 1e9,
        copy / 1e9,
        100.0 * evaluation / copy,
    );
}
