//! The inputs of values.

use crate::kernel::bits::Bits;
use crate::kernel::row::RowSummary;
use crate::kernel::row_f64::RowSummaryF64;

/// The inputs of a block of samples: one prediction and one truth each, and the summaries of their
/// rows if they are rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ValueInputs<'a> {
    pub prediction: &'a [Bits],
    pub truth: &'a [Bits],
    pub rows: &'a [RowSummary],
}

// Both are generic in the functions that they call, so that each value has a separate loop that
// calls its function directly. Plain loops are inlined into code for wider vectors; `fold` is not.
impl ValueInputs<'_> {
    /// Number of samples with a value for which both conditions hold.
    #[inline(always)]
    pub(super) fn count_samples(
        &self,
        values: &[Bits],
        counts: impl Fn(usize, Bits) -> bool,
        clips: impl Fn(Bits, Bits) -> bool,
    ) -> u32 {
        let mut count = 0;
        let samples = self.prediction.iter().zip(self.truth).zip(values).enumerate();
        for (index, ((&p, &t), &value)) in samples {
            count += u32::from(counts(index, value) & clips(p, t));
        }
        count
    }

    /// Number of rows with a value for which both conditions hold.
    #[inline(always)]
    pub(super) fn count_rows(
        &self,
        values: &[Bits],
        counts: impl Fn(usize, Bits) -> bool,
        clips: impl Fn(&RowSummary) -> bool,
    ) -> u32 {
        let mut count = 0;
        for (index, (row, &value)) in self.rows.iter().zip(values).enumerate() {
            count += u32::from(counts(index, value) & clips(row));
        }
        count
    }
}

/// The inputs of a block of samples in double precision.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DoubleInputs<'a> {
    pub prediction: &'a [f64],
    pub truth: &'a [f64],
    pub rows: &'a [RowSummaryF64],
}

impl DoubleInputs<'_> {
    /// Number of samples with a value for which both conditions hold.
    #[inline(always)]
    pub(super) fn count_samples(
        &self,
        values: &[f64],
        counts: impl Fn(usize, f64) -> bool,
        clips: impl Fn(f64, f64) -> bool,
    ) -> u64 {
        let mut count = 0;
        let samples = self.prediction.iter().zip(self.truth).zip(values).enumerate();
        for (index, ((&p, &t), &value)) in samples {
            count += u64::from(counts(index, value) & clips(p, t));
        }
        count
    }

    /// Number of rows with a value for which both conditions hold.
    #[inline(always)]
    pub(super) fn count_rows(
        &self,
        values: &[f64],
        counts: impl Fn(usize, f64) -> bool,
        clips: impl Fn(&RowSummaryF64) -> bool,
    ) -> u64 {
        let mut count = 0;
        for (index, (row, &value)) in self.rows.iter().zip(values).enumerate() {
            count += u64::from(counts(index, value) & clips(row));
        }
        count
    }
}
