use std::time::Instant;
use weighbridge::{Batch, Device, Evaluator, Task};
fn main() -> Result<(), Box<dyn std::error::Error>> {
    for a in weighbridge::gpu::adapters() {
        println!("{a} software {}", a.software);
        let s = Instant::now();
        println!("self test {:?} {:?}", weighbridge::gpu::self_test(&a), s.elapsed());
        let n = 3_000_001usize;
        let mut x = 12345u64;
        let mut rnd = || {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            (x >> 40) as f32 / 16777216.0
        };
        let t: Vec<f32> = (0..n).map(|_| rnd() * 10.0).collect();
        let p: Vec<f32> = t.iter().map(|t| t + 0.3 * rnd()).collect();
        let w: Vec<f32> = (0..n).map(|_| rnd()).collect();
        let mut e = Evaluator::builder(Task::Regression)
            .device(Device::Named(a.name.clone()))
            .checked(true)
            .build()?;
        println!("built {:?}", s.elapsed());
        for _ in 0..3 {
            let s = Instant::now();
            e.update(&Batch::new(&p, &t).weights(&w))?;
            println!("update {:?}", s.elapsed());
        }
        println!("{}", e.result()?);
        println!("result {:?}", s.elapsed());
    }
    Ok(())
}
