//! The last updates beside all of them.

use crate::batch::AsBatch;
use crate::error::Error;
use crate::evaluator::{Evaluator, Snapshot};
use crate::report::Report;
use crate::state::State;
use std::collections::VecDeque;
use std::num::NonZero;

/// Snapshots that may be on their way from a device before an update waits for the first of them.
const MAX_PENDING: usize = 16;

/// An evaluator that reports all updates so far, and the last n of them, side by side.
///
/// What each update adds is kept on the host, and put together when a report is asked for: sums are
/// exact, so nothing is lost by adding, dropping and adding again. On a GPU each update ends with a
/// small copy in order on the queue, which is read when it has arrived; an update waits only if the
/// device is 16 updates behind. What a lost device takes with it is told by an error once for each
/// update; what had arrived stays.
///
/// # Example
///
/// ```
/// use std::num::NonZero;
/// use weighbridge::{Batch, Evaluator, Task, Window};
///
/// let evaluator = Evaluator::builder(Task::Regression).metric("max_error").build()?;
/// let mut window = Window::new(evaluator, NonZero::new(2).expect("not zero"))?;
/// for error in [9.0_f32, 1.0, 2.0] {
///     window.update(&Batch::new(&[error], &[0.0_f32]))?;
/// }
/// assert_eq!(window.lifetime()?.unweighted("max_error")?, 9.0);
/// assert_eq!(window.last()?.unweighted("max_error")?, 2.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Window {
    evaluator: Evaluator,
    updates: usize,
    /// What updates added that has not arrived yet.
    begun: VecDeque<Snapshot>,
    /// What the last updates added, of those that have arrived.
    last: VecDeque<State>,
    lifetime: State,
}

impl Window {
    /// A window of so many updates. What the evaluator holds already belongs to its lifetime.
    ///
    /// # Errors
    ///
    /// A device that fails.
    pub fn new(mut evaluator: Evaluator, updates: NonZero<usize>) -> Result<Self, Error> {
        let lifetime = evaluator.state()?;
        evaluator.reset_within_memory()?;
        let (begun, last) = (VecDeque::new(), VecDeque::new());
        Ok(Self { evaluator, updates: updates.get(), begun, last, lifetime })
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
        self.begun.push_back(added);
        while let Some(first) = self.begun.front_mut()
            && first.is_ready()?
        {
            self.read_first()?;
        }
        if self.begun.len() > MAX_PENDING { self.read_first() } else { Ok(()) }
    }

    /// The values of every metric for all updates.
    ///
    /// # Errors
    ///
    /// As [`Evaluator::result`].
    pub fn lifetime(&mut self) -> Result<Report, Error> {
        self.read_all()?;
        self.lifetime.settle();
        Ok(self.evaluator.report_of([&self.lifetime]))
    }

    /// The values of every metric for the last n updates.
    ///
    /// # Errors
    ///
    /// As [`Evaluator::result`].
    pub fn last(&mut self) -> Result<Report, Error> {
        self.read_all()?;
        Ok(self.evaluator.report_of(&self.last))
    }

    /// What all updates added, as plain data.
    ///
    /// # Errors
    ///
    /// As [`Evaluator::state`].
    pub fn state(&mut self) -> Result<&State, Error> {
        self.read_all()?;
        self.lifetime.settle();
        Ok(&self.lifetime)
    }

    fn read_all(&mut self) -> Result<(), Error> {
        while !self.begun.is_empty() {
            self.read_first()?;
        }
        Ok(())
    }

    /// Reads what the first update added of which that is not known yet; waits if it has not arrived.
    fn read_first(&mut self) -> Result<(), Error> {
        let Some(first) = self.begun.pop_front() else { return Ok(()) };
        let added = first.state()?;
        self.lifetime.add(&added);
        self.last.push_back(added);
        if self.last.len() > self.updates {
            self.last.pop_front();
        }
        Ok(())
    }
}
