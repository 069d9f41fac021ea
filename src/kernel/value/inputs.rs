//! The inputs of values.

use crate::kernel::bits::Bits;
use crate::kernel::row::RowSummary;
use crate::kernel::row_f64::RowSummaryF64;

/// The inputs of a block of samples: one prediction and one truth each, and the summaries of their
/// rows if they are rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ValueInputs<'a, Number = Bits, Row = RowSummary> {
    pub prediction: &'a [Number],
    pub truth: &'a [Number],
    pub rows: &'a [Row],
}

/// The same in double precision.
pub(crate) type DoubleInputs<'a> = ValueInputs<'a, f64, RowSummaryF64>;

/// Writes a value of each sample. A macro, so that each value has a separate loop into which its
/// function is inlined, and which vectorises: large closures are not inlined.
macro_rules! fill_samples {
    ($inputs:expr, $out:expr, |$prediction:ident, $truth:ident| $value:expr) => {
        let ValueInputs { prediction, truth, .. } = $inputs;
        for ((out, &$prediction), &$truth) in $out.iter_mut().zip(*prediction).zip(*truth) {
            *out = $value;
        }
    };
}

/// Writes a value of each row, likewise.
macro_rules! fill_rows {
    ($inputs:expr, $out:expr, |$row:ident| $value:expr) => {
        for (out, $row) in $out.iter_mut().zip($inputs.rows) {
            *out = $value;
        }
    };
}

pub(super) use {fill_rows, fill_samples};

// Generic in the small functions that they call, so that each value has a separate loop, which
// vectorises. Plain loops are inlined into code for wider vectors; `fold` is not.
impl<Number: Copy, Row> ValueInputs<'_, Number, Row> {
    /// Number of samples with a value for which both conditions hold.
    #[inline(always)]
    pub(super) fn count_samples(
        &self,
        values: &[Number],
        counts: impl Fn(usize, Number) -> bool,
        clips: impl Fn(Number, Number) -> bool,
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
        values: &[Number],
        counts: impl Fn(usize, Number) -> bool,
        clips: impl Fn(&Row) -> bool,
    ) -> u32 {
        let mut count = 0;
        for (index, (row, &value)) in self.rows.iter().zip(values).enumerate() {
            count += u32::from(counts(index, value) & clips(row));
        }
        count
    }
}
