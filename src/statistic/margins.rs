//! Counts and sums of weights per class, K cells each: of correctly predicted samples, of all by
//! truth, and of all by prediction.

use super::Task;
use super::cells::{CELLS, Cells};
use super::kind::{Accumulate, check_task};
use super::shader::{Calls, Site};
use super::slots::{SlotReader, Slots};
use crate::error::Error;
use crate::kernel::{Fragment, fragment};
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
    type Accumulator = Cells;

    const FRAGMENTS: &'static [Fragment] = &[CELLS, fragment!("statistic/margins.wgsl")];

    fn check(&self, task: Task) -> Result<(), Error> {
        check_task("counts by class", task, &[Task::Multiclass])
    }

    fn domain(&self) -> &'static str {
        "any class"
    }

    fn empty(&self) -> Self::Accumulator {
        Cells::new(self.cells())
    }

    fn slots(&self) -> Slots {
        Slots { cells: self.cells(), ..Slots::NONE }
    }

    fn decode(&self, slots: SlotReader) -> Self::Accumulator {
        slots.cells
    }

    fn call(&self, site: &Site, calls: &mut Calls) {
        let (Site { cells, faults, .. }, classes) = (site, self.classes);
        calls.accumulate(&format!("add_margins({cells}u, {classes}u, {faults}u, sample);"));
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "margins:classes={}", self.classes)
    }
}
