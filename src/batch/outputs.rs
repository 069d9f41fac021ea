//! Batches of several outputs or labels for each sample, taken apart into batches of one.

use super::{ClassWeighting, Column, Element, HostBatch, with_column};
use crate::kernel::bits::{flushed, ordered};
use crate::statistic::{FamilyKind, Plan, View};
use std::borrow::Cow;

/// Memory for the elements of one output.
#[derive(Debug, Default)]
pub(crate) struct OutputScratch {
    prediction: OwnedColumn,
    truth: OwnedColumn,
    weight: OwnedColumn,
    mask: Vec<bool>,
}

impl HostBatch<'_> {
    /// The batch of one of a plan's views, and how its samples are weighed. Weights and masks are shared by
    /// all outputs, or there is one for each element.
    pub(crate) fn output<'b>(
        &'b self,
        view: View,
        plan: &Plan,
        class_weighting: &'b ClassWeighting,
        gathered: &'b mut OutputScratch,
    ) -> (HostBatch<'b>, Cow<'b, ClassWeighting>) {
        let (outputs, output) = (plan.outputs as usize, view.output);
        if let FamilyKind::ExactMatch { threshold } = view.kind {
            let batch = self.exact_match_batch(outputs, threshold, class_weighting, gathered);
            return (batch, Cow::Owned(ClassWeighting::of_samples()));
        }
        if outputs == 1 || view.kind != FamilyKind::Outputs {
            return (*self, Cow::Borrowed(class_weighting));
        }
        let elements = self.truth.len();
        let OutputScratch { prediction, truth, weight, mask } = gathered;
        let weight = self.weight.map(|column| {
            if column.len() == elements { weight.gather(column, output, outputs) } else { column }
        });
        let mask = self.mask.map(|given| {
            if given.len() != elements {
                return given;
            }
            mask.clear();
            mask.extend(given.iter().skip(output).step_by(outputs));
            mask
        });
        let batch = HostBatch {
            prediction: prediction.gather(self.prediction, output, outputs),
            truth: truth.gather(self.truth, output, outputs),
            weight,
            mask,
            ..*self
        };
        (batch, Cow::Borrowed(class_weighting))
    }

    /// Samples with one label, 1, that is predicted if all labels of the sample are right: 1 or 0,
    /// NaN if a score is not finite. The label is none if any label of the sample is none. A sample
    /// whose labels are all ignored is masked.
    fn exact_match_batch<'b>(
        &'b self,
        outputs: usize,
        threshold: f32,
        class_weighting: &ClassWeighting,
        gathered: &'b mut OutputScratch,
    ) -> HostBatch<'b> {
        let least = ordered(flushed(threshold.to_bits()));
        let (mut predictions, mut truth_encoding) = (Vec::new(), Vec::new());
        gathered.mask.clear();
        for start in (0..self.truth.len()).step_by(outputs) {
            let (mut prediction, mut truth, mut counts) = (1.0_f32, 1.0_f32, false);
            for element in start..start + outputs {
                let score = with_column!(self.prediction, slice => slice[element].real()) as f32;
                let (label, ignored) = with_column!(self.truth, slice => {
                    (slice[element].class(), class_weighting.ignores(slice[element]))
                });
                if ignored {
                    continue;
                }
                counts = true;
                let positive = ordered(flushed(score.to_bits())) > least;
                let right = u32::from(positive) == label;
                // NaN stays what it is.
                prediction *= if score.is_finite() { f32::from(u8::from(right)) } else { f32::NAN };
                truth = if label > 1 { f32::MAX } else { truth };
            }
            let given = self.mask.is_none_or(|mask| mask[predictions.len()]);
            gathered.mask.push(given && counts);
            predictions.push(prediction);
            truth_encoding.push(truth);
        }
        gathered.prediction = OwnedColumn::F32(predictions);
        gathered.truth = OwnedColumn::F32(truth_encoding);
        HostBatch {
            prediction: gathered.prediction.column(),
            truth: gathered.truth.column(),
            mask: Some(&gathered.mask),
            ..*self
        }
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

            /// Every element so many times.
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
