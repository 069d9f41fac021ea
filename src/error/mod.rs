//! Errors by phase (build, update, state, device), and the reasons why a value is undefined.
//!
//! Each error is data, and prints as a sentence that says what is wrong, where, and what to do.

mod build;
mod device;
mod failed_batch;
mod input;
mod state;
mod suite;
mod undefined;
mod update;
mod words;

pub use self::build::BuildError;
pub use self::device::DeviceError;
pub use self::failed_batch::FailedBatch;
pub use self::input::Input;
pub use self::state::StateError;
pub use self::suite::MultiOutputError;
pub use self::undefined::Undefined;
pub use self::update::UpdateError;
pub use self::words::classes_from_zero;
pub(crate) use self::words::shortest_number;

/// Why an evaluator cannot be built, updated, merged or read.
///
/// After an error from `update` the evaluator is unchanged and can be used further. Only a device
/// that fails within a batch makes it unusable, until it is reset.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The evaluator cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),

    /// A batch cannot be added. Nothing of it was.
    #[error(transparent)]
    Update(#[from] UpdateError),

    /// A state cannot be merged.
    #[error(transparent)]
    State(#[from] StateError),

    /// A device cannot be used.
    #[error(transparent)]
    Device(#[from] DeviceError),

    /// Parts of the library are inconsistent: a bug.
    #[error("internal error: {reason}; please report this")]
    Internal {
        /// What is inconsistent.
        reason: String,
    },
}

impl Error {
    /// A bug.
    pub(crate) fn internal(reason: impl Into<String>) -> Self {
        Self::Internal { reason: reason.into() }
    }
}
