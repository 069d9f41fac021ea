//! Sizes of the kernels that sort stored scores.

/// Number of values of a digit, and of threads of a workgroup.
pub(in crate::gpu) const DIGITS: u32 = 256;

/// Samples of a tile, which is processed by one workgroup.
pub(in crate::gpu) const TILE: u32 = 4096;

/// Counts of a block, which are summed by one workgroup.
pub(in crate::gpu) const BLOCK: u32 = 2048;
