//! Sizes of the kernels that sort stored scores.

/// Values of a digit, and threads of a workgroup.
pub(in crate::gpu) const DIGITS: u32 = 256;

/// Samples of a tile, which one workgroup takes.
pub(in crate::gpu) const TILE: u32 = 4096;

/// Counts of a block, which one workgroup adds up.
pub(in crate::gpu) const BLOCK: u32 = 2048;
