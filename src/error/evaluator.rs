//! Any error of an evaluator.

use super::build::BuildError;
use super::device::DeviceError;
use super::state::StateError;
use super::unknown_name::UnknownName;
use super::update::UpdateError;

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

    /// A text does not name a task, or a choice of a parameter.
    #[error(transparent)]
    UnknownName(#[from] UnknownName),

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
