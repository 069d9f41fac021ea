//! Twin of `shaders/input/one_vs_rest.wgsl`: classes held against others, so that what is known of two labels is known
//! of classes.
//!
//! Where a class is held against the rest, its samples have label 1 and all others label 0. Where it is
//! held against another class, samples of neither are masked. The score of a sample is that of the class: as
//! it is given, or, of logits, the [log-odds](crate::kernel::log_odds::log_odds) of the class's probability. They rank as the
//! probabilities do, and still tell those apart that an `f32` rounds to 1.

use super::{Plan, Statistic, Task, Totals};
use crate::kernel::row_needs::{RowNeeds, ScoreKind};
use std::fmt;

/// Most pairs of classes and rests: as many workgroups stand side by side.
pub const MAX_BINARY_PROBLEMS: usize = 65_535;

/// A class that is held against others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versus {
    /// The class, whose samples have label 1.
    pub class: u32,
    /// The class whose samples have label 0; if it is none, all others are such.
    pub other: Option<u32>,
}

/// Classes that are held against others, and what is accumulated of each such contest.
#[derive(Clone, Debug, PartialEq)]
pub struct Contests {
    /// The number of classes.
    pub classes: u32,
    /// Whether scores are logits.
    pub of_logits: bool,
    /// Whether each class is held against each other class, and not against the rest.
    pub in_pairs: bool,
    /// What is accumulated of each: a plan of the binary task.
    pub plan: Plan,
}

impl Contests {
    /// Those that accumulate `statistics` each.
    pub fn new(
        classes: u32,
        of_logits: bool,
        in_pairs: bool,
        statistics: impl IntoIterator<Item = Statistic>,
    ) -> Self {
        let plan = Plan::new(Task::Binary, statistics);
        Self { classes, of_logits, in_pairs, plan }
    }

    /// How many contests there are.
    pub fn number(&self) -> usize {
        let classes = self.classes as usize;
        if self.in_pairs { classes * (classes - 1) } else { classes }
    }

    /// One of the contests, which stand in the order of classes.
    pub fn get(&self, index: usize) -> Versus {
        let index = index as u32;
        if !self.in_pairs {
            return Versus { class: index, other: None };
        }
        let others = self.classes - 1;
        let (class, other) = (index / others, index % others);
        Versus { class, other: Some(other + u32::from(other >= class)) }
    }

    /// The place of a contest.
    pub fn index_of(&self, Versus { class, other }: Versus) -> usize {
        let index = match other {
            None => class,
            Some(other) => class * (self.classes - 1) + other - u32::from(other > class),
        };
        index as usize
    }

    /// What they need of rows.
    pub fn row_needs(&self) -> RowNeeds {
        let scores = if self.of_logits { ScoreKind::Logits } else { ScoreKind::Any };
        RowNeeds { rows: true, scores, ..RowNeeds::default() }
    }

    /// The totals of no samples.
    pub(super) fn empty_totals(&self) -> impl Iterator<Item = Totals> + use<> {
        std::iter::repeat_n(Totals::empty(&self.plan), self.number())
    }
}

impl fmt::Display for Contests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.in_pairs { "one_vs_one" } else { "one_vs_rest" };
        write!(f, "{kind}{}", if self.of_logits { ":log_odds" } else { "" })
    }
}

impl Versus {
    /// Whether samples of a class do not count.
    #[inline(always)]
    pub fn leaves_out(self, class: u32) -> bool {
        self.other.is_some_and(|other| class != self.class && class != other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contests_are_told_by_their_places() {
        for in_pairs in [false, true] {
            let contests = Contests::new(4, false, in_pairs, []);
            let all: Vec<_> = (0..contests.number()).map(|index| contests.get(index)).collect();
            assert_eq!(all.len(), if in_pairs { 12 } else { 4 });
            for (index, versus) in all.iter().enumerate() {
                assert_eq!(contests.index_of(*versus), index);
                assert_ne!(versus.other, Some(versus.class));
                assert!(all[..index].iter().all(|other| other != versus));
            }
        }
    }
}
