//! Arithmetic on the bits of `f32` numbers, written twice.
//!
//! Each function has a twin: a WGSL function of the same name in `shaders/kernel/`, with the same
//! statements in the same order. Both return the same bits for the same inputs. [`row_needs`] and
//! what [`value`] declares about values stand beside them, without a twin.

pub mod binning;
pub mod bits;
pub mod double;
pub mod float;
pub mod log_odds;
pub mod row;
pub mod row_needs;
pub mod soft_labels;
pub mod uniform_bin;
pub mod value;
pub mod vector;

/// WGSL of a file.
#[derive(Clone, Copy, Debug)]
pub struct Fragment {
    /// The path below `shaders/`.
    pub path: &'static str,
    /// The text.
    pub wgsl: &'static str,
    /// The constants that it needs besides those of every module.
    pub constants: &'static [(&'static str, u32)],
}

/// The fragment in a file below `shaders/`, and the constants that it needs.
macro_rules! fragment {
    ($path:literal) => {
        $crate::kernel::fragment!($path, &[])
    };
    ($path:literal, $constants:expr) => {
        $crate::kernel::Fragment {
            path: $path,
            wgsl: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/shaders/", $path)),
            constants: $constants,
        }
    };
}

pub(crate) use fragment;
