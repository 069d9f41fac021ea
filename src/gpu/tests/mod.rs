//! Tests of the GPU engine that need its inside: shaders that are broken on purpose must be noticed.

mod arithmetic;
mod buffer_mutants;
mod buffers;
pub mod kernels;
mod mutants;
mod row_reduction;
mod sort;
