//! Small batches in buffers that show each part of the kernels in `shaders/input`: element types,
//! strides, offsets, labels, rows, masks and lengths, with invalid elements of each.

use crate::batch::{Batch, BufferColumn, ClassWeighting, Dtype};
use crate::error::Error;
use crate::statistic::{Constant, FamilyKind, Plan, Request, Statistic, Task, ValueFn};
use half::f16;
use wgpu::Buffer;

/// A batch in buffers, and the statistics that it is added to.
pub(in crate::gpu) struct Case {
    pub plan: Plan,
    pub class_weighting: ClassWeighting,
    /// The bytes of prediction, truth, weight, mask and lengths.
    pub contents: [Vec<u8>; 5],
    /// The batch in buffers with these contents.
    pub batch: for<'a> fn(&'a [Buffer; 5]) -> Batch<'a>,
}

impl Case {
    /// Whether samples have rows of truths or outputs that are scanned.
    pub fn has_rows(&self) -> bool {
        matches!(self.plan.task, Task::Multiclass | Task::Multilabel)
    }
}

/// The bytes of elements, filled up to whole words.
pub(in crate::gpu) fn bytes<const N: usize>(
    elements: impl IntoIterator<Item = [u8; N]>,
) -> Vec<u8> {
    let mut bytes: Vec<_> = elements.into_iter().flatten().collect();
    bytes.resize(bytes.len().next_multiple_of(4), 0xa5);
    bytes
}

/// The bytes of the nearest half-precision numbers.
fn halves(numbers: &[f32]) -> Vec<u8> {
    bytes(numbers.iter().map(|&x| f16::from_f32(x).to_bits().to_le_bytes()))
}

pub(in crate::gpu) fn floats(numbers: &[f32]) -> Vec<u8> {
    bytes(numbers.iter().map(|x| x.to_le_bytes()))
}

/// Consecutive elements of a buffer.
pub(in crate::gpu) fn column(
    buffer: &Buffer,
    dtype: Dtype,
    first: u64,
    len: u64,
) -> BufferColumn<'_> {
    let size = dtype.size_bytes();
    BufferColumn::new(dtype, buffer.slice(first * size..(first + len) * size))
}

pub(in crate::gpu) fn cases() -> Result<Vec<Case>, Error> {
    let (nan, inf) = (f32::NAN, f32::INFINITY);
    let none = Vec::new;
    let unweighted = ClassWeighting::none;
    let sum = |task, function| Plan::new(task, [Statistic::sum(function)]);
    let errors = sum(Task::Regression, ValueFn::Error);
    let values = sum(Task::Aggregation, ValueFn::Identity);
    let binary = Plan::new(
        Task::Binary,
        [Statistic::Confusion { threshold: Constant::new(0.5), probabilities: true }],
    );
    let classes = sum(Task::Multiclass, ValueFn::Correct).with_classes(3);
    let soft = sum(Task::Multiclass, ValueFn::SoftmaxLoss).with_classes(3);
    let family = FamilyKind::ExactMatch { threshold: Constant::new(0.5), probabilities: true };
    let match_request =
        Request { statistic: Statistic::sum(ValueFn::Probability), family, metric: None };
    let matches = Plan::from_requests(Task::Multilabel, 2, 2, [match_request]);
    let of_labels = |plan: &Plan, class_weights: &[(u32, f64)], ignored: Option<i64>| {
        ClassWeighting::new(plan.task, plan.classes, class_weights, ignored)
    };
    Ok(vec![
        // Every number of 16 bits, as a value and as a weight.
        Case {
            plan: values.clone(),
            class_weighting: unweighted(),
            contents: [
                bytes((0..=u16::MAX).map(u16::to_le_bytes)),
                none(),
                bytes((0..=u16::MAX).map(|bits| bits.wrapping_mul(0x9e37).to_le_bytes())),
                none(),
                none(),
            ],
            batch: |[p, _, w, ..]| {
                Batch::values(column(p, Dtype::F16, 0, 1 << 16)).weights(column(
                    w,
                    Dtype::Bf16,
                    0,
                    1 << 16,
                ))
            },
        },
        Case {
            plan: values.clone(),
            class_weighting: unweighted(),
            contents: [halves(&[1.0, inf, -2.0, nan]), none(), none(), none(), none()],
            batch: |[p, ..]| Batch::values(column(p, Dtype::F16, 0, 4)),
        },
        // Numbers of 16 bits in strided rows, of any size.
        Case {
            plan: errors.clone(),
            class_weighting: unweighted(),
            contents: [
                halves(&[9.0, 1.0, 2.0, 3.0, 8.0, 8.0, 6e-8, 5.0, 1e-5]),
                bytes([0x4444_u16, 0x3f80, 0x4000, 0x4040, 0x3e00, 0x0001].map(u16::to_le_bytes)),
                halves(&[0.5, 7.0, 0.25, 3.0, 6.0, 1.0]),
                none(),
                none(),
            ],
            batch: |[p, t, w, ..]| {
                let prediction = column(p, Dtype::F16, 1, 8).rows(3, 5);
                let weight = column(w, Dtype::F16, 0, 6);
                Batch::new(prediction, column(t, Dtype::Bf16, 0, 6)).weights(weight)
            },
        },
        // Sequences with lengths, one of which is too long.
        Case {
            plan: values,
            class_weighting: unweighted(),
            contents: [
                halves(&[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0, 9.0]),
                none(),
                floats(&[1.0, 2.0, 4.0, 8.0]),
                none(),
                vec![0, 2, 3, 4],
            ],
            batch: |[p, _, w, _, l]| {
                Batch::values(column(p, Dtype::F16, 0, 12))
                    .weights(column(w, Dtype::F32, 0, 4))
                    .lengths(column(l, Dtype::U8, 0, 4))
                    .sequence_length(3)
            },
        },
        // Invalid labels of several types, and an ignored label.
        Case {
            class_weighting: of_labels(&binary, &[], Some(0))?,
            plan: binary.clone(),
            contents: [
                floats(&[0.9; 8]),
                floats(&[-0.0, 1.0, -1.0, 1.5, 0.0, 1.0, 1.0, 1.0]),
                none(),
                none(),
                none(),
            ],
            batch: |[p, t, ..]| {
                Batch::new(column(p, Dtype::F32, 0, 8), column(t, Dtype::F32, 0, 8))
            },
        },
        Case {
            class_weighting: of_labels(&binary, &[], Some(-1))?,
            plan: binary.clone(),
            contents: [
                halves(&[0.9, 0.1, 0.9, 0.1, 0.5]),
                bytes([-1_i32, 1, 0, -2, 1].map(i32::to_le_bytes)),
                none(),
                none(),
                none(),
            ],
            batch: |[p, t, ..]| {
                Batch::new(column(p, Dtype::F16, 0, 5), column(t, Dtype::I32, 0, 5))
            },
        },
        Case {
            class_weighting: of_labels(&binary, &[(1, 3.0)], None)?,
            plan: binary,
            contents: [
                floats(&[0.9, 0.1, 0.9, 0.1, 0.9]),
                vec![7, 7, 7, 0, 1, 2, 1, 0],
                floats(&[1.0, -3.0, 1e-40, 0.5, f32::from_bits(u32::MAX)]),
                vec![1, 1, 1, 1, 1, 0, 0, 0],
                none(),
            ],
            batch: |[p, t, w, m, _]| {
                Batch::new(column(p, Dtype::F32, 0, 5), column(t, Dtype::Bool, 3, 5))
                    .weights(column(w, Dtype::F32, 0, 5))
                    .mask(column(m, Dtype::U8, 0, 5))
            },
        },
        // One-hot rows, malformed ones, and an ignored class; rows of scores that are converted.
        Case {
            class_weighting: of_labels(&classes, &[(0, 1e-20), (2, 0.5)], Some(1))?,
            plan: classes,
            contents: [
                halves(&[
                    1.0, 2.0, 3.0, 3.0, 2.0, 1.0, 1.0, 3.0, 2.0, 3.0, 1.0, 2.0, 1.0, 1.0, 3.0, 3.0,
                    1.0, 2.0,
                ]),
                vec![1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 2, 0, 0],
                floats(&[1.5e-18, 1.0, 2.0, 1e-39, -1e-30, 4.0]),
                none(),
                none(),
            ],
            batch: |[p, t, w, ..]| {
                Batch::new(column(p, Dtype::F16, 0, 18), column(t, Dtype::U8, 0, 18))
                    .weights(column(w, Dtype::F32, 0, 6))
                    .one_hot()
            },
        },
        // Soft truths of classes with weights, one of which is ignored; ties for the most probable
        // class.
        Case {
            class_weighting: of_labels(&soft, &[(0, 3.0), (2, 0.5)], Some(1))?,
            plan: soft,
            contents: [
                floats(&[1.0, 2.0, 3.0, 3.0, 2.0, 1.0, 1.0, 3.0, 2.0, 3.0, 1.0, 2.0]),
                halves(&[0.25, 0.25, 0.5, 0.5, 0.0, 0.5, 0.25, 0.5, 0.25, 2.0, 0.75, -1.0]),
                none(),
                none(),
                none(),
            ],
            batch: |[p, t, ..]| {
                let truths = column(t, Dtype::F16, 0, 12);
                Batch::new(column(p, Dtype::F32, 0, 12), truths).soft()
            },
        },
        // Exact-match samples.
        Case {
            class_weighting: of_labels(&matches, &[], Some(7))?,
            plan: matches,
            contents: [
                floats(&[
                    0.9, 0.1, 0.1, 0.9, 0.9, nan, 0.9, 0.9, 0.9, 0.9, 0.9, 0.2, 1.5, 0.1, -0.1, nan,
                ]),
                vec![1, 0, 1, 1, 1, 0, 7, 7, 1, 3, 1, 7, 1, 0, 0, 0],
                none(),
                none(),
                none(),
            ],
            batch: |[p, t, ..]| {
                Batch::new(column(p, Dtype::F32, 0, 16), column(t, Dtype::U8, 0, 16))
            },
        },
        // Several outputs, separately and as vectors.
        Case {
            plan: errors.with_outputs(3),
            class_weighting: unweighted(),
            contents: [
                halves(&[1.0, 2.0, 3.0, 9.0, 4.0, 5.0, 6.0]),
                halves(&[0.0, 1.0, 0.5, 4.0, 0.0, 7.0]),
                none(),
                none(),
                none(),
            ],
            batch: |[p, t, ..]| {
                Batch::new(column(p, Dtype::F16, 0, 7).rows(3, 4), column(t, Dtype::F16, 0, 6))
            },
        },
        Case {
            plan: sum(Task::Regression, ValueFn::Cosine).with_outputs(3),
            class_weighting: unweighted(),
            contents: [
                halves(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
                halves(&[0.0, 1.0, 0.5, 4.0, 0.0, 7.0]),
                none(),
                none(),
                none(),
            ],
            batch: |[p, t, ..]| {
                Batch::new(column(p, Dtype::F16, 0, 6), column(t, Dtype::F16, 0, 6))
            },
        },
    ])
}
