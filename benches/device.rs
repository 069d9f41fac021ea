//! Speed on the device, without transfers: statistics with weights over 2^27 and more prediction
//! elements that are already on the adapter, compared with a device-to-device copy in the same run.
//!
//!     cargo bench --bench device                # hardware adapters
//!     cargo bench --bench device -- --software  # software adapters too, 2^22 elements
//!     cargo bench --bench device -- 50,257      # only benches with this in their names
//!
//! The binary is self-contained and can be copied to a machine without Rust.

#[path = "../tests/common/values.rs"]
mod values;

use std::ops::Range;
use std::time::{Duration, Instant};
use values::values;
use weighbridge::gpu::{AdapterSummary, adapters};
use weighbridge::internals::PairSorter;
use weighbridge::internals::statistic::{Plan, Schema};
use weighbridge::statistic::{Binning, Constant, Moment, Statistic, ValueFn, ValueSpec};
use weighbridge::wgpu::{self, Buffer, BufferUsages};
use weighbridge::{Batch, BufferColumn, Device, Dtype, Error, Evaluator, Task};

const RUNS: usize = 15;

/// Elements per buffer: 128 MiB, the largest binding that every device supports.
const BUFFER_ELEMENTS: usize = 1 << 25;

/// Number of pairs at either end whose order is checked.
const CHECKED_PAIRS: u64 = 1 << 16;

fn main() {
    let has = |flag: &str| std::env::args().any(|argument| argument == flag);
    let test = !has("--bench");
    let filter = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let is_wanted = |name: &str| filter.as_ref().is_none_or(|filter| name.contains(filter));
    let software = has("--software") || test;
    let mut measured = 0;
    for adapter in adapters().into_iter().filter(|adapter| software || !adapter.software) {
        println!("{adapter}");
        let exponent = match (test, adapter.software) {
            (true, _) => 12,
            (false, true) => 22,
            (false, false) => 27,
        };
        let runs = if test { 1 } else { RUNS };
        match OpenDevice::new(&adapter) {
            Ok(device) => {
                for case in cases().into_iter().filter(|case| is_wanted(case.name)) {
                    let width = case.plan.schema(case.plan.row_needs().rows).prediction_width();
                    let samples = ((1 << exponent) / width).max(3);
                    match device.measure(&case, samples, runs, test) {
                        Ok(throughput) => print(case.name, &throughput),
                        Err(error) => println!("  {}: {error}", case.name),
                    }
                }
            }
            Err(error) => println!("  {error}"),
        }
        if is_wanted("sort")
            && let Err(error) = measure_sort(&adapter, (1 << exponent) - 1, runs)
        {
            println!("  sort: {error}");
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
    let log_loss = ValueSpec { function: ValueFn::LogLoss, parameter: Constant::EPSILON };
    let binning = Binning::adaptive(false, 4096);
    let case =
        |name, task, statistics: Vec<Statistic>| Case { name, plan: Plan::new(task, statistics) };
    let rows = |name, classes, more: &[Statistic]| {
        let two = [Statistic::sum(ValueFn::SoftmaxLoss), Statistic::sum(ValueFn::Correct)];
        let Case { name, plan } = case(name, Task::Multiclass, [&two, more].concat());
        Case { name, plan: plan.with_classes(classes) }
    };
    let top_5 =
        Statistic::Sum(ValueSpec { function: ValueFn::TopK, parameter: Constant::new(5.0) });
    let ten_classes =
        [top_5, Statistic::Margins { classes: 10 }, Statistic::Matrix { classes: 10 }];
    vec![
        case("mean_squared_error", Task::Regression, vec![squared_error]),
        case("r2_score", Task::Regression, r2_score),
        case("ten sums", Task::Regression, ten.chain(moments).collect()),
        case("log_loss", Task::Binary, vec![Statistic::Sum(log_loss)]),
        case("roc_auc:bins=4096", Task::Binary, vec![Statistic::Histogram { binning }]),
        case("logit log_loss", Task::Binary, vec![Statistic::sum(ValueFn::LogitLoss)]),
        rows("log_loss and accuracy of 10 classes", 10, &[]),
        rows("five metrics of 10 classes", 10, &ten_classes),
        rows("log_loss and accuracy of 50,257 classes", 50_257, &[]),
    ]
}

/// Times of one measurement, medians over its runs.
struct Throughput {
    /// Number of samples, each with prediction, truth and weight.
    samples: usize,
    /// Bytes per sample.
    sample_bytes: usize,
    /// Time of one pass of all statistics over the samples.
    evaluation: Duration,
    /// Time of one copy of all samples on the device.
    copy: Duration,
}

/// A device of this program that evaluators share.
struct OpenDevice {
    device: wgpu::Device,
    queue: wgpu::Queue,
}

impl OpenDevice {
    fn new(adapter: &AdapterSummary) -> Result<Self, String> {
        let instance = wgpu::InstanceDescriptor::new_without_display_handle_from_env();
        let instance = wgpu::Instance::new(instance);
        let all = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::all()));
        let is_wanted = |other: &wgpu::Adapter| {
            let info = other.get_info();
            info.name == adapter.name && info.backend.to_string() == adapter.backend
        };
        let found = all.into_iter().find(is_wanted).ok_or("the adapter is not found again")?;
        let device = pollster::block_on(found.request_device(&Default::default()));
        let (device, queue) = device.map_err(|error| error.to_string())?;
        Ok(Self { device, queue })
    }

    /// Measures a plan with weights over `samples` samples, `runs` times. Predictions are rows
    /// if the plan needs rows. `test` compares the totals with the totals of the CPU engine.
    fn measure(
        &self,
        case: &Case,
        samples: usize,
        runs: usize,
        test: bool,
    ) -> Result<Throughput, Error> {
        let Case { plan, .. } = case;
        let schema = plan.schema(plan.row_needs().rows);
        let widths = [schema.prediction_width(), schema.truth_width(), 1];
        let sample_bytes = 4 * widths.iter().sum::<usize>();
        let buffer_samples = (BUFFER_ELEMENTS / widths[0]).max(1);
        let mut buffers = Vec::new();
        for start in (0..samples).step_by(buffer_samples) {
            let len = buffer_samples.min(samples - start);
            let column = |index: usize| {
                let range = start * widths[index]..(start + len) * widths[index];
                self.column(&words(schema, index, range))
            };
            buffers.push((len, [0, 1, 2].map(column)));
        }
        let mut evaluator =
            case.evaluator(Device::shared(self.device.clone(), self.queue.clone()))?;
        let mut evaluate = || {
            let mut batches = buffers.iter().map(|(len, columns)| batch(schema, columns, *len));
            batches.try_for_each(|batch| evaluator.update(&batch))
        };
        evaluate()?;
        let evaluation = median(runs, || {
            evaluate()?;
            self.wait();
            Ok(())
        })?;
        if test {
            evaluator.reset()?;
            for (len, columns) in &buffers {
                evaluator.update(&batch(schema, columns, *len))?;
            }
            let mut cpu = case.evaluator(Device::Cpu)?;
            update_from_words(&mut cpu, schema, samples)?;
            assert_eq!(evaluator.state()?, cpu.state()?, "{}", case.name);
        }
        let usage = BufferUsages::STORAGE | BufferUsages::COPY_DST;
        let size = buffers.first().map_or(4, |(_, columns)| columns[0].size());
        let target = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size,
            usage,
            mapped_at_creation: false,
        });
        let copy = median(runs, || {
            let mut encoder = self.device.create_command_encoder(&Default::default());
            for buffer in buffers.iter().flat_map(|(_, columns)| columns) {
                encoder.copy_buffer_to_buffer(buffer, 0, &target, 0, buffer.size());
            }
            self.queue.submit([encoder.finish()]);
            self.wait();
            Ok(())
        })?;
        Ok(Throughput { samples, sample_bytes, evaluation, copy })
    }

    /// A buffer with the words of a column.
    fn column(&self, words: &[u32]) -> Buffer {
        let usage = BufferUsages::STORAGE | BufferUsages::COPY_DST | BufferUsages::COPY_SRC;
        let size = (4 * words.len() as u64).next_multiple_of(16);
        let buffer = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size,
            usage,
            mapped_at_creation: false,
        });
        self.queue.write_buffer(&buffer, 0, bytemuck::cast_slice(words));
        buffer
    }

    fn wait(&self) {
        self.device.poll(wgpu::PollType::wait_indefinitely()).expect("a device that works");
    }
}

impl Case {
    fn evaluator(&self, device: Device) -> Result<Evaluator, Error> {
        let Plan { task, classes, families, .. } = &self.plan;
        let statistics = families.iter().flat_map(|family| family.statistics.to_vec());
        let builder = Evaluator::builder(*task).statistics(statistics).device(device);
        let rows = *task == Task::Multiclass;
        let builder =
            if rows { builder.classes(*classes as usize).from_logits(true) } else { builder };
        builder.build()
    }
}

/// The batch of `len` samples, with weights.
fn batch<'a>(schema: Schema, columns: &'a [Buffer; 3], len: usize) -> Batch<'a> {
    let dtype = |classes: Option<u32>| if classes.is_some() { Dtype::U32 } else { Dtype::F32 };
    let column = |index: usize, dtype, width: usize| {
        BufferColumn::new(dtype, columns[index].slice(..4 * (len * width) as u64))
    };
    let prediction = dtype(schema.prediction_classes());
    let truth = dtype(schema.truth_classes());
    Batch::new(
        column(0, prediction, schema.prediction_width()),
        column(1, truth, schema.truth_width()),
    )
    .weights(column(2, Dtype::F32, 1))
}

/// Adds the samples from host memory.
fn update_from_words(
    evaluator: &mut Evaluator,
    schema: Schema,
    samples: usize,
) -> Result<(), Error> {
    let widths = [schema.prediction_width(), schema.truth_width(), 1];
    let [prediction, truth, weight] =
        [0, 1, 2].map(|index| words(schema, index, 0..samples * widths[index]));
    let floats = |words: &[u32]| words.iter().map(|&word| f32::from_bits(word)).collect::<Vec<_>>();
    let (scores, numbers, weight) = (floats(&prediction), floats(&truth), floats(&weight));
    let batch = match (schema.prediction_classes(), schema.truth_classes()) {
        (None, None) => Batch::new(&scores, &numbers),
        (None, Some(_)) => Batch::new(&scores, &truth),
        (Some(_), None) => Batch::new(&prediction, &numbers),
        (Some(_), Some(_)) => Batch::new(&prediction, &truth),
    };
    evaluator.update(&batch.weights(&weight))
}

/// The elements of the prediction, truth or weight column, the same in every run: numbers from 0 to
/// 1, or classes.
fn words(schema: Schema, column: usize, range: Range<usize>) -> Vec<u32> {
    let classes = [schema.prediction_classes(), schema.truth_classes(), None][column];
    let word = |index: usize| {
        let mixed = (index as u32).wrapping_add((column as u32 + 1) << 28);
        let mixed = mixed.wrapping_mul(0x9e37_79b1);
        let bits = (mixed ^ mixed >> 15).wrapping_mul(0x85eb_ca77) >> 8;
        let number = bits as f32 * 2_f32.powi(-24);
        classes.map_or(number.to_bits(), |classes| bits % classes)
    };
    range.map(word).collect()
}

/// Measures the sort of stored scores, from the same random order each time, and prints its speed.
fn measure_sort(adapter: &AdapterSummary, pairs: u64, runs: usize) -> Result<(), Error> {
    let sorter = PairSorter::new(adapter, pairs)?;
    let mut state = 1_u64;
    let mut written = 0;
    while written < pairs {
        let part: Vec<_> = (written..pairs.min(written + (1 << 19)))
            .map(|_| {
                std::array::from_fn(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (state >> 32) as u32 | 1
                })
            })
            .collect();
        sorter.write(written, &part)?;
        written += part.len() as u64;
    }
    let (mut copies, mut sorts) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        copies.push(median(1, || sorter.copy())?);
        sorts.push(median(1, || sorter.sort())?);
    }
    copies.sort();
    sorts.sort();
    let checked = pairs.min(CHECKED_PAIRS);
    for end in [0..checked, pairs - checked..pairs] {
        assert!(sorter.keys(end)?.is_sorted(), "pairs are not sorted");
    }
    let (copy, sort) = (copies[runs / 2].as_secs_f64(), sorts[runs / 2].as_secs_f64());
    println!(
        "  sort of {pairs} pairs: {:.2} Mpairs/s; a copy of them takes {:.3} of that time",
        pairs as f64 / sort / 1e6,
        copy / sort,
    );
    Ok(())
}

fn median(runs: usize, mut work: impl FnMut() -> Result<(), Error>) -> Result<Duration, Error> {
    let mut times = Vec::new();
    for _ in 0..runs {
        let start = Instant::now();
        work()?;
        times.push(start.elapsed());
    }
    times.sort();
    Ok(times[times.len() / 2])
}

fn print(name: &str, throughput: &Throughput) {
    let Throughput { samples, sample_bytes, evaluation, copy } = throughput;
    let bytes = (samples * sample_bytes) as f64;
    // A copy reads and writes.
    let (read, copied) = (bytes / evaluation.as_secs_f64(), 2.0 * bytes / copy.as_secs_f64());
    println!(
        "  {name}, weighted, {samples} samples: {:.2} Msamples/s, {:.3} GB/s read; a copy moves \
         {:.1} GB/s; {:.0} %",
        *samples as f64 / evaluation.as_secs_f64() / 1e6,
        read / 1e9,
        copied / 1e9,
        100.0 * read / copied,
    );
}
