use std::time::Instant;
use weighbridge::{Batch, Device, Evaluator, InstructionSet, Task};
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let n = 1usize << 24;
    let mut x = 12345u64;
    let mut rnd = || {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        (x >> 40) as f32 / 16777216.0
    };
    let mut normal = || (0..12).map(|_| rnd()).sum::<f32>() - 6.0;
    let t: Vec<f32> = (0..n).map(|_| normal()).collect();
    let p: Vec<f32> = t.iter().map(|t| t + 0.3 * normal()).collect();
    let w: Vec<f32> = (0..n).map(|_| rnd()).collect();
    let words = |v: &[f32]| -> u64 {
        use rayon::prelude::*;
        v.par_chunks(1 << 16)
            .map(|c| {
                c.iter().fold([0u32; 64].into_iter().next().unwrap(), |a, x| a ^ x.to_bits()) as u64
            })
            .sum()
    };
    let mut best = f64::MAX;
    for _ in 0..7 {
        let s = Instant::now();
        let a = words(&p) + words(&t) + words(&w);
        std::hint::black_box(a);
        best = best.min(s.elapsed().as_secs_f64());
    }
    let read = n as f64 / best / 1e9;
    println!("read {read:.3} Gsamples/s  {:.1} GB/s", read * 12.0);
    for set in InstructionSet::available() {
        for metrics in [&["mean_squared_error"][..]] {
            let mut e = Evaluator::builder(Task::Regression)
                .metrics(metrics.iter().copied())
                .device(Device::Cpu)
                .instructions(set)
                .build()?;
            let mut best = f64::MAX;
            for _ in 0..7 {
                let s = Instant::now();
                e.update(&Batch::new(&p, &t).weights(&w))?;
                best = best.min(s.elapsed().as_secs_f64());
            }
            println!(
                "{} {:?} {:.3} Gs/s {:.0}%",
                set.name(),
                metrics,
                n as f64 / best / 1e9,
                100.0 * n as f64 / best / 1e9 / read
            );
            println!("{}", e.result()?);
        }
    }
    Ok(())
}
