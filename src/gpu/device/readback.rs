//! Pending buffer maps, and reading mapped buffers.

use super::connection::Connection;
use super::patience::Patience;
use crate::error::Error;
use futures::channel::oneshot::{Receiver, channel};
use std::ops::Range;
use wgpu::{Buffer, BufferAsyncError, BufferUsages, MapMode, PollType, SubmissionIndex};

/// A buffer for which a map is pending.
#[derive(Debug)]
pub(in crate::gpu) struct PendingMap {
    mapped: Receiver<Result<(), BufferAsyncError>>,
    /// Whether it succeeded, if known.
    outcome: Option<Result<(), BufferAsyncError>>,
    /// Since the first poll that found it pending.
    patience: Option<Patience>,
}

impl PendingMap {
    /// Requests a map of the buffer, which completes when the work submitted for it is done.
    pub fn new(buffer: &Buffer, mode: MapMode) -> Self {
        let (sender, mapped) = channel();
        buffer.map_async(mode, .., move |result| {
            let _ = sender.send(result); // the receiver waits, or has given up
        });
        Self { mapped, outcome: None, patience: None }
    }

    /// Whether the map has completed or failed.
    fn is_done(&mut self) -> bool {
        if self.outcome.is_none() {
            // An error of the channel itself means that the map was abandoned: it stays pending.
            self.outcome = self.mapped.try_recv().ok().flatten();
        }
        self.outcome.is_some()
    }

    /// Whether the buffer can be read without waiting.
    ///
    /// # Errors
    ///
    /// A device that fails, or that has not mapped it in time.
    pub fn is_ready(&mut self, connection: &Connection) -> Result<bool, Error> {
        connection.poll(PollType::Poll)?;
        if self.is_done() {
            return Ok(true);
        }
        let completed = connection.completed();
        let patience = self.patience.get_or_insert_with(|| Patience::new(completed));
        if patience.is_over(completed, connection.patience()) {
            self.patience = None;
            return Err(connection.is_stuck());
        }
        Ok(false)
    }

    /// Waits for the submission, if there is one, and then until the buffer is mapped.
    ///
    /// Callbacks may run on another thread that polls the same device, and therefore shortly after
    /// this thread's wait has ended.
    ///
    /// # Errors
    ///
    /// A device that fails, or does not map it in time.
    pub fn wait(
        &mut self,
        connection: &Connection,
        submission: Option<SubmissionIndex>,
    ) -> Result<(), Error> {
        if !self.is_done() {
            if submission.is_some() {
                connection.wait(submission)?;
            }
            self.patience = None;
            while !self.is_ready(connection)? {
                std::thread::yield_now();
            }
        }
        let outcome = self.outcome.take();
        let outcome = outcome.ok_or_else(|| Error::internal("a map has no outcome"))?;
        outcome.map_err(|error| connection.failed_with(error))
    }
}

/// The bytes of a part of a buffer, whose offset and size are multiples of 4, after all submitted
/// work; waits for the device.
pub(in crate::gpu) fn read_back(
    connection: &Connection,
    buffer: &Buffer,
    part: Range<u64>,
) -> Result<Vec<u8>, Error> {
    let size = part.end - part.start;
    let usage = BufferUsages::MAP_READ | BufferUsages::COPY_DST;
    let readback = connection.buffer("readback", size, usage)?;
    let (submission, mut arrival) = connection.guarded(|| {
        let mut encoder = connection.device.create_command_encoder(&Default::default());
        encoder.copy_buffer_to_buffer(buffer, part.start, &readback, 0, size);
        let submission = connection.submit(encoder);
        (submission, PendingMap::new(&readback, MapMode::Read))
    })?;
    arrival.wait(connection, Some(submission))?;
    let bytes = readback.get_mapped_range(..).map_err(|error| connection.failed(error))?;
    Ok(bytes.to_vec())
}
