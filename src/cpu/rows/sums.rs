//! Sums of terms in each lane.
//!
//! Terms are rounded to multiples of a unit and summed as in `block_sum.rs`: the sum is the integer
//! sum of the bits of M + term in `f64`, where M is 1.5 · 2^52 units. This rounds a term as
//! `quantised` does.

use super::lanes::{LANES, Lanes, Steps};
use crate::cpu::prefetch::Prefetcher;
use crate::exact::two_to;
use crate::kernel::bits::field;
use crate::kernel::row::quantum;

/// Sums in each lane, in units.
pub(super) struct Sums {
    pub(super) rank: Lanes,
    pub(super) sum: Lanes<u64>,
    pub(super) squares: Lanes<u64>,
    pub(super) mean: Lanes<u64>,
}

impl Default for Sums {
    fn default() -> Self {
        let zero = [0; LANES];
        Self { rank: [0; LANES], sum: zero, squares: zero, mean: zero }
    }
}

/// Sums of one row, in units.
pub(super) struct Units {
    pub(super) rank: u32,
    pub(super) sum: u64,
    pub(super) squares: u64,
    pub(super) mean: u64,
}

impl Sums {
    #[inline(always)]
    pub(super) fn lane(&self, lane: usize) -> Units {
        let Self { rank, sum, squares, mean } = self;
        Units { rank: rank[lane], sum: sum[lane], squares: squares[lane], mean: mean[lane] }
    }

    /// The sums of all lanes together.
    #[inline(always)]
    pub(super) fn total(&self) -> Units {
        let total = |lanes: &Lanes<u64>| lanes.iter().fold(0_u64, |sum, &x| sum.wrapping_add(x));
        Units {
            rank: self.rank.iter().sum(),
            sum: total(&self.sum),
            squares: total(&self.squares),
            mean: total(&self.mean),
        }
    }
}

/// The sums, in each lane, of `terms` of lane, class and score, rounded to multiples of the unit of
/// the largest term.
#[inline(always)]
pub(super) fn added_up<const N: usize>(
    largest: Lanes,
    steps: &Steps<'_>,
    ahead: &mut Prefetcher<'_>,
    terms: impl Fn(usize, u32, u32) -> [u32; N],
) -> [Lanes<u64>; N] {
    let unit = |largest| field(quantum(largest)) as i32 - 150;
    let base: Lanes<f64> = largest.map(|largest| 1.5 * two_to(52 + unit(largest)));
    let (mut sums, mut count) = ([[0_u64; LANES]; N], 0_u64);
    for (first, scores) in steps.each() {
        ahead.advance();
        // A separate loop: together with 64-bit numbers it would be half as wide.
        let mut all = [[0; LANES]; N];
        for lane in 0..LANES {
            let class = first + steps.stride * lane as u32;
            let terms = terms(lane, class, scores[lane]);
            for (all, term) in all.iter_mut().zip(terms) {
                all[lane] = term;
            }
        }
        for (sum, terms) in sums.iter_mut().zip(all) {
            for lane in 0..LANES {
                let shifted = f64::from(f32::from_bits(terms[lane])) + base[lane];
                sum[lane] = sum[lane].wrapping_add(shifted.to_bits());
            }
        }
        count += 1;
    }
    for sum in sums.as_flattened_mut().chunks_mut(LANES) {
        for (sum, base) in sum.iter_mut().zip(base) {
            *sum = sum.wrapping_sub(base.to_bits().wrapping_mul(count));
        }
    }
    sums
}
