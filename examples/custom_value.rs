//! A custom per-sample value, reported unweighted and weighted, with the same bits on the CPU
//! and on every GPU: the squared difference of the logits of two probabilities, with the logarithm
//! of `kernel/float.wgsl`.
//!
//! `cargo run --example custom_value` runs on every available device.

use weighbridge::kernel::bits::{ONE, OUTSIDE, square};
use weighbridge::kernel::float::{ln, ln1p, minus};
use weighbridge::statistic::{CustomValue, MathModule};
use weighbridge::{Batch, Device, Error, Evaluator, Report, Task};

/// In WGSL for the GPU engine, and in Rust for the CPU engine. 0x80000000 is the sign bit.
static SQUARED_LOGIT_ERROR: CustomValue = CustomValue::new(
    "squared_logit_error",
    "fn squared_logit_error_logit(p: u32) -> u32 {
         return minus(ln(p), ln1p(p ^ 0x80000000u));
     }
     fn squared_logit_error(prediction: u32, truth: u32, parameter: u32) -> u32 {
         let inside = prediction - 1u < ONE - 1u && truth - 1u < ONE - 1u;
         let d = minus(squared_logit_error_logit(prediction), squared_logit_error_logit(truth));
         return select(OUTSIDE, square(d), inside);
     }",
    |prediction, truth, _parameter| {
        let logit = |p: u32| minus(ln(p), ln1p(p ^ 0x8000_0000));
        let inside = |p: u32| p.wrapping_sub(1) < ONE - 1;
        let d = minus(logit(prediction), logit(truth));
        if inside(prediction) && inside(truth) { square(d) } else { OUTSIDE }
    },
)
.domain("predictions and truths between 0 and 1, both excluded")
.math_modules(&[MathModule::Float]);

fn report(device: Device) -> Result<Report, Error> {
    let builder = Evaluator::builder(Task::Regression).value(&SQUARED_LOGIT_ERROR);
    let mut evaluator = builder.metric("mean_squared_error").device(device).build()?;
    let truth: Vec<f32> = (0..100_000).map(|i| (i % 999 + 1) as f32 / 1000.0).collect();
    let prediction: Vec<f32> = truth.iter().map(|t| t * t * (3.0 - 2.0 * t)).collect();
    let weight: Vec<f32> = (0..100_000).map(|i| (i % 7) as f32 / 4.0).collect();
    evaluator.update(&Batch::new(&prediction, &truth).weights(&weight))?;
    evaluator.result()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let cpu = report(Device::Cpu)?;
    println!("{cpu}");
    #[cfg(feature = "gpu")]
    for adapter in weighbridge::gpu::adapters() {
        let gpu = report(Device::Named(adapter.name))?;
        assert_eq!(gpu.entries, cpu.entries);
        println!("the same on {}", gpu.device.name);
    }
    Ok(())
}
