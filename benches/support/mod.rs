//! Shared by the benches: inputs, engines, and a banner that describes the machine and build.

pub mod read;

use criterion::{Criterion, Throughput};
use std::time::Duration;
use weighbridge::{Batch, Device, Evaluator, InstructionSet, Task};

/// Bytes of a prediction, a truth and a weight.
pub const SAMPLE_BYTES: u64 = 12;

/// Classes of the multiclass task.
const CLASSES: u32 = 10;

/// Whether each bench runs only once, as under `cargo test`.
pub fn is_test() -> bool {
    let has = |name: &str| std::env::args().any(|argument| argument == name);
    has("--test") || !has("--bench")
}

/// A number of samples, reduced in a test.
pub fn samples(exponent: u32) -> usize {
    1 << if is_test() { 12 } else { exponent }
}

pub fn throughput(samples: usize) -> Throughput {
    let elements = samples as u64;
    Throughput::ElementsAndBytes { elements, bytes: elements * SAMPLE_BYTES }
}

/// Short measurements: each iteration takes milliseconds and varies with the machine's load.
pub fn criterion() -> Criterion {
    Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1))
        .nresamples(2000)
        .configure_from_args()
}

/// Normal truths, predictions near them, scores and labels, and uniform weights.
pub struct Data {
    pub prediction: Vec<f32>,
    pub truth: Vec<f32>,
    pub score: Vec<f32>,
    pub label: Vec<u32>,
    /// Predicted and true classes.
    pub classes: [Vec<u32>; 2],
    pub weight: Vec<f32>,
}

impl Data {
    pub fn new(samples: usize) -> Self {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut uniform = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 40) as f32 / (1 << 24) as f32
        };
        let mut data = Self {
            prediction: Vec::with_capacity(samples),
            truth: Vec::with_capacity(samples),
            score: Vec::with_capacity(samples),
            label: Vec::with_capacity(samples),
            classes: [Vec::with_capacity(samples), Vec::with_capacity(samples)],
            weight: Vec::with_capacity(samples),
        };
        for _ in 0..samples {
            let radius = (-2.0 * (1.0 - uniform()).ln()).sqrt();
            let (sin, cos) = (std::f32::consts::TAU * uniform()).sin_cos();
            let score = uniform();
            data.truth.push(radius * cos);
            data.prediction.push(radius * cos + 0.3 * radius * sin);
            data.score.push(score);
            data.label.push(u32::from(uniform() < score));
            let class = uniform() * CLASSES as f32;
            let wrong = uniform() * CLASSES as f32;
            data.classes[0].push(if uniform() < 0.75 { class } else { wrong } as u32);
            data.classes[1].push(class as u32);
            data.weight.push(uniform());
        }
        data
    }

    pub fn len(&self) -> usize {
        self.weight.len()
    }

    pub fn batch(&self, task: Task) -> Batch<'_> {
        match task {
            Task::Regression => Batch::new(&self.prediction, &self.truth),
            Task::Binary | Task::Multilabel => Batch::new(&self.score, &self.label),
            Task::Multiclass => Batch::new(&self.classes[0], &self.classes[1]),
            Task::Aggregation => Batch::values(&self.prediction),
        }
        .weights(&self.weight)
    }
}

/// An engine to measure.
#[derive(Clone, Debug)]
pub struct Engine {
    pub name: String,
    device: Device,
    instructions: InstructionSet,
}

impl Engine {
    /// The CPU engine with every instruction set of this machine, and its GPU if it has one.
    pub fn all() -> Vec<Self> {
        let cpu = |instructions: InstructionSet| Self {
            name: format!("CPU {}", instructions.name()),
            device: Device::Cpu,
            instructions,
        };
        let mut engines: Vec<_> = InstructionSet::available().into_iter().map(cpu).collect();
        engines.extend(Self::gpu());
        engines
    }

    /// The GPU of this machine, if there is one. A software adapter is used only on request.
    #[cfg(feature = "gpu")]
    fn gpu() -> Option<Self> {
        let asked = std::env::var_os("WEIGHBRIDGE_DEVICE").is_some_and(|value| value == "gpu");
        let mut adapters = weighbridge::gpu::adapters().into_iter();
        let Some(adapter) = adapters.find(|adapter| asked || !adapter.software) else {
            eprintln!("Without a GPU (WEIGHBRIDGE_DEVICE=gpu takes a software adapter too)");
            return None;
        };
        let (name, device) = (format!("GPU {}", adapter.name), Device::Named(adapter.name));
        Some(Self { name, device, instructions: InstructionSet::widest() })
    }

    #[cfg(not(feature = "gpu"))]
    fn gpu() -> Option<Self> {
        eprintln!("Without a GPU: this build lacks the feature gpu");
        None
    }

    /// An evaluator's builder for this engine.
    pub fn builder(&self, task: Task) -> weighbridge::EvaluatorBuilder {
        let builder =
            Evaluator::builder(task).classes(CLASSES as usize).device(self.device.clone());
        let builder = builder.instructions(self.instructions);
        if task == Task::Multilabel { builder.outputs(1) } else { builder }
    }
}

/// Adds a batch and waits until it is added.
pub fn run(evaluator: &mut Evaluator, batch: &Batch<'_>) {
    evaluator.update(batch).expect("the data is valid");
    // A GPU's update only submits the work; the state is available when the work is done.
    if evaluator.device().engine == "gpu" {
        evaluator.state().expect("the device works");
    }
}

/// Prints the machine and the build that produced the numbers.
pub fn banner() {
    let cpu = std::fs::read_to_string("/proc/cpuinfo")
        .ok()
        .and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("model name"))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        })
        .unwrap_or_else(|| format!("an unnamed {}", std::env::consts::ARCH));
    let sets: Vec<_> = InstructionSet::available().iter().map(|set| set.name()).collect();
    println!("CPU: {cpu}, {} threads, {}", rayon::current_num_threads(), sets.join(", "));
    print_adapters();
}

#[cfg(feature = "gpu")]
fn print_adapters() {
    weighbridge::gpu::adapters().iter().for_each(|adapter| println!("Adapter: {adapter}"));
}

#[cfg(not(feature = "gpu"))]
fn print_adapters() {}
