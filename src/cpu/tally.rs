//! Sums of many cells, to which numbers are added one by one.
//!
//! Adding to an exact sum takes a walk over its words. Numbers of ordinary size, not negative, go to
//! integers of 128 bits instead, one for each sum, and from there to the exact sums at the end.

use super::block::SAMPLES;
use super::window;
use crate::exact::layout::{EXPONENT_BIAS, UNIT_EXPONENT};
use crate::exact::{ExactSum, place};
use crate::statistic::Cells;

/// Exponent of the unit of the integers.
const UNIT: i32 = -87;

/// An `f64` has 53 bits, moved up by this many at most: 2^27 numbers below 2^100 fit.
const MOST_SHIFT: i32 = 47;

/// Numbers that an integer can take.
pub(super) const MOST_NUMBERS: usize = 1 << 27;

/// Bits of a sum, above which the same integer has how many weights are in it.
const SUM_BITS: u32 = 88;

/// How many places a weight may stand above the unit: its 24 bits then end below the 64th.
const MOST_PLACES: u32 = 40;

/// Places that weights to come may stand above the first ones.
const SPARE_PLACES: u32 = 8;

/// Weights that an integer can take, each below 2^64 units.
const MOST_WEIGHTS: u32 = 1 << (SUM_BITS - 64);

/// Counts and sums of weights of many cells, each in an integer of 128 bits.
pub(super) struct Counts {
    cells: Vec<u128>,
    /// How many places the unit stands above the last bit of the smallest weight; none before the first.
    unit: Option<u32>,
    /// Weights that were added since the last time that all were moved on.
    added: u32,
}

impl Counts {
    pub fn new(cells: usize) -> Self {
        Self { cells: vec![0; cells], unit: None, added: 0 }
    }

    /// Adds a block of weights to the cells of their samples; none to a cell that there is not.
    #[inline(always)]
    pub fn add(&mut self, cell: &[u32], weights: &[u32], cells: &mut Cells) {
        if self.added + SAMPLES as u32 > MOST_WEIGHTS {
            self.flush(cells);
        }
        self.added += SAMPLES as u32;
        // Weights of zero say nothing about others.
        if self.unit.is_none() && weights.iter().any(|&weight| weight != 0) {
            let most = weights.iter().fold(0, |most, &weight| most.max(place(weight).1));
            self.unit = Some((most + SPARE_PLACES).saturating_sub(MOST_PLACES));
        }
        let unit = self.unit.unwrap_or_default();
        let mut placed = [0; SAMPLES];
        let mut fit = !self.cells.is_empty();
        for (placed, &weight) in placed.iter_mut().zip(weights) {
            let (mantissa, position) = place(weight);
            let places = position.wrapping_sub(unit);
            fit &= (places <= MOST_PLACES) | (mantissa == 0);
            *placed = u64::from(mantissa) << (places & 63);
        }
        if !fit {
            return one_by_one(cell, weights, cells);
        }
        for (&cell, placed) in cell.iter().zip(placed) {
            if let Some(integer) = self.cells.get_mut(cell as usize) {
                *integer += 1 << SUM_BITS | u128::from(placed);
            }
        }
    }

    /// Moves what was added to where it belongs.
    #[cold]
    #[inline(never)]
    pub fn flush(&mut self, cells: &mut Cells) {
        self.added = 0;
        let position = self.unit.unwrap_or_default() + (1 - EXPONENT_BIAS - UNIT_EXPONENT) as u32;
        let totals = cells.counts.iter_mut().zip(&mut cells.weights);
        for (integer, (count, sum)) in self.cells.iter_mut().zip(totals) {
            let integer = std::mem::take(integer);
            *count += (integer >> SUM_BITS) as u64;
            sum.add_shifted((integer & ((1 << SUM_BITS) - 1)) as i128, position);
        }
    }
}

/// The rare block whose weights lie too far apart, or far from others.
#[cold]
#[inline(never)]
fn one_by_one(cell: &[u32], weights: &[u32], cells: &mut Cells) {
    for (&cell, &weight) in cell.iter().zip(weights) {
        let cell = cell as usize;
        if let (Some(count), Some(sum)) = (cells.counts.get_mut(cell), cells.weights.get_mut(cell))
        {
            *count += 1;
            window::add(sum, f32::from_bits(weight).into());
        }
    }
}

/// The integers of some sums.
pub(super) struct Tally(Vec<i128>);

impl Tally {
    pub fn new(sums: usize) -> Self {
        Self(vec![0; sums])
    }

    /// Adds a number, which is not negative, to a sum.
    #[inline(always)]
    pub fn add(&mut self, index: usize, number: f64, sum: &mut ExactSum) {
        let bits = number.to_bits();
        let mantissa = bits & ((1 << 52) - 1) | 1 << 52;
        let shift = (bits >> 52) as i32 - 1075 - UNIT;
        match self.0.get_mut(index) {
            Some(integer) if (0..=MOST_SHIFT).contains(&shift) => {
                *integer += i128::from(mantissa) << shift;
            }
            _ => window::add(sum, number),
        }
    }

    /// Moves what was added to a sum there.
    pub fn flush(&mut self, index: usize, sum: &mut ExactSum) {
        if let Some(integer) = self.0.get_mut(index) {
            sum.add_shifted(std::mem::take(integer), (UNIT - UNIT_EXPONENT) as u32);
        }
    }
}
