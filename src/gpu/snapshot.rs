//! A copy of the totals at one moment, made in order on the queue and read later.

use super::connection::{Connection, PATIENCE};
use super::layout::Layout;
use crate::error::Error;
use crate::statistic::{Plan, Totals};
use futures::channel::oneshot::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use wgpu::{Buffer, BufferAsyncError, BufferUsages, MapMode, SubmissionIndex};

/// Buffers that copies can be read from, reused.
#[derive(Clone, Debug, Default)]
pub(super) struct Spare(Arc<Mutex<Vec<Buffer>>>);

impl Spare {
    fn take(&self) -> Option<Buffer> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn give_back(&self, buffer: Buffer) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
    }
}

/// The totals of a plan on a device at one moment.
#[derive(Debug)]
pub(crate) struct Snapshot {
    connection: Arc<Connection>,
    plan: Plan,
    layout: Layout,
    /// Samples of whole batches: what the device must have counted.
    samples: u64,
    begun: Instant,
    submission: SubmissionIndex,
    /// Says whether the buffer could be mapped.
    mapped: Receiver<Result<(), BufferAsyncError>>,
    /// What it has said.
    arrived: Option<Result<(), BufferAsyncError>>,
    buffer: Buffer,
    spare: Spare,
}

impl Snapshot {
    /// Submits a copy of a state.
    pub(super) fn new(
        connection: &Arc<Connection>,
        plan: &Plan,
        layout: &Layout,
        state: &Buffer,
        samples: u64,
        spare: &Spare,
    ) -> Result<Self, Error> {
        let buffer = match spare.take() {
            Some(buffer) => buffer,
            None => {
                let usage = BufferUsages::MAP_READ | BufferUsages::COPY_DST;
                connection.buffer("readback", state.size(), usage)?
            }
        };
        let (sender, mapped) = channel();
        let submission = connection.guarded(|| {
            let mut encoder = connection.device.create_command_encoder(&Default::default());
            encoder.copy_buffer_to_buffer(state, 0, &buffer, 0, state.size());
            let submission = connection.queue.submit([encoder.finish()]);
            buffer.map_async(MapMode::Read, .., move |result| {
                let _ = sender.send(result); // the receiver waits, or has given up
            });
            submission
        })?;
        Ok(Self {
            connection: connection.clone(),
            plan: plan.clone(),
            layout: layout.clone(),
            samples,
            begun: Instant::now(),
            submission,
            mapped,
            arrived: None,
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
    /// A device that fails, or has not made the copy for long.
    pub fn is_ready(&mut self) -> Result<bool, Error> {
        self.connection.poll(wgpu::PollType::Poll)?;
        if self.has_arrived() {
            return Ok(true);
        }
        if self.begun.elapsed() > PATIENCE {
            return Err(self.connection.failed("memory was not mapped in time"));
        }
        Ok(false)
    }

    fn has_arrived(&mut self) -> bool {
        if self.arrived.is_none() {
            // An error of the channel itself means that the map was given up: it stays pending.
            self.arrived = self.mapped.try_recv().ok().flatten();
        }
        self.arrived.is_some()
    }

    /// The totals of each output; waits for the copy.
    pub fn totals(mut self) -> Result<Vec<Totals>, Error> {
        if !self.has_arrived() {
            let (connection, submission) = (self.connection.clone(), self.submission());
            connection.wait_for(Some(submission), || self.has_arrived().then_some(()))?;
        }
        let mapped = self.arrived.take().unwrap_or(Ok(()));
        mapped.map_err(|error| self.connection.failed(error))?;
        let state = self.words()?;
        let outputs = state.chunks(self.layout.entries as usize);
        let totals: Vec<_> = outputs.map(|state| self.layout.read(&self.plan, state)).collect();
        let counted = totals.iter().map(|totals| totals.weights.samples);
        match counted.into_iter().find(|counted| *counted != self.samples) {
            None => Ok(totals),
            Some(counted) => Err(self.connection.failed(format!(
                "it counted {counted} samples instead of {}: work was not done, or done for part \
                 of a batch; reset the evaluator to go on",
                self.samples
            ))),
        }
    }

    /// The words of the state, of a buffer that is mapped.
    fn words(&self) -> Result<Vec<u64>, Error> {
        let bytes = self.buffer.get_mapped_range(..);
        let bytes = bytes.map_err(|error| self.connection.failed(error))?;
        let word = |entry: &[u8]| entry.iter().rev().fold(0, |w, &byte| w << 8 | u64::from(byte));
        Ok(bytes.chunks_exact(8).map(word).collect())
    }
}

impl Drop for Snapshot {
    /// Gives the buffer back, mapped or not: the next copy begins anew.
    fn drop(&mut self) {
        // A buffer that is lost with its device has nothing to unmap.
        if self.connection.guarded(|| self.buffer.unmap()).is_ok() {
            self.spare.give_back(self.buffer.clone());
        }
    }
}
