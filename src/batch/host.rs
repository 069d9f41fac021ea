//! A batch whose columns are all slices on the host.

#[cfg(feature = "gpu")]
use super::BufferBatch;
use super::{Batch, Column, FaultPolicy, Source, TruthEncoding};
use crate::error::Error;

/// A batch on the host.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HostBatch<'a> {
    pub(crate) prediction: Column<'a>,
    pub(crate) truth: Column<'a>,
    pub(crate) weight: Option<Column<'a>>,
    pub(crate) mask: Option<&'a [bool]>,
    pub(super) lengths: Option<Column<'a>>,
    /// Samples of a sequence.
    pub(super) steps: usize,
    pub(crate) truth_encoding: TruthEncoding,
    /// Whether there is no truth; the column of truths is then that of the predictions.
    pub(crate) is_values_only: bool,
    pub(crate) fault_policy: FaultPolicy,
}

/// A batch, by where it is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Location<'a> {
    Host(HostBatch<'a>),
    #[cfg(feature = "gpu")]
    Device(BufferBatch<'a>),
}

impl<'a> Batch<'a> {
    /// The batch, by where it is.
    ///
    /// # Errors
    ///
    /// [`MixedSources`](crate::error::BufferError::MixedSources).
    pub(crate) fn location(&self) -> Result<Location<'a>, Error> {
        if let Some(batch) = self.on_host() {
            return Ok(Location::Host(batch));
        }
        #[cfg(feature = "gpu")]
        return self.on_device().map(Location::Device);
        #[cfg(not(feature = "gpu"))]
        return Err(crate::error::BufferError::BuffersOnCpu.into());
    }

    /// The batch, if all of it is on the host.
    fn on_host(&self) -> Option<HostBatch<'a>> {
        let optional = |source: Option<Source<'a>>| match source {
            None => Some(None),
            Some(source) => source.slice().map(Some),
        };
        let prediction = self.prediction.slice()?;
        let mask = match self.mask {
            None => None,
            Some(mask) => Some(mask.slice()?),
        };
        Some(HostBatch {
            prediction,
            truth: optional(self.truth)?.unwrap_or(prediction),
            weight: optional(self.weight)?,
            mask,
            lengths: optional(self.lengths)?,
            steps: self.steps,
            truth_encoding: self.truth_encoding,
            is_values_only: self.truth.is_none(),
            fault_policy: self.fault_policy,
        })
    }
}

impl HostBatch<'_> {
    /// Whether numbers are narrowed, so that some may not fit an `f32`.
    pub(crate) fn is_narrowed(&self) -> bool {
        [Some(self.prediction), Some(self.truth), self.weight]
            .into_iter()
            .flatten()
            .any(|column| matches!(column, Column::F64(_)))
    }
}
