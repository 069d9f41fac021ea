//! Arithmetic on the bits of `f32` numbers, written twice: each function here has a twin of the same name in
//! `shaders/kernel/`, with the same statements in the same order, and both give the same bits.

pub mod bits;
pub mod double;
pub mod float;
pub mod row;
pub mod row_needs;
pub mod soft_labels;
pub mod value;
pub mod vector;
