//! Long loops: lavapipe gives all loops of a thread 65,535 steps together, and runs every later
//! loop once. No value is wrong, and none is lost without an error.

use crate::buffers::shared::{Shared, devices};
use crate::common::devices::adapters;
use weighbridge::batch::{FaultPolicy, Source, TruthEncoding};
use weighbridge::error::{BuildError, DeviceError};
use weighbridge::statistic::CustomValue;
use weighbridge::wgpu::util::{BufferInitDescriptor, DeviceExt};
use weighbridge::wgpu::{Buffer, BufferUsages};
use weighbridge::{
    Batch, BufferColumn, Column, Device, Dtype, Error, Evaluator, EvaluatorBuilder, Task,
};

/// Counts the highest bits of a generator of random numbers, in a given number of steps.
macro_rules! count_of_steps {
    ($name:ident, $steps:literal) => {
        CustomValue::new(
            stringify!($name),
            concat!(
                "fn ",
                stringify!($name),
                "(prediction: u32, truth: u32, parameter: u32) -> u32 {
                     var x = prediction;
                     var count = 0u;
                     for (var i = 0u; i < ",
                $steps,
                "u; i++) {
                         x = x * 1664525u + 1013904223u;
                         count += x >> 31u;
                     }
                     return bitcast<u32>(f32(count));
                 }"
            ),
            |prediction, _, _| {
                let (mut x, mut count) = (prediction, 0_u32);
                for _ in 0..$steps {
                    x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    count += x >> 31;
                }
                (count as f32).to_bits()
            },
        )
    };
}

static STEPS: CustomValue = count_of_steps!(steps, 600);
static MORE_STEPS: CustomValue = count_of_steps!(more_steps, 9_000);
static TOO_MANY_STEPS: CustomValue = count_of_steps!(too_many_steps, 40_000);

/// Takes no step for most numbers, and 5,000 for one that no comparison of twins tries.
static HIDDEN_STEPS: CustomValue = CustomValue::new(
    "hidden_steps",
    "fn hidden_steps(prediction: u32, truth: u32, parameter: u32) -> u32 {
         var count = 0u;
         let steps = select(0u, 5000u, prediction == 0x4b0020ffu);
         for (var i = 0u; i < steps; i++) {
             count += (i ^ prediction) & 1u;
         }
         return bitcast<u32>(f32(count));
     }",
    |prediction, _, _| {
        let steps = if prediction == 0x4b00_20ff { 5000 } else { 0 };
        let count: u32 = (0..steps).map(|i| (i ^ prediction) & 1).sum();
        (count as f32).to_bits()
    },
);

fn of_value(value: &'static CustomValue, device: &Device) -> Result<Evaluator, Error> {
    Evaluator::builder(Task::Regression).value(value).device(device.clone()).build()
}

#[test]
fn values_with_loops_get_fewer_samples_per_thread() {
    for (value, samples) in [(&STEPS, 40_000), (&MORE_STEPS, 3_000)] {
        let number = |i| if i % 2 == 0 { 8_400_511.0 } else { 7_775_513.0 };
        let x: Vec<f32> = (0..samples).map(number).collect();
        let weight: Vec<f32> = (0..samples).map(|i| i as f32).collect();
        let state = |device: &Device| {
            let mut evaluator = of_value(value, device).expect("an evaluator");
            evaluator.update(&Batch::new(&x, &x).weights(&weight)).expect("a batch");
            evaluator.state().expect("a state")
        };
        let expected = state(&Device::Cpu);
        for device in adapters() {
            assert!(state(&device) == expected, "{} on {device:?}", value.name());
        }
    }
}

#[test]
fn a_loop_that_is_too_long_for_a_device_is_refused() {
    for device in adapters() {
        let error = of_value(&TOO_MANY_STEPS, &device).err();
        match (&device, error) {
            (
                Device::Named(name),
                Some(Error::Build(BuildError::ValueLoopsTooLong { steps, .. })),
            ) if name.contains("llvmpipe") => {
                assert!((40_000..40_100).contains(&steps), "{steps}");
            }
            (Device::Named(name), None) if !name.contains("llvmpipe") => {}
            (device, error) => panic!("{device:?}: {error:?}"),
        }
    }
}

#[test]
fn a_loop_that_is_cut_is_an_error() {
    let x = vec![f32::from_bits(0x4b00_20ff); 40_000];
    let expected = Ok(2500.0);
    for device in adapters() {
        let mut evaluator = of_value(&HIDDEN_STEPS, &device).expect("an evaluator");
        evaluator.update(&Batch::new(&x, &x)).expect("a batch");
        match evaluator.result() {
            Ok(report) => assert_eq!(report.unweighted("hidden_steps"), expected, "{device:?}"),
            Err(error) => {
                assert!(matches!(error, Error::Device(DeviceError::Failed { .. })), "{error}");
                assert!(
                    error.to_string().contains("a pass over the samples was cut short"),
                    "{error}"
                );
                // The evaluator can be used again.
                evaluator.reset().expect("a reset");
                evaluator.update(&Batch::new(&[1.0_f32], &[1.0_f32])).expect("a batch");
                let report = evaluator.result().expect("a report");
                assert_eq!(report.unweighted("hidden_steps"), Ok(0.0), "{device:?}");
            }
        }
    }
}

/// Recorded work may never be submitted, so that the number of samples is not known on the host.
/// The device counts what it was to do.
#[test]
fn a_loop_that_is_cut_in_recorded_work_is_an_error() {
    const SAMPLES: usize = 40_000;
    let number = |i| if i % 64 < 32 { f32::from_bits(0x4b00_20ff) } else { 1.0 };
    let x: Vec<f32> = (0..SAMPLES).map(number).collect();
    let ones = vec![1.0_f32; SAMPLES];
    for shared in devices() {
        let device = shared.of_evaluators.clone();
        let buffer = buffer(&shared, bytemuck::cast_slice(&x));
        let column = || BufferColumn::new(Dtype::F32, buffer.slice(..));
        for is_submitted in [true, false] {
            let mut evaluator = of_value(&HIDDEN_STEPS, &device).expect("an evaluator");
            let mut encoder = shared.device.create_command_encoder(&Default::default());
            evaluator.encode(&mut encoder, &Batch::new(column(), column())).expect("a batch");
            if is_submitted {
                shared.queue.submit([encoder.finish()]);
            } else {
                // The encoder is dropped, and another batch is updated as usual.
                drop(encoder);
                evaluator.update(&Batch::new(&ones, &ones)).expect("a batch");
                evaluator.update(&Batch::new(&x, &x)).expect("a batch");
            }
            let samples = if is_submitted { SAMPLES } else { 2 * SAMPLES };
            match evaluator.result() {
                Ok(report) => assert_eq!(report.samples, samples as u64, "{}", shared.name),
                Err(error) => {
                    assert!(error.to_string().contains("was cut short"), "{error}");
                    assert!(shared.name.contains("llvmpipe"), "{}: {error}", shared.name);
                }
            }
        }
    }
}

fn buffer(shared: &Shared, bytes: &[u8]) -> Buffer {
    let mut contents = bytes.to_vec();
    contents.resize(bytes.len().next_multiple_of(4), 0);
    let usage = BufferUsages::STORAGE | BufferUsages::COPY_SRC;
    let descriptor = BufferInitDescriptor { label: None, contents: &contents, usage };
    shared.device.create_buffer_init(&descriptor)
}

/// A batch of rows, to be compared in buffers and on the host.
struct Rows<'a, T> {
    scores: &'a [f32],
    truths: &'a [T],
    dtype: Dtype,
    weights: &'a [f32],
    encoding: TruthEncoding,
}

impl<T: bytemuck::Pod> Rows<'_, T> {
    /// Fails if a device gives another state than the CPU.
    fn compare<'a>(&'a self, builder: &EvaluatorBuilder, shared: &Shared)
    where
        &'a [T]: Into<Column<'a>>,
    {
        let Self { scores, truths, dtype, weights, encoding } = *self;
        let state = |device: &Device, batch: Batch<'_>, weights: Source<'_>| {
            let batch = batch.weights(weights).truth_encoding(encoding);
            let mut evaluator =
                builder.clone().device(device.clone()).build().expect("an evaluator");
            evaluator.update(&batch.on_fault(FaultPolicy::Count)).expect("a batch");
            evaluator.state().expect("a state")
        };
        let bytes = [bytemuck::cast_slice(scores), bytemuck::cast_slice(truths)];
        let buffers = [bytes[0], bytes[1], bytemuck::cast_slice(weights)]
            .map(|bytes: &[u8]| (buffer(shared, bytes), bytes.len() as u64));
        let column = |index: usize, dtype| {
            let (buffer, bytes): &(Buffer, u64) = &buffers[index];
            BufferColumn::new(dtype, buffer.slice(..*bytes))
        };
        let [prediction, weight] = [0, 2].map(|index| column(index, Dtype::F32));
        let on_device = Batch::new(prediction, column(1, dtype));
        let found = state(&shared.of_evaluators, on_device, weight.into());
        let host: &'a [T] = self.truths;
        let expected = state(&Device::Cpu, Batch::new(scores, host), weights.into());
        assert!(found == expected, "{} elements, {}: {found:?}", truths.len(), shared.name);
    }
}

/// Numbers of classes or labels: two around which loops of lavapipe end, one far beyond, and one
/// that a single thread scans.
const LONG_ROWS: [usize; 4] = [500, 65_533, 65_536, 128_256];

#[test]
fn one_hot_rows_can_be_long() {
    for shared in devices() {
        for classes in LONG_ROWS {
            let builder = Evaluator::builder(Task::Multiclass).classes(classes).metric("accuracy");
            for label in [0, classes / 3, classes - 1] {
                let mut scores = vec![0.0; 4 * classes];
                let mut truths = vec![0_u8; 4 * classes];
                // A right and a wrong prediction, a row with two ones, and one with a 2.
                for (row, predicted) in
                    [label, (label + 1) % classes, label, label].into_iter().enumerate()
                {
                    scores[row * classes + predicted] = 1.0;
                    truths[row * classes + label] = 1;
                }
                truths[2 * classes + (label + 7) % classes] = 1;
                truths[3 * classes + (label + 300) % classes] = 2;
                let weights = &[1.0, 2.0, 4.0, 8.0];
                let (scores, truths) = (&scores[..], &truths[..]);
                let encoding = TruthEncoding::OneHot;
                Rows { scores, truths, dtype: Dtype::U8, weights, encoding }
                    .compare(&builder, &shared);
            }
        }
    }
}

#[test]
fn soft_truths_with_class_weights_can_be_long() {
    for shared in devices() {
        for classes in LONG_ROWS {
            for label in [0, classes / 3, classes - 1] {
                let builder =
                    Evaluator::builder(Task::Multiclass).classes(classes).metric("accuracy");
                let builder = builder.class_weights([(label, 3.0)]).ignore_index(1);
                let scores = vec![0.5; 3 * classes];
                let mut truths = vec![0.5 / classes as f32; 3 * classes];
                truths[label] += 0.5;
                // Two classes are equally probable: the lower one counts. Label 1 is ignored.
                truths[classes + label] += 0.25;
                truths[classes + (label + 2) % classes] += 0.25;
                truths[2 * classes + 1] += 0.5;
                let weights = &[1.435_f32, 2.0, 4.0];
                let (scores, truths) = (&scores[..], &truths[..]);
                let encoding = TruthEncoding::Soft;
                Rows { scores, truths, dtype: Dtype::F32, weights, encoding }
                    .compare(&builder, &shared);
            }
        }
    }
}

#[test]
fn exact_matches_can_have_many_labels() {
    for shared in devices() {
        // lavapipe limits a loop to 65,535 iterations. SwiftShader takes long for as many.
        let most = if shared.name.contains("SwiftShader") { 20_000 } else { 65_534 };
        for labels in [500, most] {
            let builder = Evaluator::builder(Task::Multilabel).outputs(labels);
            let builder = builder.metric("exact_match").ignore_index(7);
            let (mut scores, mut truths) = (vec![0.0; 8 * labels], vec![0_u8; 8 * labels]);
            let row = |row: usize, label: usize| row * labels + label;
            // One label is wrong, not a label, ignored, or NaN; all are ignored, or right.
            truths[row(0, labels - 1)] = 1;
            truths[row(1, labels / 3)] = 1;
            truths[row(2, labels - 1)] = 2;
            truths[row(3, labels - 1)] = 7;
            scores[row(3, labels - 1)] = 1.0;
            scores[row(4, 0)] = f32::NAN;
            truths[row(5, 0)..row(6, 0)].fill(7);
            let weights = [1, 2, 4, 8, 16, 32, 64, 128].map(|weight| weight as f32);
            let (scores, truths, weights) = (&scores[..], &truths[..], &weights[..]);
            let encoding = TruthEncoding::Labels;
            Rows { scores, truths, dtype: Dtype::U8, weights, encoding }.compare(&builder, &shared);
        }
    }
}
