//! Tensors and slices of the same data give the same state, bit for bit.

use crate::Test;
use crate::data::{booleans, floats, integers, labels, numbers, read, unsigned, weights};
use burn::tensor::{DType, Tensor, TensorData, bf16, f16};
use libtest_mimic::Failed;
use std::num::NonZero;
use weighbridge::batch::FaultPolicy;
use weighbridge::{Batch, Evaluator, EvaluatorBuilder, Task, wgpu};
use weighbridge_burn::{AnyTensor, Gpu, TensorBatch, TensorEvaluator};

pub const TESTS: &[(&str, Test)] = &[
    ("floats_of_all_widths", floats_of_all_widths),
    ("labels_of_all_types", labels_of_all_types),
    ("masks_of_all_types", masks_of_all_types),
    ("shapes", shapes),
    ("sequences", sequences),
    ("layouts", layouts),
    ("operations_put_off", operations_put_off),
    ("gradients", gradients),
    ("nothing", nothing),
    ("many_batches", many_batches),
    ("changed_in_place", changed_in_place),
    ("held", held),
    ("recorded", recorded),
    ("checked", checked),
];

const N: usize = 1001;
const K: usize = 10;

fn regression() -> EvaluatorBuilder {
    Evaluator::builder(Task::Regression).metrics(["mean_squared_error", "mean_error", "r2_score"])
}

fn multiclass() -> EvaluatorBuilder {
    let builder =
        Evaluator::builder(Task::Multiclass).classes((K as u32) as usize).from_logits(true);
    builder.metrics(["accuracy", "f1_score", "log_loss", "confusion_matrix"])
}

/// Fails unless tensors and slices give the same state.
fn same(
    gpu: &Gpu,
    builder: EvaluatorBuilder,
    tensors: &TensorBatch,
    slices: &Batch<'_>,
) -> Result<(), Failed> {
    let mut device = gpu.evaluator(builder.clone())?;
    let mut host = builder.device(weighbridge::Device::Cpu).build()?;
    device.update(tensors)?;
    host.update(&slices.on_fault(FaultPolicy::Count))?;
    let (device, host) = (device.state()?, host.state()?);
    if device != host {
        return Err(format!("{tensors:?}\ndevice {device:?}\nhost {host:?}").into());
    }
    Ok(())
}

fn floats_of_all_widths(gpu: &Gpu) -> Result<(), Failed> {
    for count in [1, 2, 3, 64, N] {
        let (data, t, w) = (numbers(count, 1), numbers(count, 2), weights(count));
        let half: Vec<_> = data.iter().map(|x| f16::from_f32(*x)).collect();
        let brain: Vec<_> = data.iter().map(|x| bf16::from_f32(*x)).collect();
        let widened = [
            data.clone(),
            half.iter().map(|x| x.to_f32()).collect(),
            brain.iter().map(|x| x.to_f32()).collect(),
        ];
        let tensors = [
            floats(gpu, &data, [count]),
            Tensor::<1>::from_data(TensorData::new(half, [count]), (gpu.device(), DType::F16)),
            Tensor::<1>::from_data(TensorData::new(brain, [count]), (gpu.device(), DType::BF16)),
        ];
        for (tensor, p) in tensors.iter().zip(&widened) {
            let (truth, weight) = (floats(gpu, &t, [count]), floats(gpu, &w, [count]));
            let tensors = TensorBatch::new(tensor, truth).weights(weight);
            same(gpu, regression(), &tensors, &Batch::new(p, &t).weights(&w))?;
        }
    }
    Ok(())
}

fn labels_of_all_types(gpu: &Gpu) -> Result<(), Failed> {
    let (p, t, w) = (numbers(N * K, 1), labels(N, K), weights(N));
    let (scores, weight) = (floats(gpu, &p, [N, K]), floats(gpu, &w, [N]));
    let bytes: Vec<u8> = t.iter().map(|label| *label as u8).collect();
    let words: Vec<u32> = t.iter().map(|label| *label as u32).collect();
    let real: Vec<f32> = t.iter().map(|label| *label as f32).collect();
    let slices = Batch::new(&p, &t).weights(&w);
    let tensors = |truth: AnyTensor| TensorBatch::new(&scores, truth).weights(&weight);
    same(gpu, multiclass(), &tensors(integers(gpu, &t, [N]).into()), &slices)?;
    let bytes = unsigned::<1>(gpu, TensorData::new(bytes, [N]), DType::U8);
    same(gpu, multiclass(), &tensors(bytes.into()), &slices)?;
    let words = unsigned::<1>(gpu, TensorData::new(words, [N]), DType::U32);
    same(gpu, multiclass(), &tensors(words.into()), &slices)?;
    same(gpu, multiclass(), &tensors(floats(gpu, &real, [N]).into()), &slices)?;

    let binary = Evaluator::builder(Task::Binary).metrics(["accuracy", "brier_score"]);
    let (p, t): (Vec<_>, Vec<_>) =
        (p[..N].iter().map(|x| (x + 1.0) / 2.0).collect(), w.iter().map(|w| *w > 0.5).collect());
    let tensors = TensorBatch::new(floats(gpu, &p, [N]), booleans(gpu, &t, [N])).weights(&weight);
    same(gpu, binary, &tensors, &Batch::new(&p, &t).weights(&w))
}

fn masks_of_all_types(gpu: &Gpu) -> Result<(), Failed> {
    let (p, t, w) = (numbers(N, 1), numbers(N, 2), weights(N));
    let mask: Vec<bool> = (0..N).map(|i| i % 3 != 1).collect();
    let whole: Vec<i32> = mask.iter().map(|counts| i32::from(*counts) * 7).collect();
    let slices = Batch::new(&p, &t).weights(&w).mask(&mask);
    let (p, t, w) = (floats(gpu, &p, [N]), floats(gpu, &t, [N]), floats(gpu, &w, [N]));
    let tensors = TensorBatch::new(p, t).weights(w);
    same(gpu, regression(), &tensors.clone().mask(booleans(gpu, &mask, [N])), &slices)?;
    same(gpu, regression(), &tensors.mask(integers(gpu, &whole, [N])), &slices)
}

fn shapes(gpu: &Gpu) -> Result<(), Failed> {
    let (p, t, w) = (numbers(300, 1), numbers(300, 2), weights(300));
    let outputs = regression().outputs(3);
    let (scores, truth) = (floats(gpu, &p, [100, 3]), floats(gpu, &t, [100, 3]));
    let tensors = TensorBatch::new(&scores, &truth);
    same(gpu, outputs.clone(), &tensors, &Batch::new(&p, &t))?;
    let weighted = tensors.clone().weights(floats(gpu, &w[..100], [100]));
    same(gpu, outputs.clone(), &weighted, &Batch::new(&p, &t).weights(&w[..100]))?;
    let weighted = tensors.weights(floats(gpu, &w, [100, 3]));
    same(gpu, outputs, &weighted, &Batch::new(&p, &t).weights(&w))?;

    let multilabel =
        Evaluator::builder(Task::Multilabel).outputs(3).metrics(["f1_score", "brier_score"]);
    let (p, t): (Vec<_>, Vec<_>) = (p.iter().map(|x| x.abs()).collect(), labels(300, 2));
    let tensors = TensorBatch::new(floats(gpu, &p, [100, 3]), integers(gpu, &t, [100, 3]));
    same(gpu, multilabel, &tensors, &Batch::new(&p, &t))?;

    let classes = labels(100, K);
    let one_hot: Vec<i32> = classes
        .iter()
        .flat_map(|class| (0..K as i32).map(move |k| i32::from(k == *class)))
        .collect();
    let p = numbers(100 * K, 1);
    let scores = floats(gpu, &p, [100, K]);
    let tensors = TensorBatch::new(&scores, integers(gpu, &one_hot, [100, K])).one_hot();
    same(gpu, multiclass(), &tensors, &Batch::new(&p, &one_hot).one_hot())?;
    let soft: Vec<f32> = (0..100 * K).map(|index| (1 + index % 3) as f32).collect();
    let soft: Vec<f32> =
        soft.chunks(K).flat_map(|row| row.iter().map(|t| t / row.iter().sum::<f32>())).collect();
    let tensors = TensorBatch::new(&scores, floats(gpu, &soft, [100, K])).soft();
    let by_class =
        Evaluator::builder(Task::Multiclass).classes((K as u32) as usize).from_logits(true);
    let by_class = by_class.metrics(["log_loss", "accuracy"]).class_weights([(1, 4.0)]);
    same(gpu, by_class, &tensors, &Batch::new(&p, &soft).soft())?;
    let guess = labels(100, 7);
    let tensors = TensorBatch::new(integers(gpu, &guess, [100]), integers(gpu, &classes, [100]));
    let counts =
        Evaluator::builder(Task::Multiclass).classes((K as u32) as usize).metric("cohen_kappa");
    same(gpu, counts, &tensors, &Batch::new(&guess, &classes))?;

    let values = Evaluator::builder(Task::Aggregation);
    let tensors = TensorBatch::values(floats(gpu, &w, [300])).weights(floats(gpu, &w, [300]));
    same(gpu, values, &tensors, &Batch::values(&w).weights(&w))
}

/// B and T are equal, so that the number of elements alone does not reveal the shape.
fn sequences(gpu: &Gpu) -> Result<(), Failed> {
    const B: usize = 12;
    let (p, t, w) = (numbers(B * B * K, 1), labels(B * B, K), weights(B * B));
    let scores = floats(gpu, &p, [B, B, K]);
    let tensors = TensorBatch::new(&scores, integers(gpu, &t, [B, B]));
    let slices = Batch::new(&p, &t).sequence_length(B);
    same(gpu, multiclass(), &tensors, &slices)?;
    let of_steps = tensors.clone().weights(floats(gpu, &w, [B, B]));
    same(gpu, multiclass(), &of_steps, &slices.weights(&w))?;
    let of_sequences = tensors.clone().weights(floats(gpu, &w[..B], [B]));
    same(gpu, multiclass(), &of_sequences, &slices.weights(&w[..B]))?;
    let lengths = labels(B, B);
    let padded = of_sequences.lengths(integers(gpu, &lengths, [B]));
    same(gpu, multiclass(), &padded, &slices.weights(&w[..B]).lengths(&lengths))?;
    let mask: Vec<bool> = (0..B * B).map(|i| i % 5 != 2).collect();
    let masked = tensors.mask(booleans(gpu, &mask, [B, B]));
    same(gpu, multiclass(), &masked, &slices.mask(&mask))?;
    let (p, t) = (numbers(B * 5, 1), numbers(B * 5, 2));
    let tensors = TensorBatch::new(floats(gpu, &p, [B, 5]), floats(gpu, &t, [B, 5]));
    let weighted = tensors.weights(floats(gpu, &w[..B], [B]));
    same(gpu, regression(), &weighted, &Batch::new(&p, &t).sequence_length(5).weights(&w[..B]))
}

fn layouts(gpu: &Gpu) -> Result<(), Failed> {
    let (p, t, w) = (numbers(64 * 16, 1), labels(64, K), weights(64));
    let (whole, truth) = (floats(gpu, &p, [64, 16]), integers(gpu, &t, [64]));
    let weight = floats(gpu, &w, [64]);
    let ways: [Tensor<2>; 5] = [
        whole.clone().slice([0..64, 0..K]),
        whole.clone().slice([8..40, 3..13]),
        whole.clone().slice([5..6, 6..16]),
        floats(gpu, &p[..64 * K], [K, 64]).transpose(),
        floats(gpu, &p[..64], [64, 1]).expand([64, K]),
    ];
    for scores in ways {
        let [rows, _] = scores.dims();
        for start in [0, 64 - rows] {
            let rows = start..start + rows;
            let truth = truth.clone().slice([rows.clone()]);
            let weight = weight.clone().slice([rows.clone()]);
            let tensors = TensorBatch::new(&scores, truth).weights(weight);
            let p = read(&scores);
            let slices = Batch::new(&p, &t[rows.clone()]).weights(&w[rows]);
            same(gpu, multiclass(), &tensors, &slices)?;
        }
    }
    let halves: Vec<_> = p.iter().map(|x| f16::from_f32(*x)).collect();
    let halves = TensorData::new(halves, [64, 16]);
    let halves = Tensor::<2>::from_data(halves, (gpu.device(), DType::F16));
    for scores in [halves.clone().slice([3..36, 3..13]), halves.slice([0..64, 1..11])] {
        let [rows, _] = scores.dims();
        let tensors = TensorBatch::new(&scores, truth.clone().narrow(0, 0, rows));
        same(gpu, multiclass(), &tensors, &Batch::new(&read(&scores), &t[..rows]))?;
    }
    // All columns of the batch in one tensor.
    let columns = floats(gpu, &p, [16, 64]);
    let row = |i: usize| columns.clone().slice([i..i + 1, 0..64]).squeeze_dim::<1>(0);
    let tensors = TensorBatch::new(row(0), row(5)).weights(row(7).abs());
    let w: Vec<f32> = p[7 * 64..8 * 64].iter().map(|x| x.abs()).collect();
    let slices = Batch::new(&p[..64], &p[5 * 64..6 * 64]).weights(&w);
    same(gpu, regression(), &tensors, &slices)
}

fn operations_put_off(gpu: &Gpu) -> Result<(), Failed> {
    let (p, t) = (numbers(N, 1), numbers(N, 2));
    let (a, b) = (floats(gpu, &p, [N]), floats(gpu, &t, [N]));
    let fused = (a.clone() * 2.0 + b.clone()).exp() - b.clone() / 3.0;
    let weight = (a * b.clone()).abs();
    let tensors = TensorBatch::new(&fused, &b).weights(&weight);
    let mut device = gpu.evaluator(regression())?;
    device.update(&tensors)?;
    let (p, w) = (read(&fused), read(&weight));
    let mut host = regression().device(weighbridge::Device::Cpu).build()?;
    host.update(&Batch::new(&p, &t).weights(&w))?;
    assert_eq!(device.state()?, host.state()?);
    same(gpu, regression(), &tensors, &Batch::new(&p, &t).weights(&w))
}

fn gradients(gpu: &Gpu) -> Result<(), Failed> {
    let (p, t) = (numbers(N, 1), numbers(N, 2));
    let leaf = floats(gpu, &p, [N]).autodiff().require_grad();
    let prediction = leaf.clone() * 3.0;
    let truth = floats(gpu, &t, [N]).autodiff();
    let loss = (prediction.clone() - truth.clone()).powi_scalar(2).mean();
    let tensors = TensorBatch::new(&prediction, &truth);
    same(gpu, regression(), &tensors, &Batch::new(&read(&prediction), &t))?;
    let gradients = loss.backward();
    assert!(leaf.grad(&gradients).is_some(), "the graph is as it was");
    Ok(())
}

fn nothing(gpu: &Gpu) -> Result<(), Failed> {
    let none = floats(gpu, &[], [0, K]);
    let tensors = TensorBatch::new(none, integers(gpu, &[], [0])).weights(floats(gpu, &[], [0]));
    let (p, t): ([f32; 0], [i32; 0]) = ([], []);
    same(gpu, multiclass(), &tensors, &Batch::new(&p, &t).weights(&p))?;
    // Two sequences of length 0.
    let (none, weights) = (floats(gpu, &[], [2, 0]), floats(gpu, &[1.0, 2.0], [2]));
    let tensors = TensorBatch::new(&none, &none).weights(weights);
    same(gpu, regression(), &tensors, &Batch::new(&p, &p))
}

fn many_batches(gpu: &Gpu) -> Result<(), Failed> {
    let (p, t, w) = (numbers(N * K, 1), labels(N, K), weights(N));
    let (scores, truth) = (floats(gpu, &p, [N, K]), integers(gpu, &t, [N]));
    let weight = floats(gpu, &w, [N]);
    let mut device = gpu.evaluator(multiclass())?;
    for start in (0..N).step_by(37) {
        let end = N.min(start + 37);
        let tensors = TensorBatch::new(
            scores.clone().slice([start..end, 0..K]),
            truth.clone().narrow(0, start, end - start),
        );
        device.update(&tensors.weights(weight.clone().narrow(0, start, end - start)))?;
    }
    let mut host = multiclass().device(weighbridge::Device::Cpu).build()?;
    host.update(&Batch::new(&p, &t).weights(&w))?;
    assert_eq!(device.state()?, host.state()?);
    Ok(())
}

/// Metrics use the contents of tensors at the update, whatever is done to the tensors next.
fn changed_in_place(gpu: &Gpu) -> Result<(), Failed> {
    [1, 8].into_iter().try_for_each(|held| changed_in_place_after(gpu, held))
}

fn changed_in_place_after(gpu: &Gpu, held: usize) -> Result<(), Failed> {
    let mut device = gpu.evaluator(regression())?.hold(NonZero::new(held).ok_or("none")?);
    let mut host = regression().device(weighbridge::Device::Cpu).build()?;
    for round in 0..20 {
        let (p, t) = (numbers(4 * N, round), numbers(4 * N, round + 100));
        let (prediction, truth) = (floats(gpu, &p, [4 * N]), floats(gpu, &t, [4 * N]));
        gpu.device().flush()?;
        device.update(&TensorBatch::new(&prediction, &truth))?;
        // There is only one reference to each tensor, so burn computes in place.
        let (prediction, truth) = (prediction.add_scalar(1e3), truth.mul_scalar(-7.0));
        gpu.device().flush()?;
        host.update(&Batch::new(&p, &t))?;
        drop((prediction, truth));
    }
    assert_eq!(device.state()?, host.state()?);
    Ok(())
}

/// All batches but the first are held until the configured number is reached or a value is
/// requested.
fn held(gpu: &Gpu) -> Result<(), Failed> {
    let batch = |round: u64| {
        let column = |seed| floats(gpu, &numbers(N, seed), [N]);
        TensorBatch::new(column(round), column(round + 100))
    };
    let samples = |metrics: &mut TensorEvaluator| {
        metrics
            .snapshot()?
            .state()
            .map(|state| state.totals[0].weights.samples / N as u64)
            .map_err(weighbridge_burn::Error::from)
    };
    let mut metrics = gpu.evaluator(regression())?.hold(NonZero::new(3).ok_or("none")?);
    let mut counts = Vec::new();
    for round in 0..6 {
        metrics.update(&batch(round))?;
        counts.push(metrics.held());
    }
    assert_eq!(counts, [0, 1, 2, 0, 1, 2]);
    assert_eq!(samples(&mut metrics)?, 6);
    assert_eq!(metrics.held(), 0);
    metrics.update(&batch(7))?;
    metrics.reset()?;
    assert_eq!((metrics.held(), samples(&mut metrics)?), (0, 0));
    Ok(())
}

/// Work that is recorded into the caller's encoder.
fn recorded(gpu: &Gpu) -> Result<(), Failed> {
    let (device, queue) = (&gpu.setup().device, &gpu.setup().queue);
    let (p, t) = (numbers(N, 1), numbers(N, 2));
    let (prediction, truth) = (floats(gpu, &p, [N]), floats(gpu, &t, [N]));
    let mut metrics = gpu.evaluator(regression())?;
    let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
    gpu.device().sync()?;
    let pinned = metrics.encode(&mut encoder, &TensorBatch::new(&prediction, &truth))?;
    // burn's work is submitted first, but it must not change the pinned tensors in place.
    let changed = prediction.add_scalar(1e3);
    gpu.device().sync()?;
    queue.submit([encoder.finish()]);
    drop((pinned, changed));
    let mut host = regression().device(weighbridge::Device::Cpu).build()?;
    host.update(&Batch::new(&p, &t))?;
    assert_eq!(metrics.state()?, host.state()?);
    Ok(())
}

fn checked(gpu: &Gpu) -> Result<(), Failed> {
    let (p, t, w) = (numbers(N * K, 1), labels(N, K), weights(N));
    let tensors = TensorBatch::new(floats(gpu, &p, [N, K]), integers(gpu, &t, [N]));
    let tensors = tensors.weights(floats(gpu, &w, [N]));
    let mut metrics = gpu.evaluator(multiclass().checked(true))?;
    metrics.update(&tensors)?;
    assert!(metrics.result()?.device.checked);
    Ok(())
}
