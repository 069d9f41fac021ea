//! How long to wait for a device that makes no progress.

use super::connection::Connection;
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
    pub fn new(connection: &Connection) -> Self {
        Self { completed: connection.completed(), since: Instant::now() }
    }

    /// Whether the device has completed no submission for too long.
    pub fn is_over(&mut self, connection: &Connection) -> bool {
        let completed = connection.completed();
        if completed != self.completed {
            *self = Self { completed, since: Instant::now() };
        }
        self.since.elapsed() > connection.patience()
    }
}
