//! Prefetches a later block while the current one is processed.
//!
//! The loops over a block work in cache and leave the memory idle, and hardware prefetchers do not
//! run far enough ahead. So each step of a loop first prefetches a few cache lines of a later
//! block, no more than a core can have in flight. They go to the second-level cache, which accepts
//! more requests at a time than the first level, and are requested one block earlier than needed.
//! Measured: this raises the speed from half to three quarters of the speed of reading alone.

use crate::statistic::Schema;

/// Bytes of a cache line.
const LINE: usize = 64;

/// The minimum distance, in numbers of a column, between the current block and the one that is
/// prefetched: two blocks of single numbers. Blocks of rows are larger; for them it is the next
/// block.
const AHEAD: usize = 1 << 10;

/// Number of samples between the current block and the one that is prefetched.
pub(super) fn distance(schema: Schema, samples: usize) -> usize {
    samples.max(AHEAD / schema.prediction_width())
}

/// The part of a later block that has not been prefetched yet.
pub(super) struct Prefetcher<'a> {
    columns: [&'a [u8]; 3],
    column: usize,
    step: usize,
}

impl<'a> Prefetcher<'a> {
    /// Prefetches columns in about `steps` steps.
    #[inline(always)]
    pub fn new(columns: [&'a [u8]; 3], steps: usize) -> Self {
        let bytes: usize = columns.iter().map(|column| column.len()).sum();
        Self { columns, column: 0, step: bytes.div_ceil(steps).next_multiple_of(LINE) }
    }

    /// Prefetches the next few cache lines.
    #[inline(always)]
    pub fn advance(&mut self) {
        let Some(column) = self.columns.get_mut(self.column) else { return };
        let (now, later) = column.split_at(column.len().min(self.step));
        now.iter().step_by(LINE).for_each(prefetch);
        *column = later;
        self.column += usize::from(later.is_empty());
    }
}

#[inline(always)]
fn prefetch(byte: &u8) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        // SAFETY: a prefetch is a hint: it reads nothing, and cannot fault.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(std::ptr::from_ref(byte).cast()) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = byte;
}
