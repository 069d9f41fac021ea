//! Pieces of WGSL, and the constants that they need.

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

/// Defines constants, and a list of them from which the header of the shaders is rendered.
macro_rules! constants {
    ($($(#[$doc:meta])* $name:ident = $bits:literal;)*) => {
        $($(#[$doc])* pub(crate) const $name: u32 = $bits;)*

        /// Every constant of this file by name. The header of its twin is rendered from it.
        #[cfg_attr(
            not(feature = "gpu"),
            allow(dead_code, reason = "a device alone has shaders")
        )]
        pub const CONSTANTS: &[(&str, u32)] = &[$((stringify!($name), $name)),*];
    };
}

pub(crate) use constants;
