//! Errors by phase (build, update, state, device), and the reasons why a value is undefined.
//!
//! Each error is data, and prints as a sentence that says what is wrong, where, and what to do.

mod build;
mod device;
mod evaluator;
mod failed_batch;
mod input;
mod multi_output;
mod state;
mod undefined;
mod unknown_name;
mod update;
mod words;

pub use self::build::BuildError;
pub use self::device::DeviceError;
pub use self::evaluator::Error;
pub use self::failed_batch::FailedBatch;
pub use self::input::Input;
pub use self::multi_output::MultiOutputError;
pub use self::state::StateError;
pub use self::undefined::Undefined;
pub use self::unknown_name::UnknownName;
pub(crate) use self::unknown_name::alternatives;
pub use self::update::UpdateError;
pub use self::words::expected_label;
pub(crate) use self::words::shortest_number;
