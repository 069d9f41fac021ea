//! Tests of the GPU engine that need its internals: shaders that are broken on purpose must be
//! detected.

mod arithmetic;
mod buffer_mutants;
mod buffers;
pub mod kernels;
mod mutants;
mod row_reduction;
mod sort;
