//! Snapshots that an evaluator keeps, to go on from when a device goes away.

use super::{Evaluator, Snapshot};
use crate::error::Error;
use crate::state::State;

/// Snapshots kept now and then.
#[derive(Debug)]
pub(super) struct Saving {
    /// Most updates that may be lost.
    most_lost: u64,
    /// Updates since the last snapshot was begun.
    updates: u64,
    /// A snapshot that has been begun.
    begun: Option<Snapshot>,
    saved: Option<State>,
}

impl Saving {
    pub fn new(most_lost: u64) -> Self {
        Self { most_lost, updates: 0, begun: None, saved: None }
    }

    /// The same, with nothing saved.
    pub fn anew(&self) -> Self {
        Self::new(self.most_lost)
    }

    /// Reads the snapshot that has been begun, if it has arrived or must.
    fn read(&mut self, waits: bool) -> Result<(), Error> {
        let Some(begun) = &mut self.begun else { return Ok(()) };
        if waits || begun.is_ready()? {
            self.saved = self.begun.take().map(Snapshot::state).transpose()?.or(self.saved.take());
        }
        Ok(())
    }
}

impl Evaluator {
    /// The last snapshot that [`snapshot_every`](crate::Builder::snapshot_every) has saved, to go on
    /// from: on the same device, another or the CPU, see [`from_state`](Self::from_state). It is there
    /// when the device is lost.
    pub fn saved(&self) -> Option<&State> {
        self.saving.as_ref()?.saved.as_ref()
    }

    /// Counts an update, and begins or reads a snapshot if it is time. Snapshots are begun twice as often
    /// as asked for: while one is on its way, the one before it is there.
    pub(super) fn save(&mut self) -> Result<(), Error> {
        let Some(saving) = &mut self.saving else { return Ok(()) };
        saving.updates += 1;
        let due = saving.updates >= (saving.most_lost / 2).max(1);
        saving.read(due)?;
        if !due {
            return Ok(());
        }
        let snapshot = self.snapshot()?;
        let Some(saving) = &mut self.saving else { return Ok(()) };
        saving.updates = 0;
        saving.begun = Some(snapshot);
        // Nothing may be on its way where one update at most is lost.
        saving.read(saving.most_lost < 2)
    }
}
