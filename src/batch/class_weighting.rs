//! The weights of samples, multiplied by those of their classes, and masks.

#[cfg(feature = "gpu")]
use super::Dtype;
use super::column::{Label, first, one_hot_class, row_bits};
use super::{Column, Element, HostBatch, TruthEncoding, with_column};
use crate::error::{BuildError, Error};
use crate::exact::layout::LIMIT_EXPONENT;
use crate::exact::{MIN_EXACT_WEIGHT, is_double_weight, is_weight, rounded_weight, two_to};
use crate::kernel::bits::{MASKED, MIN_RESULT_EXPONENT, ONE, field, magnitude, valid_weight};
use crate::kernel::row_f64;
use crate::kernel::soft_labels::soft_class;
use crate::statistic::{Schema, Task};
use std::collections::BTreeSet;
use std::ops::Range;

/// How labels affect weights: the weight of each class, and the label that is ignored.
#[derive(Clone, Debug, Default)]
pub(crate) struct ClassWeighting {
    /// The weight of each class; none if all weigh 1.
    classes: Option<Vec<f64>>,
    ignored: Option<Label>,
}

impl ClassWeighting {
    /// Fails if the task has no labels, or a class or its weight is invalid.
    pub fn new(
        task: Task,
        classes: u32,
        class_weights: &[(u32, f64)],
        ignored: Option<i64>,
    ) -> Result<Self, Error> {
        let settings =
            [("class weights", !class_weights.is_empty()), ("an ignored label", ignored.is_some())];
        let requested = settings.into_iter().find(|(_, is_set)| *is_set);
        if let (false, Some((setting, _))) = (task.has_labels(), requested) {
            return Err(BuildError::LabelsUnsupported { setting, task }.into());
        }
        let (mut weights, mut named) = (vec![1.0; classes as usize], BTreeSet::new());
        for &(class, weight) in class_weights {
            let Some(entry) = weights.get_mut(class as usize) else {
                return Err(BuildError::UnknownClass { class: class as usize, classes }.into());
            };
            if !is_weight(weight) {
                return Err(BuildError::InvalidClassWeight { class, weight }.into());
            }
            if !named.insert(class) {
                return Err(BuildError::RepeatedClassWeight { class }.into());
            }
            *entry = weight;
        }
        Ok(Self {
            classes: (!class_weights.is_empty()).then_some(weights),
            ignored: ignored.map(Label::new),
        })
    }

    /// For samples without labels.
    pub const fn none() -> Self {
        Self { classes: None, ignored: None }
    }

    /// Whether the weight of a sample depends on its class.
    pub fn depends_on_class(&self) -> bool {
        self.classes.is_some() || self.ignored.is_some()
    }

    /// Whether an element is the ignored label.
    pub fn ignores(&self, element: impl Element) -> bool {
        self.ignored.is_some_and(|label| element.is(label))
    }

    /// The weight of a class; 1 for an invalid class.
    pub fn of_class(&self, class: u32) -> f64 {
        let weight = self.classes.as_ref().and_then(|classes| classes.get(class as usize));
        weight.copied().unwrap_or(1.0)
    }

    /// Whether classes have weights.
    pub fn has_class_weights(&self) -> bool {
        self.classes.is_some()
    }

    /// The bits of the weights of all classes, if they have any; the smallest `f32` for a weight
    /// that is not zero but would become zero.
    #[cfg(feature = "gpu")]
    pub fn class_weight_words(&self) -> Option<Vec<u32>> {
        let word = |&weight: &f64| match (weight as f32).to_bits() {
            0 if weight != 0.0 => 1,
            bits => bits,
        };
        Some(self.classes.as_ref()?.iter().map(word).collect())
    }

    /// The ignored label as an element of truths of type `dtype`, or as the class of a row of them;
    /// none if no element can be that label.
    #[cfg(feature = "gpu")]
    pub fn ignored_word(
        &self,
        dtype: Dtype,
        classes: u32,
        truth_encoding: TruthEncoding,
    ) -> Option<u32> {
        let label = self.ignored?;
        if truth_encoding.are_rows() {
            return label.class(classes);
        }
        let integer = label.integer();
        match dtype {
            Dtype::U32 => u32::try_from(integer).ok(),
            Dtype::I32 => i32::try_from(integer).ok().map(|label| label as u32),
            Dtype::U8 => u8::try_from(integer).ok().map(u32::from),
            Dtype::Bool => u32::try_from(integer).ok().filter(|&label| label < 2),
            Dtype::F32 => {
                let label = integer as f32;
                (label as i128 == integer.into()).then_some(label.to_bits())
            }
            Dtype::F16 | Dtype::Bf16 => None,
        }
    }

    fn max_class_weight(&self) -> f64 {
        self.classes.iter().flatten().copied().fold(1.0, f64::max)
    }
}

/// A sample's weight times that of its class, rounded once, by rules that every device can follow.
///
/// A class of weight 1 leaves the weight unchanged, and an invalid weight stays invalid. Otherwise
/// a subnormal factor counts as zero, and so does a product whose exponent field is below
/// [`MIN_RESULT_EXPONENT`], because devices treat such numbers differently. A product of 2^64 or
/// more is an invalid weight.
fn product(weight: u32, of_class: u32) -> u32 {
    if of_class == ONE || !valid_weight(weight) {
        return weight;
    }
    if field(weight) == 0 || field(of_class) == 0 {
        return 0;
    }
    let product = (f32::from_bits(weight) * f32::from_bits(of_class)).to_bits();
    if field(product) < MIN_RESULT_EXPONENT { 0 } else { product }
}

/// How the samples of a batch with one output are weighed.
#[derive(Clone, Copy)]
pub(super) struct SampleWeights<'a> {
    pub batch: HostBatch<'a>,
    pub classes: u32,
    pub class_weighting: &'a ClassWeighting,
    /// Whether they are computed in double precision.
    pub double: bool,
}

impl<'a> SampleWeights<'a> {
    pub fn new(
        batch: HostBatch<'a>,
        schema: Schema,
        class_weighting: &'a ClassWeighting,
        double: bool,
    ) -> Self {
        Self { batch, classes: schema.classes, class_weighting, double }
    }

    /// Whether samples may be masked.
    pub fn may_mask(&self) -> bool {
        self.batch.inputs.mask.is_some() || self.class_weighting.ignored.is_some()
    }

    /// Whether the engines read the weights unconverted.
    pub fn are_native(&self) -> bool {
        let is_f32 = matches!(self.batch.inputs.weight, None | Some(Column::F32(_)));
        is_f32 && self.class_weighting.classes.is_none() && !self.may_mask()
    }

    /// Whether a sample is masked, or its truth is the ignored label.
    pub fn is_masked(&self, row: usize) -> bool {
        let masked = self.batch.mask().is_some_and(|mask| !mask[row]);
        masked
            || self.class_weighting.ignored.is_some_and(|label| {
                if self.batch.truth_encoding.are_rows() {
                    label.class(self.classes) == Some(self.class(row))
                } else {
                    with_column!(self.batch.truth(), slice => slice[row].is(label))
                }
            })
    }

    /// Whether the sample takes part in weighted values: it is not masked, and its weight, as it
    /// will be used, is not 0.
    pub fn is_positive(&self, row: usize) -> bool {
        let factors = self.factors(row);
        let is_zero = if self.double {
            rounded_weight(factors[0] * factors[1]) == 0.0
        } else {
            magnitude(combined(factors)) == 0
        };
        !is_zero && !self.is_masked(row)
    }

    /// The class of a truth; `u32::MAX` if it is not a class.
    pub fn class(&self, row: usize) -> u32 {
        let width = self.classes as usize;
        let elements = row * width..(row + 1) * width;
        with_column!(self.batch.truth(), slice => match self.batch.truth_encoding {
            TruthEncoding::Labels => slice[row].class(),
            TruthEncoding::OneHot => one_hot_class(&slice[elements]),
            TruthEncoding::Soft if self.double => {
                let row: Vec<_> = slice[elements].iter().map(|x| x.real()).collect();
                row_f64::soft_class(&row)
            }
            TruthEncoding::Soft => soft_class(row_bits(&slice[elements])),
        })
    }

    /// The weight of a sample in the batch, and the weight of its class.
    pub fn factors(&self, row: usize) -> [f64; 2] {
        let weight = self.batch.inputs.weight;
        let weight = weight.map(|weight| with_column!(weight, slice => slice[row].real()));
        let class = self.class_weighting.classes.as_ref().map(|_| self.class(row));
        [weight.unwrap_or(1.0), class.map_or(1.0, |class| self.class_weighting.of_class(class))]
    }

    /// The first sample whose weight is invalid.
    pub fn first_invalid(&self) -> Option<usize> {
        let matters = |row: usize| !self.is_masked(row);
        let is_valid = if self.double { is_double_weight } else { is_weight };
        with_column!(self.batch.inputs.weight?, slice => {
            first(slice, |x| !is_valid(x.real()), matters)
        })
    }

    /// The first sample with a weight that is too small for all of its bits to count in double
    /// precision, and the exponent of a power of two that brings every weight into the range in
    /// which they do; none if no power does.
    pub fn first_too_small(&self) -> Option<(usize, i32)> {
        let weight_of = |row: usize| self.factors(row)[0];
        let rows = (0..self.batch.inputs.weight?.len()).filter(|&row| !self.is_masked(row));
        let weights = rows.map(weight_of).filter(|&weight| weight > 0.0);
        let [min, max] = weights
            .fold([f64::INFINITY, 0.0], |[min, max], weight| [min.min(weight), max.max(weight)]);
        if min >= MIN_EXACT_WEIGHT {
            return None;
        }
        let exponent = (MIN_EXACT_WEIGHT / min).log2().ceil() as i32;
        let row = (0..).find(|&row| weight_of(row) == min && !self.is_masked(row))?;
        (max * two_to(exponent) < two_to(LIMIT_EXPONENT)).then_some((row, exponent))
    }

    /// The first sample with a valid weight that its class makes invalid.
    pub fn first_overflowing(&self) -> Option<usize> {
        // A product reaches the limit only if the weight times the largest class weight is near it.
        let near = two_to(LIMIT_EXPONENT - 1) / self.class_weighting.max_class_weight();
        let too_heavy = |row: usize| {
            let factors = self.factors(row);
            let [is_valid, is_product_valid] = if self.double {
                [factors[0], factors[0] * factors[1]].map(is_double_weight)
            } else {
                [is_weight(factors[0]), valid_weight(combined(factors))]
            };
            is_valid && !is_product_valid && !self.is_masked(row)
        };
        self.class_weighting.classes.as_ref()?;
        with_column!(self.batch.inputs.weight?, slice => first(slice, |x| x.real() > near, too_heavy))
    }

    /// The bits of weights, [`MASKED`] where a sample is masked; none if every sample has weight 1.
    /// `labels` are the classes of these samples, if the task has classes. `lossy` counts nonzero
    /// weights that are too small for an `f32`, and lose digits or become zero.
    pub fn column(
        &self,
        labels: &[u32],
        range: Range<usize>,
        buffer: &'a mut Vec<u32>,
        lossy: &mut u64,
    ) -> Option<&'a [u32]> {
        let Self { batch, class_weighting, .. } = *self;
        let weights = batch.inputs.weight.map(|weight| weight.slice(range.clone()));
        if self.are_native() {
            let Some(Column::F32(slice)) = weights else { return None };
            return Some(bytemuck::cast_slice(slice));
        }
        buffer.clear();
        match weights {
            None => buffer.resize(range.len(), ONE),
            // A NaN must not be taken for MASKED.
            Some(weights) => with_column!(weights, slice => buffer.extend(slice.iter().map(|x| {
                let weight = x.real() as f32;
                if weight.is_nan() { f32::NAN.to_bits() } else { weight.to_bits() }
            }))),
        }
        if class_weighting.classes.is_some() {
            for (weight, &class) in buffer.iter_mut().zip(labels) {
                *weight = product(*weight, (class_weighting.of_class(class) as f32).to_bits());
            }
        }
        if let Some(mask) = batch.mask() {
            for (weight, &counts) in buffer.iter_mut().zip(&mask[range.clone()]) {
                *weight = if counts { *weight } else { MASKED };
            }
        }
        if let Some(label) = class_weighting.ignored {
            if batch.truth_encoding.are_rows() {
                let ignored = label.class(self.classes);
                let hits = labels.iter().map(|&class| Some(class) == ignored);
                mask(buffer, hits);
            } else {
                let truth = batch.truth().slice(range);
                with_column!(truth, slice => mask(buffer, slice.iter().map(|x| x.is(label))));
            }
        }
        let of_class = |row: usize| class_weighting.of_class(labels[row]);
        *lossy += match weights {
            Some(Column::F64(slice)) => count_lossy_weights(buffer, |row| slice[row], of_class),
            // Numbers of other types are not below the range of f32, but products may be.
            _ if class_weighting.classes.is_none() => 0,
            None => count_lossy_weights(buffer, |_| 1.0, of_class),
            Some(weights) => with_column!(weights, slice => {
                count_lossy_weights(buffer, |row| slice[row].real(), of_class)
            }),
        };
        Some(buffer)
    }
}

/// The bits of the product of a sample's weight in the batch and the weight of its class.
fn combined([weight, of_class]: [f64; 2]) -> u32 {
    product((weight as f32).to_bits(), (of_class as f32).to_bits())
}

fn mask(weights: &mut [u32], masked: impl Iterator<Item = bool>) {
    for (weight, masked) in weights.iter_mut().zip(masked) {
        *weight = if masked { MASKED } else { *weight };
    }
}

/// Number of samples whose weight is not zero, but lost digits or became zero because it, or the
/// weight of its class, is too small for an `f32`.
fn count_lossy_weights(
    weights: &[u32],
    weight_of: impl Fn(usize) -> f64,
    class_weight_of: impl Fn(usize) -> f64,
) -> u64 {
    let lost = |x: f64| x.abs() < f32::MIN_POSITIVE.into() && f64::from(x as f32) != x;
    let is_small = |row: usize, weight: u32| {
        let (exact, class_weight) = (weight_of(row), class_weight_of(row));
        let vanished = magnitude(weight) == 0 && exact != 0.0;
        weight != MASKED && class_weight != 0.0 && (vanished || lost(exact))
    };
    (0..).zip(weights).map(|(row, &weight)| u64::from(is_small(row, weight))).sum()
}
