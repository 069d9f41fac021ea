//! The absolute difference, |prediction − truth|.

use super::definition::{Operands, ValueDef, ValueRange};
use crate::kernel::bits::{Bits, difference, magnitude};

pub(crate) const VALUE: ValueDef = ValueDef {
    range: ValueRange::NonNegative,
    ..ValueDef::of_sample(Operands::Both, "any number")
};

/// Twin of `shaders/kernel/value/absolute_error.wgsl`. One rounding.
#[inline(always)]
pub fn absolute_error(prediction: Bits, truth: Bits, _parameter: Bits) -> Bits {
    magnitude(difference(prediction, truth))
}
