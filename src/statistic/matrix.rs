//! Counts and sums of weights by truth (rows) and prediction (columns), K × K cells.

use super::accumulate::{Accumulate, check_task};
use super::cells::{CELL_BYTES, CELLS, Cells, counts_in_cells};
use super::shader::{Calls, Site};
use super::slots::{SlotContents, Slots};
use crate::error::{BuildError, Error};
use crate::kernel::{Fragment, fragment};
use crate::task::Task;
use std::fmt;

/// The largest number of classes of a confusion matrix: its K × K cells take 80 bytes each on the
/// host.
pub const MAX_MATRIX_CLASSES: u32 = 2048;

/// Counts by truth and prediction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub classes: u32,
}

impl Kind {
    /// Number of its cells.
    pub fn cells(&self) -> u32 {
        self.classes * self.classes
    }
}

impl Accumulate for Kind {
    counts_in_cells!();

    const FRAGMENTS: &'static [Fragment] = &[CELLS, fragment!("statistic/matrix.wgsl")];

    fn check(&self, task: Task) -> Result<(), Error> {
        check_task("counts by class", task, &[Task::Multiclass])?;
        let classes = self.classes;
        if classes <= MAX_MATRIX_CLASSES {
            return Ok(());
        }
        // The size of the matrix on the host.
        let bytes = CELL_BYTES * u64::from(classes) * u64::from(classes);
        Err(Error::Build(BuildError::MatrixTooLarge { classes, bytes, limit: MAX_MATRIX_CLASSES }))
    }

    fn classes(&self) -> Option<u32> {
        Some(self.classes)
    }

    fn domain(&self) -> &'static str {
        "any class"
    }

    fn call(&self, site: &Site, calls: &mut Calls) -> Result<(), Error> {
        let (Site { cells, faults, .. }, classes) = (site, self.classes);
        calls.accumulate(&format!("add_to_matrix({cells}u, {classes}u, {faults}u, sample);"));
        Ok(())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "matrix:classes={}", self.classes)
    }
}
