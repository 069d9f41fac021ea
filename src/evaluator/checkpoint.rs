//! Checkpoints: states that an evaluator keeps, to resume from when a device is lost.

use super::snapshot::Snapshot;
use crate::error::Error;
use crate::state::State;

/// Takes checkpoints at regular intervals.
#[derive(Debug)]
pub(super) struct Checkpointer {
    /// The largest number of updates that may be lost.
    max_lost: u64,
    /// Updates since the last checkpoint was started.
    updates: u64,
    /// The checkpoint that has been started, but not read.
    pending: Option<Snapshot>,
    /// The last checkpoint that has been read.
    last: Option<State>,
}

impl Checkpointer {
    pub fn new(max_lost: u64) -> Self {
        Self { max_lost, updates: 0, pending: None, last: None }
    }

    /// Removes all checkpoints.
    pub fn reset(&mut self) {
        *self = Self::new(self.max_lost);
    }

    /// Reads the pending checkpoint if it has arrived, or waits for it if `waits`.
    fn read(&mut self, waits: bool) -> Result<(), Error> {
        let Some(pending) = &mut self.pending else { return Ok(()) };
        if (waits || pending.is_ready()?)
            && let Some(pending) = self.pending.take()
        {
            self.last = Some(pending.state()?);
        }
        Ok(())
    }

    /// The last checkpoint, once it has been read.
    pub fn last(&self) -> Option<&State> {
        self.last.as_ref()
    }

    /// Counts an update, and reads the pending checkpoint if it has arrived. Returns whether to
    /// start the next one: twice as often as configured, so that the previous checkpoint exists
    /// while the next is pending.
    pub fn count_update(&mut self) -> Result<bool, Error> {
        self.updates += 1;
        let due = self.updates >= (self.max_lost / 2).max(1);
        self.read(due)?;
        Ok(due)
    }

    /// Makes a snapshot the next checkpoint.
    pub fn start(&mut self, snapshot: Snapshot) -> Result<(), Error> {
        self.updates = 0;
        self.pending = Some(snapshot);
        // If at most one update may be lost, no checkpoint may be pending.
        self.read(self.max_lost < 2)
    }
}
