//! Arithmetic on the bits of `f32` numbers, written twice.
//!
//! Each function has a twin: a WGSL function of the same name in `shaders/kernel/`, with the same
//! statements in the same order. Both return the same bits for the same inputs. [`row_needs`] and
//! what [`value`] declares about values stand beside them, without a twin.

pub mod bits;
pub mod double;
pub mod float;
pub mod row;
pub mod row_needs;
pub mod soft_labels;
pub mod value;
pub mod vector;
