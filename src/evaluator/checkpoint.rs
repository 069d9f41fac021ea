//! Checkpoints: states that an evaluator keeps, to resume from when a device is lost.

use super::Snapshot;
use crate::error::Error;
use crate::state::State;

/// Takes checkpoints at regular intervals.
#[derive(Debug)]
pub(super) struct Checkpointer {
    /// The largest number of updates that may be lost.
    max_lost: u64,
    /// Updates since the pending snapshot, or the last one, was taken.
    updates: u64,
    /// The snapshot that becomes the next checkpoint.
    pending: Option<Snapshot>,
    last_checkpoint: Option<State>,
}

impl Checkpointer {
    pub fn new(max_lost: u64) -> Self {
        Self { max_lost, updates: 0, pending: None, last_checkpoint: None }
    }

    /// The same configuration, without a checkpoint.
    pub fn anew(&self) -> Self {
        Self::new(self.max_lost)
    }

    /// Reads the pending snapshot if it has arrived, or waits for it if `waits`.
    fn read(&mut self, waits: bool) -> Result<(), Error> {
        let Some(pending) = &mut self.pending else { return Ok(()) };
        if waits || pending.is_ready()? {
            let checkpoint = self.pending.take().map(Snapshot::state).transpose()?;
            self.last_checkpoint = checkpoint.or(self.last_checkpoint.take());
        }
        Ok(())
    }

    /// The last checkpoint, once it has been read.
    pub fn last(&self) -> Option<&State> {
        self.last_checkpoint.as_ref()
    }

    /// Counts an update, and reads the pending snapshot if it has arrived. Returns whether to start
    /// the next one: twice as often as configured, so that the previous checkpoint exists while the
    /// next is pending.
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
        // If at most one update may be lost, no snapshot may be pending.
        self.read(self.max_lost < 2)
    }
}
