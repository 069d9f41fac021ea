//! The treatment of invalid data.

/// What happens to invalid data: weights that are negative or not finite, labels that are not
/// classes, and predictions and truths that are NaN or infinite.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FaultPolicy {
    /// `update` fails, names the row, and adds nothing of the batch.
    #[default]
    Reject,
    /// The sample is left out, the fault is counted, and the values it touches are
    /// [`Undefined`](crate::Undefined): the rule for buffers, which the host cannot check without
    /// waiting for the device.
    Count,
}
