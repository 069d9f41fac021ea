//! Snapshots that an evaluator keeps, to go on from when a device goes away.

use super::{Evaluator, Snapshot};
use crate::error::Error;
use crate::state::State;

/// Snapshots kept now and then.
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

    /// The same, with nothing saved.
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
}

impl Evaluator {
    /// The last snapshot that [`checkpoint_every`](crate::EvaluatorBuilder::checkpoint_every) has saved, to go on
    /// from: on the same device, another or the CPU, see [`from_state`](Self::from_state). It is there
    /// when the device is lost.
    pub fn last_checkpoint(&self) -> Option<&State> {
        self.checkpointer.as_ref()?.last_checkpoint.as_ref()
    }

    /// Counts an update, and begins or reads a snapshot if it is time. Snapshots are begun twice as often
    /// as asked for: while one is on its way, the one before it is there.
    pub(super) fn save(&mut self) -> Result<(), Error> {
        let Some(checkpointer) = &mut self.checkpointer else { return Ok(()) };
        checkpointer.updates += 1;
        let due = checkpointer.updates >= (checkpointer.most_lost / 2).max(1);
        checkpointer.read(due)?;
        if !due {
            return Ok(());
        }
        let snapshot = self.snapshot()?;
        let Some(checkpointer) = &mut self.checkpointer else { return Ok(()) };
        checkpointer.updates = 0;
        checkpointer.begun = Some(snapshot);
        // Nothing may be on its way where one update at most is lost.
        checkpointer.read(checkpointer.most_lost < 2)
    }
}
