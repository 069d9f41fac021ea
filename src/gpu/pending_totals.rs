//! The totals at one moment, on their way to the host: a copy in order on the queue, read later.

use super::device::connection::Connection;
use super::device::readback::PendingMap;
use super::layout::{Layout, StateContents, decode};
use super::scores::{Copies, Stored};
use crate::error::Error;
use crate::statistic::{Plan, Totals};
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, PoisonError};
use wgpu::{Buffer, BufferUsages, MapMode, SubmissionIndex};

/// Reused buffers for reading copies back.
#[derive(Clone, Debug, Default)]
pub(super) struct BufferPool(Arc<Mutex<Vec<Buffer>>>);

impl BufferPool {
    fn take(&self) -> Option<Buffer> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn give_back(&self, buffer: Buffer) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
    }
}

/// The totals of a plan on a device at one moment, on their way to the host.
#[derive(Debug)]
pub(crate) struct PendingTotals {
    connection: Arc<Connection>,
    plan: Plan,
    layout: Layout,
    /// The number of samples of complete batches that the device must have counted.
    samples: RangeInclusive<u64>,
    submission: SubmissionIndex,
    arrival: PendingMap,
    /// Stored scores, if any.
    scores: Option<Copies>,
    buffer: Buffer,
    spare: BufferPool,
}

impl PendingTotals {
    /// Submits a copy of a state.
    pub(super) fn new(
        connection: &Arc<Connection>,
        plan: &Plan,
        layout: &Layout,
        (state, stored): (&Buffer, Option<&mut Stored>),
        samples: RangeInclusive<u64>,
        spare: &BufferPool,
    ) -> Result<Self, Error> {
        let buffer = match spare.take() {
            Some(buffer) => buffer,
            None => {
                let usage = BufferUsages::MAP_READ | BufferUsages::COPY_DST;
                connection.buffer("readback", state.size(), usage)?
            }
        };
        connection.check()?;
        let mut encoder = connection.device.create_command_encoder(&Default::default());
        let scores = stored.map(|stored| stored.copy(&mut encoder));
        let mut scores = scores.transpose()?;
        let (submission, arrival) = connection.guarded(|| {
            encoder.copy_buffer_to_buffer(state, 0, &buffer, 0, state.size());
            let submission = connection.submit(encoder);
            if let Some(scores) = &mut scores {
                scores.map();
            }
            (submission, PendingMap::new(&buffer, MapMode::Read))
        })?;
        Ok(Self {
            connection: connection.clone(),
            plan: plan.clone(),
            layout: layout.clone(),
            samples,
            submission,
            arrival,
            scores,
            buffer,
            spare: spare.clone(),
        })
    }

    /// The submission of the copy.
    pub(super) fn submission(&self) -> SubmissionIndex {
        self.submission.clone()
    }

    /// Whether it can be read without waiting.
    ///
    /// # Errors
    ///
    /// A device that fails, or whose copy has timed out.
    pub fn is_ready(&mut self) -> Result<bool, Error> {
        let Self { connection, arrival, scores, .. } = self;
        let scores = scores.as_mut().map(|scores| scores.are_ready(connection));
        Ok(arrival.is_ready(connection)? && scores.transpose()?.unwrap_or(true))
    }

    /// The totals of each output, and the number of weights that became zero on the device; waits
    /// for the copy.
    pub fn totals(mut self) -> Result<(Vec<Totals>, u64), Error> {
        let submission = self.submission();
        self.arrival.wait(&self.connection, Some(submission))?;
        let StateContents { mut totals, lossy_weights, unfinished } =
            decode(&self.layout, &self.plan, &self.words()?)?;
        if let Some(scores) = &mut self.scores {
            let scores = scores.read(&self.connection)?;
            for (totals, scores) in totals.iter_mut().zip(scores) {
                let found = scores.len();
                totals.set_scores(scores);
                if !totals.have_their_scores() {
                    return Err(self.connection.failed(format!(
                        "it stored {found} scores, not one for each sample that has one: work was not \
                         done, or recorded before a reset and submitted after it; reset the evaluator \
                         to go on"
                    )));
                }
            }
        }
        if let Some(kernel) = unfinished {
            return Err(self.connection.failed(format!(
                "{kernel} was cut short: the totals are incomplete; reset the evaluator to go on"
            )));
        }
        let mut counted = totals.iter().map(|totals| totals.weights.samples);
        let wrong = counted.find(|counted| !self.samples.contains(counted));
        let Some(counted) = wrong else { return Ok((totals, lossy_weights)) };
        let (min, max) = (self.samples.start(), self.samples.end());
        let expected = if min == max { min.to_string() } else { format!("{min} to {max}") };
        Err(self.connection.failed(format!(
            "it counted {counted} samples instead of {expected}: work was not done, or done for part \
             of a batch; reset the evaluator to go on"
        )))
    }

    /// The words of the state, from a mapped buffer.
    fn words(&self) -> Result<Vec<u64>, Error> {
        let bytes = self.buffer.get_mapped_range(..);
        let bytes = bytes.map_err(|error| self.connection.failed(error))?;
        Ok(bytes.as_chunks().0.iter().copied().map(u64::from_le_bytes).collect())
    }
}

impl Drop for PendingTotals {
    /// Returns the buffer to the pool, mapped or not; the next copy maps it again.
    fn drop(&mut self) {
        // A buffer that was lost with its device cannot be unmapped.
        if self.connection.guarded(|| self.buffer.unmap()).is_ok() {
            self.spare.give_back(self.buffer.clone());
        }
    }
}
