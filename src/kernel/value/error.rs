//! The difference, prediction − truth.

use super::definition::{Operands, ValueDef};
use crate::kernel::bits::{Bits, difference};

pub(crate) const VALUE: ValueDef = ValueDef::of_sample(Operands::Both, "any number");

/// Twin of `shaders/kernel/value/error.wgsl`. One rounding.
#[inline(always)]
pub fn error(prediction: Bits, truth: Bits, _parameter: Bits) -> Bits {
    difference(prediction, truth)
}
