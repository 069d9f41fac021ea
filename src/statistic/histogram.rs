//! Counts and sums of weights by bin of the score and label.

use super::accumulate::{Accumulate, check_task, invalid};
use super::cells::{CELLS, Cells, counts_in_cells};
use super::shader::{Calls, Site};
use super::slots::{SlotContents, Slots};
use crate::error::Error;
use crate::kernel::binning::{logit_bin, probability_bin};
use crate::kernel::bits::{flushed, ordered, unordered};
use crate::kernel::value::MathModule;
use crate::kernel::{Fragment, binning, fragment};
use crate::task::Task;
use std::fmt;

/// The largest number of bins of a histogram.
pub const MAX_BINS: u32 = 1 << 16;

/// How scores are divided into bins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binning {
    /// Whether scores are logits, not probabilities.
    pub of_logits: bool,
    /// Number of bins of equal width.
    pub even: u32,
    /// Number of bins by distance, per side; 0 if there is none.
    pub side: u32,
}

impl Binning {
    /// `bins` bins of equal width.
    pub fn uniform(of_logits: bool, bins: u32) -> Self {
        Self { of_logits, even: bins, side: 0 }
    }

    /// `bins` bins: half of them of equal width, and half narrower where scores are dense.
    pub fn adaptive(of_logits: bool, bins: u32) -> Self {
        let side = (bins / 4).max(1);
        Self { of_logits, even: bins + 1 - 2 * side, side }
    }

    /// Number of bins.
    pub fn bins(self) -> u32 {
        if self.side == 0 { self.even } else { self.even + 2 * self.side - 1 }
    }

    /// The bin of a score. Bins rise with scores.
    #[inline(always)]
    pub fn bin(self, score: u32) -> u32 {
        let Self { of_logits, even, side } = self;
        if of_logits { logit_bin(score, even, side) } else { probability_bin(score, even, side) }
    }

    /// The largest number whose bin is `bin` or an earlier one.
    pub fn max_of_bin(self, bin: u32) -> f32 {
        // Bins rise with the keys of scores. Both zeros are the same number, as are subnormal
        // numbers.
        let number = |key| f32::from_bits(flushed(unordered(key)));
        let [mut min, mut max] = [f32::MIN, f32::MAX].map(|x| ordered(x.to_bits()));
        while min < max {
            let middle = max - (max - min) / 2;
            if self.bin(number(middle).to_bits()) <= bin {
                min = middle;
            } else {
                max = middle - 1;
            }
        }
        number(min)
    }
}

impl fmt::Display for Binning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scores = if self.of_logits { "logits" } else { "probabilities" };
        write!(f, "{scores}:even={}:side={}", self.even, self.side)
    }
}

/// A histogram.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub binning: Binning,
}

impl Kind {
    /// Number of its cells.
    pub fn cells(&self) -> u32 {
        2 * self.binning.bins()
    }
}

impl Accumulate for Kind {
    // Two cells per bin: label 0, then label 1.
    counts_in_cells!();

    const FRAGMENTS: &'static [Fragment] = &[
        CELLS,
        fragment!("kernel/binning.wgsl", binning::CONSTANTS),
        fragment!("statistic/histogram.wgsl"),
    ];

    const MATH: &'static [MathModule] = &[MathModule::Float];

    fn check(&self, task: Task) -> Result<(), Error> {
        check_task("histogram", task, &[Task::Binary])?;
        let bins = self.binning.bins();
        if (2..=MAX_BINS).contains(&bins) {
            return Ok(());
        }
        let expected = format!("a whole number from 2 to {MAX_BINS}");
        Err(invalid("histogram", "bins", bins, expected))
    }

    fn call(&self, site: &Site, calls: &mut Calls) -> Result<(), Error> {
        let Site { cells, faults, .. } = site;
        let Binning { of_logits, even, side } = self.binning;
        let bin = if of_logits { "logit_bin" } else { "probability_bin" };
        let bin = format!("{bin}(sample.prediction, {even}u, {side}u)");
        calls.accumulate(&format!("add_to_histogram({bin}, {cells}u, {faults}u, sample);"));
        Ok(())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "histogram:{}", self.binning)
    }
}
