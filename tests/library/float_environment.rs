//! Callers whose threads flush subnormals, or round in another direction.
#![cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]

use crate::common::devices::devices;
use crate::common::random::Random;
use weighbridge::{Batch, Device, Evaluator, Report, State, Task};

/// Flush subnormal results and operands, and round upwards.
#[cfg(target_arch = "x86_64")]
const OTHERS: [u64; 2] = [0x9fc0, 0x5f80];
#[cfg(target_arch = "aarch64")]
const OTHERS: [u64; 2] = [1 << 24, 1 << 22];

#[cfg(target_arch = "x86_64")]
fn set_environment(control: u64) {
    let control = control as u32;
    // SAFETY: reads four bytes; no float is computed before it is set back.
    unsafe { std::arch::asm!("ldmxcsr [{}]", in(reg) &raw const control) };
}

#[cfg(target_arch = "x86_64")]
fn environment() -> u64 {
    let mut control = 0_u32;
    // SAFETY: writes the four bytes of `control`.
    unsafe { std::arch::asm!("stmxcsr [{}]", in(reg) &raw mut control) };
    u64::from(control & !0x3f)
}

#[cfg(target_arch = "aarch64")]
fn set_environment(control: u64) {
    // SAFETY: sets rounding or flushing; no float is computed before it is set back.
    unsafe { std::arch::asm!("msr fpcr, {}", in(reg) control) };
}

#[cfg(target_arch = "aarch64")]
fn environment() -> u64 {
    let control;
    // SAFETY: reads a register.
    unsafe { std::arch::asm!("mrs {}, fpcr", out(reg) control) };
    control
}

/// Samples, enough for several threads; every third weight and every seventh score is subnormal.
struct Data {
    score: Vec<f64>,
    class: Vec<u32>,
    weight: Vec<f32>,
}

const SAMPLES: usize = 1 << 17;

impl Data {
    fn new() -> Self {
        let mut random = Random::new(23);
        let mut fraction = || (random.bits() >> 11) as f64 / (1_u64 << 53) as f64;
        let score = |index| fraction() * if index % 7 == 0 { 1e-40 } else { 1.0 };
        let score: Vec<_> = (0..SAMPLES).map(score).collect();
        let class = (0..SAMPLES).map(|index| (index * 5 / 3 % 2) as u32).collect();
        let weight = |index| if index % 3 == 0 { 3e-42 } else { 0.75 + index as f32 / 1e6 };
        Self { score, class, weight: (0..SAMPLES).map(weight).collect() }
    }

    fn batch(&self, task: Task) -> Batch<'_> {
        let Self { score, class, weight } = self;
        match task {
            Task::Aggregation => Batch::values(score).weights(weight),
            Task::Regression => Batch::new(score, weight).weights(weight),
            Task::Binary => Batch::new(score, class).weights(weight),
            Task::Multiclass | Task::Multilabel => {
                Batch::new(score, &class[..SAMPLES / 2]).weights(&weight[..SAMPLES / 2])
            }
        }
    }
}

const TASKS: [(Task, &[&str]); 4] = [
    (Task::Aggregation, &["mean", "sum", "maximum"]),
    (
        Task::Regression,
        &["mean_squared_error", "mean_error", "r2_score", "pearson_correlation", "huber_loss"],
    ),
    (
        Task::Binary,
        &[
            "accuracy",
            "log_loss",
            "roc_auc",
            "matthews_correlation",
            "calibration_bins:strategy=quantile",
            "expected_calibration_error",
        ],
    ),
    (
        Task::Multiclass,
        &["accuracy", "f1_score", "confusion_matrix", "log_loss", "cohen_kappa", "brier_score"],
    ),
];

fn evaluate(task: Task, metrics: &[&str], device: &Device, data: &Data) -> (State, Report) {
    let builder = Evaluator::builder(task).metrics(metrics.iter().copied());
    let builder =
        if task == Task::Multiclass { builder.classes(2).from_logits(true) } else { builder };
    let mut evaluator = builder.device(device.clone()).build().expect("an evaluator");
    evaluator.update(&data.batch(task)).expect("a batch");
    (evaluator.state().expect("a state"), evaluator.result().expect("a report"))
}

/// Sets the environment of this thread and of all workers while `work` runs.
fn within<R>(control: u64, work: impl FnOnce() -> R) -> R {
    let before = environment();
    rayon::broadcast(|_| set_environment(control));
    set_environment(control);
    let result = work();
    let after = environment();
    set_environment(before);
    rayon::broadcast(|_| set_environment(before));
    assert_eq!(after, control, "the environment of the caller is restored");
    result
}

#[test]
fn results_do_not_depend_on_the_environment_of_the_caller() {
    let data = Data::new();
    for device in devices() {
        for (task, metrics) in TASKS {
            let (state, report) = evaluate(task, metrics, &device, &data);
            for control in OTHERS {
                let (other_state, other_report) =
                    within(control, || evaluate(task, metrics, &device, &data));
                assert!(other_state == state, "{task} on {device:?}, environment {control:#x}");
                assert_eq!(other_report.to_json(), report.to_json(), "{task} on {device:?}");
            }
        }
    }
}
