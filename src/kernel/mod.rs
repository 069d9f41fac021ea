//! Arithmetic on the bits of `f32` numbers, written twice.
//!
//! Each function has a twin: a WGSL function of the same name, with the same statements in the same
//! order. Both return the same bits for the same inputs. The twins are in `shaders/kernel/`, those
//! of `soft_labels.rs` in `shaders/reduce/`. `float_environment.rs`, `row_needs.rs`, `constant.rs`,
//! what `value/` declares about values, and the files `*_f64.rs` for double precision have none.

pub(crate) mod binning;
pub mod bits;
pub(crate) mod constant;
pub(crate) mod deviance_f64;
pub mod double;
pub(crate) mod double_f64;
pub mod float;
mod float_environment;
#[cfg_attr(not(feature = "gpu"), allow(dead_code, reason = "a device alone has shaders"))]
mod fragment;
pub(crate) mod log_odds;
pub(crate) mod math_f64;
pub(crate) mod row;
pub(crate) mod row_f64;
pub(crate) mod row_needs;
pub(crate) mod soft_labels;
pub(crate) mod uniform_bin;
pub(crate) mod uniform_bin_f64;
pub(crate) mod value;
pub(crate) mod vector;

pub(crate) use self::float_environment::StandardFloats;
#[cfg(feature = "gpu")]
pub(crate) use self::fragment::constants;
pub(crate) use self::fragment::{Fragment, fragment};
