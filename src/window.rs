//! Values of the last n updates together with the values of all updates.

use crate::batch::AsBatch;
use crate::error::{BuildError, Error};
use crate::evaluator::{Evaluator, Snapshot};
use crate::report::Report;
use crate::state::State;
use std::collections::VecDeque;

/// Snapshots that may be pending before an update waits for the first of them.
const MAX_PENDING: usize = 16;

/// An evaluator that reports the values of all updates so far, and of the last n of them.
///
/// The totals of each update are kept on the host and added when a report is requested. Sums are
/// exact, so nothing is lost by adding them again. On a GPU each update ends with a small copy on
/// the queue, which is read when it has arrived; an update waits only if the device is 16 updates
/// behind. If the device is lost, each update that had not been read back returns an error once;
/// updates already read back are kept.
///
/// # Example
///
/// ```
/// use weighbridge::{Batch, Evaluator, Task, Window};
///
/// let evaluator = Evaluator::builder(Task::Regression).metric("max_error").build()?;
/// let mut window = Window::new(evaluator, 2)?;
/// for error in [9.0_f32, 1.0, 2.0] {
///     window.update(&Batch::new(&[error], &[0.0_f32]))?;
/// }
/// assert_eq!(window.lifetime()?.unweighted("max_error")?, 9.0);
/// assert_eq!(window.recent()?.unweighted("max_error")?, 2.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Window {
    evaluator: Evaluator,
    updates: usize,
    /// The totals of updates that have not been read back yet.
    pending: VecDeque<Snapshot>,
    /// The totals of the last updates that have been read back.
    recent: VecDeque<State>,
    lifetime: State,
}

impl Window {
    /// A window of the last `updates` updates, 1 or more. The data that the evaluator already holds
    /// counts in the lifetime values.
    ///
    /// # Errors
    ///
    /// [`BuildError::EmptyWindow`](crate::error::BuildError::EmptyWindow) for 0 updates, or an
    /// error of the device.
    pub fn new(mut evaluator: Evaluator, updates: usize) -> Result<Self, Error> {
        if updates == 0 {
            return Err(BuildError::EmptyWindow.into());
        }
        let lifetime = evaluator.state()?;
        evaluator.reset_within_memory()?;
        let (pending, recent) = (VecDeque::new(), VecDeque::new());
        Ok(Self { evaluator, updates, pending, recent, lifetime })
    }

    /// Adds a batch.
    ///
    /// # Errors
    ///
    /// As [`Evaluator::update`].
    pub fn update(&mut self, batch: &impl AsBatch) -> Result<(), Error> {
        self.evaluator.update(&batch.as_batch())?;
        let added = self.evaluator.snapshot()?;
        self.evaluator.reset_within_memory()?;
        self.pending.push_back(added);
        while let Some(first) = self.pending.front_mut()
            && first.is_ready()?
        {
            self.read_first()?;
        }
        if self.pending.len() > MAX_PENDING { self.read_first() } else { Ok(()) }
    }

    /// The values of every metric for all updates.
    ///
    /// # Errors
    ///
    /// As [`Evaluator::result`].
    pub fn lifetime(&mut self) -> Result<Report, Error> {
        self.read_all()?;
        self.lifetime.sort_scores();
        Ok(self.evaluator.report_of([&self.lifetime]))
    }

    /// The values of every metric for the last n updates.
    ///
    /// # Errors
    ///
    /// As [`Evaluator::result`].
    pub fn recent(&mut self) -> Result<Report, Error> {
        self.read_all()?;
        Ok(self.evaluator.report_of(&self.recent))
    }

    /// The totals of all updates, as plain data.
    ///
    /// # Errors
    ///
    /// As [`Evaluator::state`].
    pub fn state(&mut self) -> Result<&State, Error> {
        self.read_all()?;
        self.lifetime.sort_scores();
        Ok(&self.lifetime)
    }

    fn read_all(&mut self) -> Result<(), Error> {
        while !self.pending.is_empty() {
            self.read_first()?;
        }
        Ok(())
    }

    /// Reads back the first pending update; waits if it has not arrived.
    fn read_first(&mut self) -> Result<(), Error> {
        let Some(first) = self.pending.pop_front() else { return Ok(()) };
        let added = first.state()?;
        self.lifetime.add(&added);
        self.recent.push_back(added);
        if self.recent.len() > self.updates {
            self.recent.pop_front();
        }
        Ok(())
    }
}
