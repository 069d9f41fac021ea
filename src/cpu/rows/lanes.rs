//! Scores in steps of lanes that are processed side by side.

use crate::kernel::float::{INFINITY, SIGN};

/// Scores side by side.
pub(super) const LANES: usize = 64;

/// Fills the last step of a long row: less than any score.
pub(super) const PADDING: u32 = INFINITY | SIGN;

/// A number for each lane.
pub(super) type Lanes<T = u32> = [T; LANES];

/// Scores in steps.
pub(super) struct Steps<'a> {
    pub(super) whole: &'a [Lanes],
    /// The last step of a long row, if it is not a whole one.
    pub(super) last: Option<&'a Lanes>,
    /// The distance between the classes of adjacent lanes: 0 where each lane is a row.
    pub(super) stride: u32,
}

impl<'a> Steps<'a> {
    pub(super) fn of_short(whole: &'a [Lanes]) -> Self {
        Self { whole, last: None, stride: 0 }
    }

    #[inline(always)]
    pub(super) fn classes_per_step(&self) -> u32 {
        if self.stride == 0 { 1 } else { LANES as u32 }
    }

    /// The class of the first lane of each step, and the scores of the step.
    #[inline(always)]
    pub(super) fn each(&self) -> impl Iterator<Item = (u32, &'a Lanes)> {
        let per_step = self.classes_per_step();
        let steps = self.whole.iter().chain(self.last);
        (0..).zip(steps).map(move |(step, scores)| (step * per_step, scores))
    }
}
