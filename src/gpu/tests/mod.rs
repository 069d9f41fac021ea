//! Tests of the GPU engine that need its internals: shaders that are broken on purpose must be
//! detected.

pub(crate) mod adapters;
mod arithmetic;
mod buffer_mutants;
mod buffers;
mod kernels;
mod mutant;
mod patience;
mod row_mutants;
mod row_reduction;
mod sort;
mod statistic_mutants;
