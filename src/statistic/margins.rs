//! Counts and sums of weights per class, K cells each: of correctly predicted samples, of all by
//! truth, and of all by prediction.

use super::accumulate::{Accumulate, check_task};
use super::cells::{CELLS, Cells, counts_in_cells};
use super::shader::{Calls, Site};
use super::slots::{SlotContents, Slots};
use crate::error::Error;
use crate::kernel::{Fragment, fragment};
use crate::task::Task;
use std::fmt;

/// Counts per class.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub classes: u32,
}

impl Kind {
    /// Number of its cells.
    pub fn cells(&self) -> u32 {
        3 * self.classes
    }
}

impl Accumulate for Kind {
    counts_in_cells!();

    const FRAGMENTS: &'static [Fragment] = &[CELLS, fragment!("statistic/margins.wgsl")];

    fn check(&self, task: Task) -> Result<(), Error> {
        check_task("counts by class", task, &[Task::Multiclass])
    }

    fn classes(&self) -> Option<u32> {
        Some(self.classes)
    }

    fn domain(&self) -> &'static str {
        "any class"
    }

    fn call(&self, site: &Site, calls: &mut Calls) -> Result<(), Error> {
        let (Site { cells, faults, .. }, classes) = (site, self.classes);
        calls.accumulate(&format!("add_margins({cells}u, {classes}u, {faults}u, sample);"));
        Ok(())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "margins:classes={}", self.classes)
    }
}
