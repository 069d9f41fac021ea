//! Sums of many cells, to which numbers are added one by one.
//!
//! Adding to an exact sum has to find the right words. Nonnegative numbers of ordinary size are
//! added to integers of 128 bits instead, one per sum, which are added to the exact sums at the
//! end.

use super::normalize::BLOCK_SAMPLES;
use crate::exact::layout::{UNIT_EXPONENT, WEIGHT_UNIT_EXPONENT};
use crate::exact::{ExactSum, place};
use crate::statistic::{Cells, Confusion};

/// The exponent of the unit of the integers.
const UNIT: i32 = -87;

/// An `f64` has 53 bits and is shifted up by at most this many: 2^27 numbers below 2^100 fit.
const MAX_SHIFT: i32 = 47;

/// The number of numbers that fit in an integer.
pub(super) const MAX_TERMS: usize = 1 << 27;

/// Bits of a sum. The bits above them, in the same integer, count the weights in it.
const SUM_BITS: u32 = 88;

/// The largest shift of a weight above the unit: its 24 bits then end below bit 64.
const MAX_SHIFT_BITS: u32 = 40;

/// Extra shift reserved for later weights that are larger than the first ones.
const SPARE_PLACES: u32 = 8;

/// The number of weights that fit in an integer, each below 2^64 units.
const MAX_WEIGHTS: u32 = 1 << (SUM_BITS - 64);

/// A threshold that splits the bins of a histogram. A bin has two cells, one per label.
#[derive(Clone, Copy, Debug)]
pub(super) struct Split {
    /// The threshold, flushed as scores are.
    pub threshold: f32,
    /// The bin that contains the threshold. Samples above the threshold have separate cells for
    /// this bin, after all others.
    pub bin: u32,
}

impl Split {
    /// The cell of a histogram with `cells` cells for one of these or of the separate cells, and
    /// the cell of the confusion count.
    fn place(self, cell: usize, cells: usize) -> (usize, usize) {
        let (label, bin) = (cell % 2, self.bin as usize);
        let is_separate = (cells..cells + 2).contains(&cell);
        let index = if is_separate { 2 * bin + label } else { cell };
        (index, 2 * label + usize::from(is_separate || cell / 2 > bin))
    }
}

/// Counts and sums of weights of many cells, each pair in an integer of 128 bits.
pub(super) struct Counts {
    cells: Vec<u128>,
    /// The shift of the unit above the last bit of the smallest weight; none before the first
    /// weight.
    unit: Option<u32>,
    /// Number of weights added since the last flush.
    added: u32,
    /// Splits the counts at a threshold, if there is one.
    pub split: Option<Split>,
    pub confusion: Confusion,
}

impl Counts {
    pub fn new(cells: usize, split: Option<Split>) -> Self {
        let split = split.filter(|_| cells > 0);
        let cells = vec![0; cells + if split.is_some() { 2 } else { 0 }];
        Self { cells, unit: None, added: 0, split, confusion: Confusion::default() }
    }

    /// Adds a block of weights to the cells of their samples. Samples whose cell does not exist are
    /// not counted.
    #[inline(always)]
    pub fn add(&mut self, cell: &[u32], weights: &[u32], cells: &mut Cells) {
        if self.added + BLOCK_SAMPLES as u32 > MAX_WEIGHTS {
            self.flush(cells);
        }
        self.added += BLOCK_SAMPLES as u32;
        // Weights of zero do not affect the unit.
        if self.unit.is_none() && weights.iter().any(|&weight| weight != 0) {
            let max = weights.iter().fold(0, |max, &weight| max.max(place(weight).1));
            self.unit = Some((max + SPARE_PLACES).saturating_sub(MAX_SHIFT_BITS));
        }
        let unit = self.unit.unwrap_or_default();
        let mut placed = [0; BLOCK_SAMPLES];
        let mut fit = !self.cells.is_empty();
        for (placed, &weight) in placed.iter_mut().zip(weights) {
            let (mantissa, position) = place(weight);
            let places = position.wrapping_sub(unit);
            fit &= (places <= MAX_SHIFT_BITS) | (mantissa == 0);
            *placed = u64::from(mantissa) << (places & 63);
        }
        if !fit {
            return self.add_one_by_one(cell, weights, cells);
        }
        let integers = self.cells.as_mut_slice();
        for (&cell, placed) in cell.iter().zip(placed) {
            if let Some(integer) = integers.get_mut(cell as usize) {
                *integer += 1 << SUM_BITS | u128::from(placed);
            }
        }
    }

    /// The rare block whose weights differ too much in magnitude, or from earlier ones: adds them
    /// one by one.
    #[cold]
    #[inline(never)]
    fn add_one_by_one(&mut self, cell: &[u32], weights: &[u32], cells: &mut Cells) {
        for (&cell, &weight) in cell.iter().zip(weights) {
            let cell = cell as usize;
            let placed = self.split.map(|split| split.place(cell, cells.counts.len()));
            let index = placed.map_or(cell, |(index, _)| index);
            let weight = f32::from_bits(weight).into();
            let Some(count) = cells.counts.get_mut(index) else { continue };
            *count += 1;
            cells.weights[index].add_f64(weight);
            if let Some((_, outcome)) = placed {
                self.confusion.counts[outcome] += 1;
                self.confusion.weights[outcome].add_f64(weight);
            }
        }
    }

    /// Adds the integers to the sums of their cells.
    #[cold]
    #[inline(never)]
    pub fn flush(&mut self, cells: &mut Cells) {
        self.added = 0;
        let position =
            self.unit.unwrap_or_default() + (WEIGHT_UNIT_EXPONENT - UNIT_EXPONENT) as u32;
        let move_on = |integer: u128, count: &mut u64, sum: &mut ExactSum| {
            *count += (integer >> SUM_BITS) as u64;
            sum.add_shifted((integer & ((1 << SUM_BITS) - 1)) as i128, position);
        };
        let number = cells.counts.len();
        if let Some(split) = self.split {
            // At most `MAX_WEIGHTS` in total, so they do not overflow.
            let mut outcomes = [0; 4];
            for (index, &integer) in self.cells.iter().enumerate() {
                let (_, outcome) = split.place(index, number);
                outcomes[outcome] += integer;
            }
            let Confusion { counts, weights } = &mut self.confusion;
            for (integer, (count, sum)) in outcomes.into_iter().zip(counts.iter_mut().zip(weights))
            {
                move_on(integer, count, sum);
            }
            for label in 0..2 {
                let separate = std::mem::take(&mut self.cells[number + label]);
                self.cells[2 * split.bin as usize + label] += separate;
            }
        }
        let totals = cells.counts.iter_mut().zip(&mut cells.weights);
        for (integer, (count, sum)) in self.cells.iter_mut().zip(totals) {
            move_on(std::mem::take(integer), count, sum);
        }
    }
}

/// Sums of nonnegative numbers, as integers of 128 bits.
pub(super) struct CellSums(Vec<i128>);

impl CellSums {
    pub fn new(sums: usize) -> Self {
        Self(vec![0; sums])
    }

    /// Adds a nonnegative number to a sum.
    #[inline(always)]
    pub fn add(&mut self, index: usize, number: f64, sum: &mut ExactSum) {
        let bits = number.to_bits();
        let mantissa = bits & ((1 << 52) - 1) | 1 << 52;
        let shift = (bits >> 52) as i32 - 1075 - UNIT;
        match self.0.get_mut(index) {
            Some(integer) if (0..=MAX_SHIFT).contains(&shift) => {
                *integer += i128::from(mantissa) << shift;
            }
            _ => sum.add_f64(number),
        }
    }

    /// Adds the integer of a sum to the sum.
    pub fn flush(&mut self, index: usize, sum: &mut ExactSum) {
        if let Some(integer) = self.0.get_mut(index) {
            sum.add_shifted(std::mem::take(integer), (UNIT - UNIT_EXPONENT) as u32);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Adds the maximum number of weights, each of the maximum size, and one more block.
    #[test]
    fn counts_are_moved_on_before_they_overflow() {
        let (first, largest) = (1.0_f32, 2_f32.powi(9).next_down());
        let mut cells = Cells { counts: vec![0; 2], weights: vec![ExactSum::ZERO; 2] };
        let split = Split { threshold: 0.0, bin: 0 };
        let mut counts = Counts::new(2, Some(split));
        let blocks = MAX_WEIGHTS as usize / BLOCK_SAMPLES + 1;
        counts.add(&[1; BLOCK_SAMPLES], &[first.to_bits(); BLOCK_SAMPLES], &mut cells);
        for _ in 0..blocks {
            counts.add(&[1; BLOCK_SAMPLES], &[largest.to_bits(); BLOCK_SAMPLES], &mut cells);
        }
        counts.flush(&mut cells);
        let number = ((blocks + 1) * BLOCK_SAMPLES) as u64;
        let weight = BLOCK_SAMPLES as f64 * (f64::from(first) + blocks as f64 * f64::from(largest));
        assert_eq!((cells.counts[1], cells.weights[1].to_f64()), (number, weight));
        let Confusion { counts, weights } = counts.confusion;
        assert_eq!((counts[2], weights[2].to_f64()), (number, weight));
    }
}
