//! The totals of an evaluator as plain data: mergeable, serialisable, comparable.

use crate::batch::Narrowing;
use crate::error::Error;
use crate::statistic::{Plan, Task, Totals};
use serde::{Deserialize, Serialize};

/// All that an evaluator has accumulated.
///
/// Equal states are equal bit for bit, whatever engine, batch split or order made them. Merging is
/// integer addition: associative and commutative.
///
/// # Example
///
/// ```
/// use weighbridge::{Batch, Evaluator, Task};
///
/// let truth = [0.0_f32; 4];
/// let mut whole = Evaluator::new(Task::Regression)?;
/// whole.update(&Batch::new(&[1.0_f32, 2.0, 3.0, 4.0], &truth))?;
///
/// let (mut first, mut second) = (Evaluator::new(Task::Regression)?, Evaluator::new(Task::Regression)?);
/// first.update(&Batch::new(&[4.0_f32], &truth[..1]))?;
/// second.update(&Batch::new(&[2.0_f32, 1.0, 3.0], &truth[..3]))?;
/// first.merge(&second.state()?)?;
/// assert_eq!(first.state()?, whole.state()?);
/// # Ok::<(), weighbridge::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The task.
    pub task: Task,
    /// Names of the statistics, in the order of the totals, then what else there are totals of.
    pub statistics: Vec<String>,
    /// The totals of each output or label, then those of samples as a whole.
    pub totals: Vec<Totals>,
    /// What was lost by narrowing inputs to `f32`.
    pub narrowing: Narrowing,
}

impl State {
    pub(crate) fn new(plan: &Plan, totals: Vec<Totals>, narrowing: Narrowing) -> Self {
        Self { task: plan.task, statistics: names(plan), totals, narrowing }
    }

    /// Fails if the state is not one of this plan.
    pub(crate) fn check(&self, plan: &Plan) -> Result<(), Error> {
        let (ours, theirs) = (names(plan), &self.statistics);
        let outputs = self.totals.len() == plan.totals();
        let fit = outputs && self.totals.iter().all(|totals| totals.fit(plan));
        if self.task == plan.task && *theirs == ours && fit {
            return Ok(());
        }
        let describe = |task: Task, outputs: usize, names: &[String]| {
            let outputs = if outputs == 1 { String::new() } else { format!(" × {outputs}") };
            format!("{task}{outputs}: {}", names.join(", "))
        };
        Err(Error::StateMismatch {
            ours: describe(plan.task, plan.totals(), &ours),
            theirs: describe(self.task, self.totals.len(), theirs),
        })
    }
}

fn names(plan: &Plan) -> Vec<String> {
    let joint = plan.joint.iter().map(ToString::to_string);
    plan.statistics.iter().map(ToString::to_string).chain(joint).collect()
}
