//! What can be wrong with values of one's own.

use super::words::bits;

/// Why an evaluator cannot be built with a value of one's own.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ValueError {
    /// A value of a user's own that cannot have its name.
    #[error("no value of one's own can be called {name:?}: {reason}")]
    InvalidName {
        /// The name.
        name: &'static str,
        /// Why not.
        reason: &'static str,
    },

    /// The WGSL of a value of a user's own is not what it must be.
    #[error("the value {name}, line {line}: {message}")]
    InvalidWgsl {
        /// The value.
        name: &'static str,
        /// The line of its text, from 1.
        line: usize,
        /// What is wrong there.
        message: String,
    },

    /// The twins of a value of a user's own give different results.
    #[error(
        "the value {name}: for prediction {}, truth {} and parameter {} its Rust twin gives {}, and \
         its WGSL on {adapter} {}: both must have the same operations, each WGSL one on floats \
         within rounded( )",
        bits(*prediction), bits(*truth), bits(*parameter), bits(*rust), bits(*wgsl)
    )]
    TwinsDiffer {
        /// The value.
        name: &'static str,
        /// The adapter that ran the WGSL.
        adapter: String,
        /// The prediction of the first sample that differs, as the bits of an `f32`, like all that
        /// follow.
        prediction: u32,
        /// Its truth.
        truth: u32,
        /// The parameter.
        parameter: u32,
        /// The result of the Rust twin.
        rust: u32,
        /// The result of the WGSL function.
        wgsl: u32,
    },
}
