//! A batch in buffers and the same batch on the host give the same state, bit for bit.

use super::data::{Data, Inputs, Place};
use super::shared::{Shared, adapters, devices};
use crate::common::random::Random;
use weighbridge::wgpu::Limits;
use weighbridge::{Device, Dtype, Evaluator, EvaluatorBuilder, Task};

const FLOATS: [Dtype; 3] = [Dtype::F32, Dtype::F16, Dtype::Bf16];
const LABELS: [Dtype; 5] = [Dtype::F32, Dtype::U32, Dtype::I32, Dtype::U8, Dtype::Bool];

/// Fails unless both kinds of inputs give the same state, also after repeated updates.
fn agree(
    shared: &Shared,
    builder: &EvaluatorBuilder,
    inputs: &Inputs,
    places: [Place; 5],
    checked: bool,
) {
    let cpu = builder.clone().device(Device::Cpu).build();
    let mut cpu = cpu.unwrap_or_else(|error| panic!("{error}"));
    let gpu = builder.clone().device(shared.of_evaluators.clone()).checked(checked).build();
    let mut gpu = gpu.unwrap_or_else(|error| panic!("{error}"));
    let (host, device) = (inputs.host(), inputs.upload(shared, places));
    let (of_host, of_device) = (inputs.host_batch(&host), inputs.device_batch(&device));
    for turn in 0..4 {
        cpu.update(&of_host).unwrap_or_else(|error| panic!("{error}: {inputs:?}"));
        let added = if turn < 3 || checked {
            gpu.update(&of_device)
        } else {
            let mut encoder = shared.device.create_command_encoder(&Default::default());
            let encoded = gpu.encode(&mut encoder, &of_device);
            shared.queue.submit([encoder.finish()]);
            encoded
        };
        added.unwrap_or_else(|error| panic!("{}: {error}: {inputs:?}", shared.name));
    }
    let (expected, found) = (cpu.state().expect("a state"), gpu.state().expect("a state"));
    assert!(
        expected == found,
        "{}, {places:?}, {inputs:?}: {found:#?} instead of {expected:#?}",
        shared.name
    );
}

/// Bits of a float: arbitrary, or of ordinary magnitude.
fn float(random: &mut Random, dtype: Dtype, wild: bool) -> u32 {
    let bits = random.bits() as u32;
    let ordinary = (random.below(4001) as f32 - 2000.0) / 512.0;
    match (dtype, wild) {
        (Dtype::F32, true) => bits,
        (_, true) => bits & 0xffff,
        (Dtype::F32, false) => ordinary.to_bits(),
        (Dtype::F16, false) => half::f16::from_f32(ordinary).to_bits().into(),
        _ => half::bf16::from_f32(ordinary).to_bits().into(),
    }
}

fn floats(random: &mut Random, dtype: Dtype, len: usize) -> Data {
    let wild = random.below(3) == 0;
    Data::new(dtype, (0..len).map(|_| float(random, dtype, wild || len % 7 == 3)).collect())
}

/// Weights, a few of them invalid and some zero.
fn weights(random: &mut Random, dtype: Dtype, len: usize) -> Data {
    let mut weight = || match random.below(20) {
        0 => float(random, dtype, true),
        1 | 2 => 0,
        _ => float(random, dtype, false) & if dtype == Dtype::F32 { 0x7fff_ffff } else { 0x7fff },
    };
    Data::new(dtype, (0..len).map(|_| weight()).collect())
}

/// Labels from 0 to `classes` − 1, and occasionally another number.
fn labels(random: &mut Random, dtype: Dtype, classes: usize, len: usize) -> Data {
    let invalid = [-1, -100, 255, classes as i64, i64::from(i32::MIN), 1 << 30];
    let mut label = || match random.below(12) {
        0 => invalid[random.below(invalid.len())],
        _ => random.below(classes) as i64,
    };
    let mut data = Data::whole(dtype, &(0..len).map(|_| label()).collect::<Vec<_>>());
    if dtype == Dtype::F32 {
        let strange = [0x8000_0000, 0x3f00_0000, 0x7fc0_0000, 0x7f80_0000, 0x4000_0001, 1];
        for bits in data.bits.iter_mut().step_by(13) {
            *bits = strange[random.below(strange.len())];
        }
    }
    data
}

/// Booleans, most of them true, of any mask type.
fn mask(random: &mut Random, len: usize) -> Data {
    let dtype = [Dtype::Bool, Dtype::U8, Dtype::U32, Dtype::I32][random.below(4)];
    let truth: Vec<_> = (0..len).map(|_| i64::from(random.below(4) > 0)).collect();
    let mut data = Data::whole(dtype, &truth);
    if dtype != Dtype::Bool {
        data.bits.iter_mut().filter(|bits| **bits != 0).step_by(3).for_each(|bits| *bits = 0x80);
    }
    data
}

/// Offsets and strides of every column, whose rows have these widths.
fn places(random: &mut Random, widths: [usize; 5]) -> [Place; 5] {
    widths.map(|row| Place {
        offset: if random.below(3) == 0 { 0 } else { random.below(300) },
        row,
        gap: if random.below(3) == 0 { 1 + random.below(5) } else { 0 },
    })
}

const LENGTHS: [usize; 9] = [0, 1, 2, 3, 5, 63, 64, 257, 1000];

#[test]
fn numbers_of_every_type_at_every_offset() {
    let mut random = Random::new(1);
    let builder = Evaluator::builder(Task::Regression).metrics(["mean_squared_error", "max_error"]);
    for shared in devices() {
        let _open =
            builder.clone().device(shared.of_evaluators.clone()).build().expect("an evaluator");
        for dtypes in FLOATS.iter().flat_map(|p| FLOATS.iter().map(move |t| [*p, *t])) {
            for len in LENGTHS {
                let [prediction, truth] = dtypes.map(|dtype| floats(&mut random, dtype, len));
                let mut inputs = Inputs::new(prediction, Some(truth));
                if len % 2 == 1 {
                    let dtype = FLOATS[random.below(3)];
                    inputs = inputs.with_weight(weights(&mut random, dtype, len));
                }
                if random.below(4) == 0 {
                    inputs.mask = Some(mask(&mut random, len));
                }
                let places = places(&mut random, [1; 5]);
                agree(&shared, &builder, &inputs, places, len == 64);
            }
        }
        // Aligned, so they are read in place.
        for len in LENGTHS {
            let [p, t] = [0, 1].map(|_| floats(&mut random, Dtype::F32, len));
            let inputs = Inputs::new(p, Some(t)).with_weight(weights(&mut random, Dtype::F32, len));
            for offset in [0, 64] {
                let place = Place { offset, row: len.next_multiple_of(4).max(1), gap: 0 };
                agree(&shared, &builder, &inputs, [place; 5], false);
            }
        }
    }
}

#[test]
fn labels_of_every_type_with_class_weights_and_an_ignored_label() {
    let mut random = Random::new(2);
    let binary = Evaluator::builder(Task::Binary).metrics(["accuracy", "log_loss"]);
    let classes =
        Evaluator::builder(Task::Multiclass).classes(5).metrics(["accuracy", "cohen_kappa"]);
    for shared in devices() {
        for (of, builder) in [(2, binary.clone()), (5, classes.clone())] {
            let _open =
                builder.clone().device(shared.of_evaluators.clone()).build().expect("an evaluator");
            for dtype in LABELS {
                for ignored in [None, Some(0), Some(1), Some(-100), Some(255), Some((1 << 30) + 1)]
                {
                    let len = LENGTHS[random.below(LENGTHS.len())];
                    let (float, label) = (FLOATS[random.below(3)], LABELS[random.below(5)]);
                    let prediction = if of == 2 {
                        floats(&mut random, float, len)
                    } else {
                        labels(&mut random, label, of, len)
                    };
                    let truth = labels(&mut random, dtype, of, len);
                    let mut inputs = Inputs::new(prediction, Some(truth));
                    let mut builder = builder.clone();
                    if let Some(ignored) = ignored {
                        builder = builder.ignore_index(ignored);
                    }
                    if random.below(2) == 0 {
                        let weights = [(0, 0.5), (1, 1e-40), (of - 1, 1e-60)];
                        builder = builder.class_weights(weights.into_iter().take(of));
                    }
                    if random.below(2) == 0 {
                        let dtype = FLOATS[random.below(3)];
                        inputs = inputs.with_weight(weights(&mut random, dtype, len));
                    }
                    let places = places(&mut random, [1; 5]);
                    agree(&shared, &builder, &inputs, places, ignored == Some(1));
                }
            }
        }
    }
}

#[test]
fn rows_of_scores_beside_classes_and_one_hot_rows() {
    let mut random = Random::new(3);
    let of_rest = ["roc_auc:bins=20", "average_precision"];
    let in_pairs = ["roc_auc:multi_class=ovo", "gini:bins=30:multi_class=ovo"];
    for (shared, (classes, one_vs_rest)) in
        devices().iter().flat_map(|shared| [(shared, (33, of_rest)), (shared, (4, in_pairs))])
    {
        let builder = Evaluator::builder(Task::Multiclass).classes(classes);
        let builder = builder.metrics(["log_loss", "top_k_accuracy:k=3", "accuracy"]);
        let builder = builder.metrics(one_vs_rest).from_logits(true);
        let _open =
            builder.clone().device(shared.of_evaluators.clone()).build().expect("an evaluator");
        for turn in 0..36 {
            let len = [0, 1, 2, 7, 64, 131][turn % 6];
            let prediction = floats(&mut random, FLOATS[turn % 3], len * classes);
            let one_hot = turn % 4 == 3;
            let mut truth = labels(&mut random, LABELS[turn % 5], classes, len);
            if one_hot {
                let mut rows = vec![0_i64; len * classes];
                for (row, label) in rows.chunks_mut(classes).zip(&truth.bits) {
                    let label = *label as usize;
                    row[label % classes] = 1;
                    row[0] |= i64::from(label == 255);
                    // A number other than 0 and 1, except for booleans.
                    row[0] *= 1 + i64::from(label == classes);
                }
                truth = Data::whole(LABELS[turn % 5], &rows);
            }
            let truth_row = if one_hot { classes } else { 1 };
            let mut inputs = Inputs::new(prediction, Some(truth));
            inputs.one_hot = one_hot;
            if turn % 2 == 0 {
                inputs = inputs.with_weight(weights(&mut random, FLOATS[turn % 3], len));
            }
            if turn % 3 == 0 {
                inputs.mask = Some(mask(&mut random, len));
            }
            let mut builder = builder.clone();
            if turn % 4 >= 2 {
                builder = builder.class_weights([(0, 2.5), (classes - 1, 0.0)]).ignore_index(3);
            }
            let places = places(&mut random, [classes, truth_row, 1, 1, 1]);
            agree(shared, &builder, &inputs, places, turn % 5 == 0);
        }
    }
}

/// Probabilities of a few classes that approximately sum to 1; occasionally they do not, or one is
/// invalid.
fn distributions(random: &mut Random, dtype: Dtype, classes: usize, len: usize) -> Data {
    let mut bits = Vec::new();
    for _ in 0..len {
        let mut row = vec![0.0_f32; classes];
        for part in [0.5, 0.25, 0.125, 0.125] {
            row[random.below(classes)] += part;
        }
        match random.below(8) {
            0 => row[random.below(classes)] += 0.25,
            1 => row[random.below(classes)] = f32::NAN,
            2 => row[random.below(classes)] *= -1.0,
            _ => {}
        }
        bits.extend(row.iter().map(|&t| match dtype {
            Dtype::F32 => t.to_bits(),
            Dtype::F16 => half::f16::from_f32(t).to_bits().into(),
            _ => half::bf16::from_f32(t).to_bits().into(),
        }));
    }
    Data::new(dtype, bits)
}

#[test]
fn soft_truths() {
    let mut random = Random::new(7);
    let classes = 33;
    let builder = Evaluator::builder(Task::Multiclass).classes(classes).from_logits(true);
    let builder = builder.metrics(["log_loss", "top_k_accuracy:k=3", "accuracy", "roc_auc"]);
    for shared in devices() {
        let _open =
            builder.clone().device(shared.of_evaluators.clone()).build().expect("an evaluator");
        for turn in 0..24 {
            let len = [0, 1, 2, 7, 64, 131][turn % 6];
            let prediction = floats(&mut random, FLOATS[turn % 3], len * classes);
            let truth = distributions(&mut random, FLOATS[turn / 3 % 3], classes, len);
            let mut inputs = Inputs { soft: true, ..Inputs::new(prediction, Some(truth)) };
            if turn % 2 == 0 {
                inputs = inputs.with_weight(weights(&mut random, FLOATS[turn % 3], len));
            }
            if turn % 5 == 0 {
                inputs.mask = Some(mask(&mut random, len));
            }
            let mut builder = builder.clone();
            if turn % 4 >= 2 {
                builder = builder.class_weights([(0, 2.5), (7, 0.0)]).ignore_index(3);
            }
            let places = places(&mut random, [classes, classes, 1, 1, 1]);
            agree(&shared, &builder, &inputs, places, turn % 5 == 0);
        }
    }
}

#[test]
fn outputs_and_labels_with_weights_per_element_and_per_sample() {
    let mut random = Random::new(4);
    let outputs = 3;
    let labelled = Evaluator::builder(Task::Multilabel).outputs(outputs);
    let each = labelled.clone().metrics(["accuracy", "f1_score"]);
    let whole = labelled.metrics(["exact_match", "hamming_loss"]);
    let numbers = Evaluator::builder(Task::Regression).outputs(outputs);
    let vectors = numbers.clone().metrics(["cosine_similarity", "mean_squared_error"]);
    let numbers = numbers.metrics(["mean_absolute_error"]);
    for shared in devices() {
        let builders = [(&each, true), (&whole, true), (&vectors, false), (&numbers, false)];
        for (builder, labelled) in builders {
            let alone = std::ptr::eq(builder, &each) || std::ptr::eq(builder, &numbers);
            let _open =
                builder.clone().device(shared.of_evaluators.clone()).build().expect("an evaluator");
            for turn in 0..12 {
                let len = [0, 1, 5, 64, 300][turn % 5];
                let elements = len * outputs;
                let prediction = floats(&mut random, FLOATS[turn % 3], elements);
                let truth = if labelled {
                    labels(&mut random, LABELS[turn % 5], 2, elements)
                } else {
                    floats(&mut random, FLOATS[turn / 3 % 3], elements)
                };
                let mut inputs = Inputs::new(prediction, Some(truth));
                let has_own_weights = alone && turn % 3 != 0;
                let elements_of_weight = if has_own_weights { elements } else { len };
                if turn % 2 == 0 {
                    inputs = inputs.with_weight(weights(
                        &mut random,
                        FLOATS[turn % 3],
                        elements_of_weight,
                    ));
                }
                if turn % 4 == 1 {
                    inputs.mask = Some(mask(&mut random, elements_of_weight));
                }
                let mut builder = builder.clone();
                if labelled && turn % 3 == 2 {
                    builder = builder.ignore_index(0);
                }
                if labelled && turn % 4 == 2 {
                    builder = builder.class_weights([(1, 3.0)]);
                }
                let of_weight = if has_own_weights { outputs } else { 1 };
                let widths = [outputs, outputs, of_weight, of_weight, 1];
                agree(&shared, &builder, &inputs, places(&mut random, widths), turn % 4 == 3);
            }
        }
    }
}

#[test]
fn steps_of_sequences_with_weights_masks_and_lengths() {
    let mut random = Random::new(5);
    let tokens = Evaluator::builder(Task::Multiclass).classes(4).metrics(["accuracy"]);
    let outputs = Evaluator::builder(Task::Regression).outputs(2).metrics(["mean_error"]);
    for shared in devices() {
        for (builder, each) in [(&tokens, 1), (&outputs, 2)] {
            let _open =
                builder.clone().device(shared.of_evaluators.clone()).build().expect("an evaluator");
            for turn in 0..24 {
                // Also with equal numbers of sequences and steps.
                let [sequences, steps] = [[5, 5], [1, 7], [40, 3], [0, 4], [9, 1]][turn % 5];
                let samples = sequences * steps;
                let [prediction, truth] = if each == 1 {
                    [0, 1].map(|_| labels(&mut random, LABELS[turn % 5], 4, samples))
                } else {
                    [0, 1].map(|_| floats(&mut random, FLOATS[turn % 3], samples * each))
                };
                let mut inputs = Inputs::new(prediction, Some(truth));
                inputs.steps = steps;
                let shapes = [sequences, samples, samples * each];
                if turn % 4 != 0 {
                    inputs = inputs.with_weight(weights(&mut random, Dtype::F32, shapes[turn % 3]));
                }
                if turn % 3 != 0 {
                    inputs.mask = Some(mask(&mut random, shapes[turn / 3 % 3]));
                }
                if turn % 2 == 0 {
                    let dtype = [Dtype::U32, Dtype::I32, Dtype::U8][turn / 2 % 3];
                    // Occasionally one step too many, or a negative number.
                    let mut length = || random.below(steps + 3) as i64 - 1;
                    let lengths: Vec<_> = (0..sequences).map(|_| length()).collect();
                    inputs.lengths = Some(Data::whole(dtype, &lengths));
                }
                let places = places(&mut random, [each, each, 1, 1, 1]);
                agree(&shared, builder, &inputs, places, turn % 6 == 1);
            }
        }
    }
}

#[test]
fn values_alone() {
    let mut random = Random::new(6);
    let builder = Evaluator::builder(Task::Aggregation).metrics(["mean", "sum", "maximum"]);
    for shared in devices() {
        let _open =
            builder.clone().device(shared.of_evaluators.clone()).build().expect("an evaluator");
        for (dtype, len) in FLOATS.iter().flat_map(|&dtype| LENGTHS.map(|len| (dtype, len))) {
            let values = floats(&mut random, dtype, len);
            let of_weight = FLOATS[random.below(3)];
            let inputs = Inputs::new(values, None);
            let inputs = inputs.with_weight(weights(&mut random, of_weight, len));
            agree(&shared, &builder, &inputs, places(&mut random, [1; 5]), false);
        }
    }
}

/// Larger than a chunk, and than a device can bind at once.
#[test]
fn large_batches_are_processed_in_chunks() {
    let mut random = Random::new(7);
    let regression = Evaluator::builder(Task::Regression).metrics(["mean_squared_error"]);
    let rows = Evaluator::builder(Task::Multiclass).classes(10).metrics(["accuracy", "log_loss"]);
    let rows = rows.from_logits(true);
    for adapter in adapters() {
        let limits = Limits { max_storage_buffer_binding_size: 1 << 20, ..Limits::default() };
        let shared = Shared::of(&adapter, limits);
        let _open =
            regression.clone().device(shared.of_evaluators.clone()).build().expect("an evaluator");
        for dtype in [Dtype::F32, Dtype::F16] {
            let len = 700_007; // whole rows of 7
            let [p, t, w] = [0, 1, 2].map(|_| floats(&mut random, dtype, len));
            let inputs = Inputs::new(p, Some(t)).with_weight(w);
            let strided = Place { offset: 3, row: 7, gap: 2 };
            for places in [[Place::DENSE; 5], [strided; 5]] {
                agree(&shared, &regression, &inputs, places, false);
            }
        }
        let _open =
            rows.clone().device(shared.of_evaluators.clone()).build().expect("an evaluator");
        let len = 70_002;
        let scores = floats(&mut random, Dtype::F32, 10 * len);
        let inputs = Inputs::new(scores, Some(labels(&mut random, Dtype::U8, 10, len)));
        let inputs = inputs.with_weight(weights(&mut random, Dtype::F32, len));
        // Rows of three samples each, which chunks split.
        let wide = Place { offset: 1, row: 30, gap: 23 };
        let places =
            [[Place::DENSE; 5], [wide, Place::DENSE, Place::DENSE, Place::DENSE, Place::DENSE]];
        for places in places {
            agree(&shared, &rows, &inputs, places, false);
        }
    }
}
