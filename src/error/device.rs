//! Errors of devices.

use super::words::size;

/// Why a device cannot be used, or failed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DeviceError {
    /// There is no such adapter.
    #[error("no adapter {requested}: {}", available(found, restriction.as_deref()))]
    NoAdapter {
        /// The adapter as requested.
        requested: String,
        /// The adapters of this machine.
        found: Vec<String>,
        /// What the environment variable `WGPU_BACKEND` allows, if it is set.
        restriction: Option<String>,
    },

    /// The adapter and the CPU engine compute different bits.
    #[error(
        "the adapter {adapter} failed its self-test ({what}), so it is not used: update its driver, \
         or use the CPU engine"
    )]
    SelfTestFailed {
        /// The adapter.
        adapter: String,
        /// The first difference.
        what: String,
    },

    /// The device cannot hold the state.
    #[error(
        "the state of these metrics needs {}, but {adapter} can hold at most {}",
        size(*bytes),
        size(*limit)
    )]
    StateTooLarge {
        /// The adapter.
        adapter: String,
        /// The size of the state in bytes.
        bytes: u64,
        /// The largest binding of the device in bytes.
        limit: u64,
    },

    /// The device was lost, by a driver reset or because it was unplugged.
    #[error("the device {adapter} was lost: {reason}")]
    Lost {
        /// The adapter.
        adapter: String,
        /// The reason that the driver gave.
        reason: String,
    },

    /// The device refused or did not finish its work.
    #[error("the device {adapter} failed: {reason}")]
    Failed {
        /// The adapter.
        adapter: String,
        /// What happened.
        reason: String,
    },

    /// Both engines ran, and their states differ.
    #[error(
        "CPU and {adapter} disagree in {statistic}: {difference}; please report this with the \
         version of the adapter's driver"
    )]
    EnginesDisagree {
        /// The adapter.
        adapter: String,
        /// The first statistic that differs.
        statistic: String,
        /// Both totals.
        difference: String,
    },

    /// An environment variable has an invalid value.
    #[error("the environment variable {variable} is {value:?}, but must be {expected}")]
    InvalidEnvironment {
        /// The name of the variable.
        variable: &'static str,
        /// Its value.
        value: String,
        /// The values that are accepted.
        expected: &'static str,
    },
}

/// The adapters of this machine in words, and what restricts them.
fn available(found: &[String], restriction: Option<&str>) -> String {
    match (found, restriction) {
        ([], None) => "there is none on this machine (on Linux, the package mesa-vulkan-drivers \
                       provides a software one)"
            .to_owned(),
        ([], Some(restriction)) => restriction.to_owned(),
        (found, None) => format!("there is {}", found.join(", ")),
        (found, Some(restriction)) => format!("there is {}; {restriction}", found.join(", ")),
    }
}
