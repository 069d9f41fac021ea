//! Asks for the next block while this one is worked on.
//!
//! The loops over a block work in cache and leave the memory idle; the hardware's own prefetchers
//! see no reason to run ahead. So each loop first asks for a few cache lines of the next block: no
//! more than a core can have under way.

use crate::batch::Piece;

/// Words of a cache line.
const LINE_WORDS: usize = 16;

/// The part of the next block that has not been asked for yet.
pub(super) struct Prefetcher<'a> {
    columns: [&'a [u32]; 3],
    column: usize,
    step_words: usize,
}

impl<'a> Prefetcher<'a> {
    /// Will ask for the samples of `next` in about `steps` steps.
    #[inline(always)]
    pub fn new(next: Piece<'a>, steps: usize) -> Self {
        // In the order in which a block looks at them.
        let columns = [next.weight.unwrap_or_default(), next.prediction, next.truth];
        let step_words = (columns.len() * next.len()).div_ceil(steps).next_multiple_of(LINE_WORDS);
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
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch is a hint: it reads nothing, and cannot fault.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(word).cast()) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = word;
}
