//! The bin of a probability in double precision among bins of equal width.

/// The bin of a probability among `bins` bins of equal width over [0, 1], at most 256. Bin i begins
/// at the `f64` nearest to i / bins, as in [`uniform_bin`](super::uniform_bin).
#[inline(always)]
pub fn double_uniform_bin(probability: f64, bins: u32) -> u32 {
    // -0 is a probability, too.
    let (bits, bins) = (probability.abs().to_bits(), u64::from(bins));
    let field = bits >> 52;
    let mantissa = bits & ((1 << 52) - 1) | if field == 0 { 0 } else { 1 << 52 };
    let product = mantissa * bins;
    let shift = 1075 - field;
    if shift > 62 {
        return 0;
    }
    let unit = 1_u64 << shift;
    let missing = unit - (product & (unit - 1));
    let reaches = missing <= (bins - 1) / 2;
    ((product >> shift) + u64::from(reaches)).min(bins - 1) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::uniform_bin::uniform_bin;

    /// The last bin that begins at p or below, by definition: division rounds to the nearest.
    fn expected(p: f32, bins: u32) -> u32 {
        (1..bins).take_while(|&index| index as f32 / bins as f32 <= p).count() as u32
    }

    fn double_expected(p: f64, bins: u32) -> u32 {
        (1..bins).take_while(|&index| f64::from(index) / f64::from(bins) <= p).count() as u32
    }

    fn check(p: f32, bins: u32) {
        if (0.0..=1.0).contains(&p) {
            assert_eq!(uniform_bin(p.to_bits(), bins), expected(p, bins), "{p:e} of {bins}");
        }
    }

    fn double_check(p: f64, bins: u32) {
        if (0.0..=1.0).contains(&p) {
            assert_eq!(double_uniform_bin(p, bins), double_expected(p, bins), "{p:e} of {bins}");
        }
    }

    #[test]
    fn bins_begin_at_rounded_fractions() {
        for bins in 1..=256_u32 {
            for index in 0..=bins {
                let end = index as f32 / bins as f32;
                for p in [end, end.next_up(), end.next_down(), end * 0.75] {
                    check(p, bins);
                }
                let end = f64::from(index) / f64::from(bins);
                for p in [end, end.next_up(), end.next_down(), end * 0.75] {
                    double_check(p, bins);
                }
            }
        }
    }

    /// Over all powers of two, zero and subnormal numbers included.
    #[test]
    fn every_probability_belongs_to_the_last_bin_that_begins_at_it_or_below() {
        let mut state = 1_u64;
        for round in 0..400_000_u32 {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            // Every other number is uniform, the others are uniform in their logarithm.
            let (p, double) = if round % 2 == 0 {
                ((state >> 40) as f32 * 0.5_f32.powi(24), (state >> 11) as f64 * 0.5_f64.powi(53))
            } else {
                let one = [1.0_f32.to_bits().into(), 1.0_f64.to_bits()];
                let [single, double] = one.map(|one: u64| state % (one + 1));
                (f32::from_bits(single as u32), f64::from_bits(double))
            };
            let bins = 1 + (state >> 20) as u32 % 256;
            check(p, bins);
            double_check(double, bins);
        }
        for bins in [1, 10, 256] {
            assert_eq!([0.0, -0.0, 5e-324, 1.0].map(|p| double_uniform_bin(p, bins)), {
                [0, 0, 0, bins - 1]
            });
        }
    }
}
