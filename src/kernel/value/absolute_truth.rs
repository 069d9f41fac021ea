//! The magnitude of the truth, |truth|.

use super::definition::{Operands, ValueDef, ValueRange};
use crate::kernel::bits::{Bits, magnitude};

pub(crate) const VALUE: ValueDef = ValueDef {
    range: ValueRange::NonNegative,
    ..ValueDef::of_sample(Operands::Truth, "any number")
};

/// Twin of `shaders/kernel/value/absolute_truth.wgsl`. Exact.
#[inline(always)]
pub fn absolute_truth(_prediction: Bits, truth: Bits, _parameter: Bits) -> Bits {
    magnitude(truth)
}
