//! The entries of a total in the state buffer, 64 bits each.
//!
//! A workgroup adds less than 2^31 to an entry, so an entry has room for more than 2^32 workgroups.
//! A full workgroup has at least 2^13 samples, so there is room for 2^45 samples between two
//! resets.

use super::limbs::{PRODUCT, VALUE, WEIGHT};

// The first entries belong to all samples.
pub(in crate::gpu) const SAMPLES: u32 = 0;
pub(in crate::gpu) const ZERO_WEIGHT: u32 = 1;
pub(in crate::gpu) const INVALID_WEIGHT: u32 = 2;
pub(in crate::gpu) const INVALID_LABEL: u32 = 3;
pub(in crate::gpu) const MASKED: u32 = 5;
/// Never written: the zero of the shaders' rounding barrier.
pub(in crate::gpu) const ZERO: u32 = 6;
/// Number of weights that became zero when multiplied by the weight of their class.
pub(in crate::gpu) const SMALL_WEIGHT: u32 = 7;
/// Number of samples that were converted from buffers, less those that the first pass then read: 0
/// unless a kernel was cut.
pub(in crate::gpu) const CONVERTED: u32 = 8;
/// The same for reduced rows.
pub(in crate::gpu) const REDUCED: u32 = 9;
/// Number of samples of all batches for which the passes were dispatched.
pub(in crate::gpu) const DUE: u32 = 10;
pub(super) const FIRST_ENTRIES: u32 = 11;

/// Flags of the parameters of a pass.
pub(in crate::gpu) const MAY_BE_MASKED: u32 = 1;
pub(in crate::gpu) const IS_CONVERTED: u32 = 2;

/// Entries of a statistic's faults: three pairs (unweighted, weighted) and three counts.
pub(in crate::gpu) const FAULT_NONFINITE: u32 = 0;
pub(in crate::gpu) const FAULT_OVERFLOW: u32 = 2;
pub(in crate::gpu) const FAULT_OUTSIDE: u32 = 4;
pub(in crate::gpu) const FAULT_UNDERFLOW: u32 = 6;
pub(in crate::gpu) const FAULT_CLIPPED: u32 = 7;
pub(in crate::gpu) const FAULT_UNNORMALIZED: u32 = 8;
pub(super) const FAULT_ENTRIES: u32 = 9;

/// Entries of a cell with a count and a sum of weights.
pub(in crate::gpu) const CELL_COUNT_ENTRIES: u32 = 1 + WEIGHT.cell_limbs();
/// Entries of a cell with an unweighted and a weighted sum.
pub(in crate::gpu) const CELL_SUM_ENTRIES: u32 = VALUE.cell_limbs() + PRODUCT.cell_limbs();
