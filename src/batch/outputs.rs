//! Batches of several outputs or labels per sample, split into batches of one.

use super::{ClassWeighting, Column, Element, HostBatch, Inputs, with_column};
use crate::kernel::bits::{ONE, flushed, ordered};
use crate::statistic::{Constant, FamilyKind, Plan, View};
use std::borrow::Cow;

/// Where scores are cut into decisions.
struct Cut {
    /// The threshold above which a decision is positive.
    threshold: Constant,
    /// Whether scores must be probabilities.
    probabilities: bool,
}

/// Memory for the elements of one output.
#[derive(Debug, Default)]
pub(super) struct OutputScratch {
    prediction: OwnedColumn,
    truth: OwnedColumn,
    weight: OwnedColumn,
    mask: Vec<bool>,
}

impl OutputScratch {
    /// The batch of one of a plan's views, and how its samples are weighed. Weights and masks are
    /// shared by all outputs, or there is one for each element.
    pub fn output<'b>(
        &'b mut self,
        batch: &HostBatch<'b>,
        double: bool,
        view: View,
        plan: &Plan,
        class_weighting: &'b ClassWeighting,
    ) -> (HostBatch<'b>, Cow<'b, ClassWeighting>) {
        let (outputs, output) = (plan.outputs as usize, view.output);
        if let FamilyKind::ExactMatch { threshold, probabilities } = view.kind {
            let cut = Cut { threshold, probabilities };
            let batch = self.exact_match(batch, double, outputs, cut, class_weighting);
            return (batch, Cow::Owned(ClassWeighting::none()));
        }
        if outputs == 1 || view.kind != FamilyKind::Outputs {
            return (*batch, Cow::Borrowed(class_weighting));
        }
        let elements = batch.truth().len();
        let Self { prediction, truth, weight, mask } = self;
        let mask = batch.mask().map(|shared| {
            if shared.len() != elements {
                return shared;
            }
            mask.clear();
            mask.extend(shared.iter().skip(output).step_by(outputs));
            mask
        });
        let weight = batch.inputs.weight.map(|column| {
            if column.len() == elements { weight.gather(column, output, outputs) } else { column }
        });
        let inputs = Inputs {
            prediction: prediction.gather(batch.inputs.prediction, output, outputs),
            truth: batch.inputs.truth.map(|column| truth.gather(column, output, outputs)),
            weight,
            mask: mask.map(Column::Bool),
            ..batch.inputs
        };
        (HostBatch { inputs, ..*batch }, Cow::Borrowed(class_weighting))
    }

    /// Samples with one label, which is 1. Its prediction is 1 if all labels of the sample are
    /// predicted correctly, else 0; NaN if a score is not finite, or else 2 if a score must be a
    /// probability and is none. The label is invalid if any label of the sample is. A sample whose
    /// labels are all ignored is masked.
    fn exact_match<'b>(
        &'b mut self,
        batch: &HostBatch<'b>,
        double: bool,
        outputs: usize,
        Cut { threshold, probabilities }: Cut,
        class_weighting: &ClassWeighting,
    ) -> HostBatch<'b> {
        let single = |score: f64| flushed((score as f32).to_bits());
        let single_threshold = ordered(flushed(threshold.bits()));
        let (scores, labels, sample_mask) = (batch.inputs.prediction, batch.truth(), batch.mask());
        let (mut predictions, mut truths) = (Vec::new(), Vec::new());
        self.mask.clear();
        for start in (0..labels.len()).step_by(outputs) {
            let (mut prediction, mut truth, mut counts) = (1.0_f32, 1.0_f32, false);
            let mut is_outside = false;
            for element in start..start + outputs {
                let score = with_column!(scores, slice => slice[element].real());
                let (label, ignored) = with_column!(labels, slice => {
                    (slice[element].class(), class_weighting.ignores(slice[element]))
                });
                if ignored {
                    continue;
                }
                counts = true;
                let (positive, finite, probability) = if double {
                    (score > threshold.double, score.is_finite(), (0.0..=1.0).contains(&score))
                } else {
                    let bits = single(score);
                    let positive = ordered(bits) > single_threshold;
                    (positive, (score as f32).is_finite(), bits <= ONE)
                };
                is_outside |= probabilities && !probability;
                let correct = u32::from(positive) == label;
                // NaN stays NaN.
                prediction *= if finite { f32::from(u8::from(correct)) } else { f32::NAN };
                truth = if label > 1 { f32::MAX } else { truth };
            }
            if is_outside && !prediction.is_nan() {
                prediction = 2.0;
            }
            let is_unmasked = sample_mask.is_none_or(|mask| mask[predictions.len()]);
            self.mask.push(is_unmasked && counts);
            predictions.push(prediction);
            truths.push(truth);
        }
        self.prediction = OwnedColumn::F32(predictions);
        self.truth = OwnedColumn::F32(truths);
        let inputs = Inputs {
            prediction: self.prediction.column(),
            truth: Some(self.truth.column()),
            mask: Some(Column::Bool(&self.mask)),
            ..batch.inputs
        };
        HostBatch { inputs, ..*batch }
    }
}

macro_rules! owned_columns {
    ($($variant:ident $element:ident),*) => {
        /// Elements of any type.
        #[derive(Debug)]
        pub(super) enum OwnedColumn { $($variant(Vec<$element>)),* }

        impl OwnedColumn {
            /// Every `stride`th element from the one at `start`.
            pub fn gather(&mut self, column: Column<'_>, start: usize, stride: usize) -> Column<'_> {
                match column {
                    $(Column::$variant(slice) => {
                        let mut elements = match self {
                            Self::$variant(elements) => std::mem::take(elements),
                            _ => Vec::new(),
                        };
                        elements.clear();
                        elements.extend(slice.iter().skip(start).step_by(stride));
                        *self = Self::$variant(elements);
                    }),*
                }
                self.column()
            }

            /// Every element `times` times.
            pub fn repeat(&mut self, column: Column<'_>, times: usize) -> Column<'_> {
                match column {
                    $(Column::$variant(slice) => {
                        let repeated = slice.iter().flat_map(|&x| std::iter::repeat_n(x, times));
                        *self = Self::$variant(repeated.collect());
                    }),*
                }
                self.column()
            }

            pub fn column(&self) -> Column<'_> {
                match self { $(Self::$variant(elements) => Column::$variant(elements)),* }
            }
        }
    };
}

owned_columns!(F32 f32, F64 f64, Bool bool, U8 u8, I32 i32, U32 u32, I64 i64, U64 u64);

impl Default for OwnedColumn {
    fn default() -> Self {
        Self::F32(Vec::new())
    }
}
