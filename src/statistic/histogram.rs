//! Counts and sums of weights by bin of the score and label.

use super::cells::{CELLS, Cells};
use super::kind::{Accumulate, check_task, invalid};
use super::shader::{Calls, Site};
use super::slots::{SlotReader, Slots};
use super::{MathModule, Task};
use crate::error::Error;
use crate::kernel::binning::{logit_bin, probability_bin};
use crate::kernel::bits::{flushed, ordered};
use crate::kernel::float::SIGN;
use crate::kernel::{Fragment, binning, fragment};
use std::fmt;

/// The largest number of bins of a histogram.
pub const MAX_BINS: u32 = 1 << 16;

/// The division of scores into bins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binning {
    /// Whether scores are logits, not probabilities.
    pub of_logits: bool,
    /// Number of bins of equal width.
    pub even: u32,
    /// Number of bins of the division by distance, per side; 0 if there is none.
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
}

impl Binning {
    /// The largest number whose bin is `bin` or an earlier one.
    pub fn greatest(self, bin: u32) -> f32 {
        // Bins rise with the keys of scores. Both zeros are the same number, as are subnormal
        // numbers.
        let number = |key: u32| {
            let bits = if key >> 31 == 1 { key ^ SIGN } else { !key };
            f32::from_bits(flushed(bits))
        };
        let [mut least, mut most] = [f32::MIN, f32::MAX].map(|x| ordered(x.to_bits()));
        while least < most {
            let middle = most - (most - least) / 2;
            if self.bin(number(middle).to_bits()) <= bin {
                least = middle;
            } else {
                most = middle - 1;
            }
        }
        number(least)
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
    pub division: Binning,
}

impl Kind {
    /// Number of its cells.
    pub fn cells(&self) -> u32 {
        2 * self.division.bins()
    }
}

impl Accumulate for Kind {
    /// Two cells per bin: label 0, then label 1.
    type Accumulator = Cells;

    const FRAGMENTS: &'static [Fragment] = &[
        CELLS,
        fragment!("kernel/binning.wgsl", binning::CONSTANTS),
        fragment!("statistic/histogram.wgsl"),
    ];

    const MATH: &'static [MathModule] = &[MathModule::Float];

    fn check(&self, task: Task) -> Result<(), Error> {
        check_task("histogram", task, &[Task::Binary])?;
        let bins = self.division.bins();
        if (2..=MAX_BINS).contains(&bins) {
            return Ok(());
        }
        let expected = format!("a whole number from 2 to {MAX_BINS}");
        Err(invalid("histogram", "bins", bins, expected))
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
        let Site { cells, faults, .. } = site;
        let Binning { of_logits, even, side } = self.division;
        let bin = if of_logits { "logit_bin" } else { "probability_bin" };
        let bin = format!("{bin}(sample.prediction, {even}u, {side}u)");
        calls.accumulate(&format!("add_to_histogram({bin}, {cells}u, {faults}u, sample);"));
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "histogram:{}", self.division)
    }
}
