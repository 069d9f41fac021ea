//! What can be wrong with a batch in buffers of a device.

use super::Input;

/// Why a batch in buffers cannot be added. Nothing of it was.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BufferError {
    /// Some inputs in buffers of a device, others on the host.
    #[error(
        "the {on_device} is in a buffer, but the {on_host} is on the host: give all in one place"
    )]
    MixedSources {
        /// An input in a buffer.
        on_device: Input,
        /// An input that is a slice.
        on_host: Input,
    },

    /// Inputs in buffers, but an evaluator on the CPU.
    #[error(
        "the batch is in buffers of a device, but this evaluator runs on the CPU: build it with \
         Device::shared, or give slices"
    )]
    BuffersOnCpu,

    /// Slices, where only work on the device can be recorded.
    #[error(
        "the batch is on the host, and cannot be recorded in an encoder: use Evaluator::update"
    )]
    HostInEncoder,

    /// Work that is only recorded, in an evaluator that checks it.
    #[error(
        "a checked evaluator reads batches back, which it cannot while their work is only recorded: \
         use Evaluator::update"
    )]
    CannotCheck,

    /// A column of a buffer that cannot be read.
    #[error("the buffer of the {input}s: {reason}")]
    InvalidBuffer {
        /// Which input.
        input: Input,
        /// Why not, and what to do.
        reason: String,
    },

    /// A sample in buffers that is spread over more than the device can bind.
    #[error(
        "one sample of the batch is spread over more bytes than {adapter} binds at once ({limit}): \
         give rows with a smaller stride"
    )]
    SampleTooLarge {
        /// The adapter.
        adapter: String,
        /// Bytes that a binding of the device can have.
        limit: u64,
    },
}
