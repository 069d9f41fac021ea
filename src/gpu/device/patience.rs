//! How long to wait for a device that makes no progress.

use std::time::{Duration, Instant};

/// The time after which a device that has completed no submission counts as failed.
pub(in crate::gpu) const LIMIT: Duration = Duration::from_secs(60);

/// The time between two looks at the progress of the device.
pub(in crate::gpu) const INTERVAL: Duration = Duration::from_millis(250);

/// A wait for a device, which may have much other work to do first.
#[derive(Debug)]
pub(in crate::gpu) struct Patience {
    completed: u64,
    since: Instant,
}

impl Patience {
    /// Begins when a device has completed this number of submissions.
    pub fn new(completed: u64) -> Self {
        Self { completed, since: Instant::now() }
    }

    /// Whether the number of completed submissions has not changed for longer than a limit.
    pub fn is_over(&mut self, completed: u64, limit: Duration) -> bool {
        if completed != self.completed {
            *self = Self::new(completed);
        }
        self.since.elapsed() > limit
    }
}
