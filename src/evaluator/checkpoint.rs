//! Checkpoints: states that an evaluator keeps, to resume from when a device is lost.

use super::Snapshot;
use crate::error::Error;
use crate::state::State;

/// Takes a checkpoint now and then.
#[derive(Debug)]
pub(super) struct Checkpointer {
    /// Most updates that may be lost.
    most_lost: u64,
    /// Updates since the last snapshot was begun.
    updates: u64,
    /// A snapshot that has been begun.
    begun: Option<Snapshot>,
    last_checkpoint: Option<State>,
}

impl Checkpointer {
    pub fn new(most_lost: u64) -> Self {
        Self { most_lost, updates: 0, begun: None, last_checkpoint: None }
    }

    /// The same, without a checkpoint.
    pub fn anew(&self) -> Self {
        Self::new(self.most_lost)
    }

    /// Reads the snapshot that has been begun, if it has arrived or must.
    fn read(&mut self, waits: bool) -> Result<(), Error> {
        let Some(begun) = &mut self.begun else { return Ok(()) };
        if waits || begun.is_ready()? {
            self.last_checkpoint =
                self.begun.take().map(Snapshot::state).transpose()?.or(self.last_checkpoint.take());
        }
        Ok(())
    }

    /// The last checkpoint, once it has been read.
    pub fn last(&self) -> Option<&State> {
        self.last_checkpoint.as_ref()
    }

    /// Counts an update, and reads the snapshot that has been begun if it has arrived. Whether the
    /// next is to be begun: that is twice as often as configured, so that while one is on its way,
    /// the one before it is there.
    pub fn count_update(&mut self) -> Result<bool, Error> {
        self.updates += 1;
        let due = self.updates >= (self.most_lost / 2).max(1);
        self.read(due)?;
        Ok(due)
    }

    /// Begins the next checkpoint.
    pub fn begin(&mut self, snapshot: Snapshot) -> Result<(), Error> {
        self.updates = 0;
        self.begun = Some(snapshot);
        // Nothing may be on its way where one update at most is lost.
        self.read(self.most_lost < 2)
    }
}
