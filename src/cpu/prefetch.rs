//! Asks for a block to come while this one is worked on.
//!
//! The loops over a block work in cache and leave the memory idle; the hardware's own prefetchers
//! see no reason to run ahead. So each loop first asks for a few cache lines of a block to come: no
//! more than a core can have under way. They are asked for into the second-level cache, which takes
//! more at a time than the first level does, and a block earlier than they are needed: measured, this
//! makes up the difference between half and three quarters of the speed of reading alone.

use crate::batch::Chunk;
use crate::statistic::Schema;

/// Words of a cache line.
const LINE_WORDS: usize = 16;

/// Words of a column between a block and the one that is asked for meanwhile, at least: two blocks of
/// single numbers. Of blocks of rows, which hold more, it is the next.
const AHEAD_WORDS: usize = 1 << 10;

/// Samples between a block and the one that is asked for meanwhile.
pub(super) fn distance(schema: Schema, samples: usize) -> usize {
    samples.max(AHEAD_WORDS / schema.prediction_width())
}

/// The part of a block to come that has not been asked for yet.
pub(super) struct Prefetcher<'a> {
    columns: [&'a [u32]; 3],
    column: usize,
    step_words: usize,
}

impl<'a> Prefetcher<'a> {
    /// Will ask for the samples of `next` in about `steps` steps.
    #[inline(always)]
    pub fn new(next: Chunk<'a>, steps: usize) -> Self {
        // In the order in which a block looks at them.
        let columns = [next.weight.unwrap_or_default(), next.prediction, next.truth];
        let words: usize = columns.iter().map(|column| column.len()).sum();
        let step_words = words.div_ceil(steps).next_multiple_of(LINE_WORDS);
        Self { columns, column: 0, step_words }
    }

    /// Asks for the next few cache lines.
    #[inline(always)]
    pub fn advance(&mut self) {
        let Some(column) = self.columns.get_mut(self.column) else { return };
        let (now, later) = column.split_at(column.len().min(self.step_words));
        now.iter().step_by(LINE_WORDS).for_each(prefetch);
        *column = later;
        self.column += usize::from(later.is_empty());
    }
}

#[inline(always)]
fn prefetch(word: &u32) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        // SAFETY: a prefetch is a hint: it reads nothing, and cannot fault.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(std::ptr::from_ref(word).cast()) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = word;
}
