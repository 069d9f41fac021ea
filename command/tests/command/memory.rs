//! Memory use on large files. `WEIGHBRIDGE_ROWS=1000000 cargo test --release -p weighbridge-cli
//! memory -- --nocapture` prints time and memory for one and ten million rows.

use crate::Folder;
use crate::write::{batch, csv};
use arrow_array::{ArrayRef, Float32Array, Float64Array, StringArray};
use npyz::Order;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Rows of the smaller files, unless `WEIGHBRIDGE_ROWS` is set.
const ROWS: usize = 100_000;
/// Most additional memory for a file with ten times the rows.
const MAX_GROWTH_KIB: u64 = 30 * 1000;

/// Pseudo-random numbers: p and t of 64 bits, w of 32.
fn columns(rows: usize) -> [Vec<f64>; 3] {
    let mut state = 42_u64;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut columns = [(); 3].map(|()| Vec::with_capacity(rows));
    for _ in 0..rows {
        let truth = uniform();
        columns[0].push(truth + 0.1 * uniform());
        columns[1].push(truth);
        columns[2].push(f64::from(uniform() as f32));
    }
    columns
}

/// Time and peak memory, in KiB, of one run.
fn measure(folder: &Folder, file: &str, roles: [&str; 3]) -> (Duration, u64) {
    let [prediction, truth, weight] = roles;
    let roles = ["--prediction", prediction, "--truth", truth, "--weight", weight];
    let arguments = [&["evaluate", file, "--task", "regression"], &roles[..]].concat();
    let start = Instant::now();
    let mut child = folder.command(&arguments).stdout(Stdio::null()).spawn().expect("a start");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().expect("a process").is_none() {
        let status = std::fs::read_to_string(&status).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
        peak = kib.unwrap_or(0).max(peak);
        std::thread::sleep(Duration::from_millis(1));
    }
    let time = start.elapsed();
    assert!(child.wait().expect("a process").success());
    println!("{file}: {} ms, peak {peak} KiB", time.as_millis());
    (time, peak)
}

#[test]
fn memory_does_not_grow_with_the_file() {
    let folder = Folder::new("memory");
    let names = ["p", "t", "w"];
    let mut peaks = Vec::new();
    let requested = std::env::var("WEIGHBRIDGE_ROWS").ok().and_then(|rows| rows.parse().ok());
    let fewer = requested.unwrap_or(ROWS);
    for rows in [fewer, 10 * fewer] {
        let [p, t, w] = columns(rows);
        let text = StringArray::from_iter_values((0..rows).map(|row| format!("sample {row}")));
        let weights = w.iter().map(|&w| w as f32);
        let table: [(&str, ArrayRef); 4] = [
            ("name", Arc::new(text)),
            ("p", Arc::new(Float64Array::from(p.clone()))),
            ("t", Arc::new(Float64Array::from(t.clone()))),
            ("w", Arc::new(weights.collect::<Float32Array>())),
        ];
        let (npy, npz) = (format!("{rows}.npy"), format!("{rows}.npz"));
        let parquet = format!("{rows}.parquet");
        folder.write_parquet(&parquet, &batch(table.to_vec()));
        folder.write_npy(&npy, &[rows as u64, 3], Order::Fortran, &[&p[..], &t, &w].concat());
        let shape = [rows as u64];
        drop(folder.npz(&npz).array("p", &shape, &p).array("t", &shape, &t).array("w", &shape, &w));
        let mut files = vec![(parquet, names), (npy, ["0", "1", "2"]), (npz, names)];
        let text = format!("{rows}.csv");
        folder.write(&text, csv(&[("p", &p), ("t", &t), ("w", &w)]));
        files.push((text, names));
        let measured = files.iter().map(|(file, names)| measure(&folder, file, *names).1);
        peaks.push(measured.collect::<Vec<_>>());
    }
    for (one, ten) in peaks[0].iter().zip(&peaks[1]) {
        assert!(*ten < one + MAX_GROWTH_KIB, "{one} KiB, then {ten} KiB");
    }
}
