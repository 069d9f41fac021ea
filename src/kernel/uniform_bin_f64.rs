//! The bin of a probability in double precision among bins of equal width.

/// The bin of a probability among `bins` bins of equal width over [0, 1], at most 256. Bin i begins
/// at the `f64` nearest to i / bins, as in [`uniform_bin`](super::uniform_bin).
#[inline(always)]
pub fn double_uniform_bin(probability: f64, bins: u32) -> u32 {
    let (bits, bins) = (probability.to_bits(), u64::from(bins));
    let field = bits >> 52;
    let mantissa = bits & ((1 << 52) - 1) | if field == 0 { 0 } else { 1 << 52 };
    let product = mantissa * bins;
    let shift = 1075 - field;
    if shift > 62 {
        return 0;
    }
    let unit = 1_u64 << shift;
    let missing = unit - (product & (unit - 1));
    let is_half = missing * 2 == bins && mantissa & 1 == 0;
    let reaches = missing <= (bins - 1) / 2 || is_half;
    ((product >> shift) + u64::from(reaches)).min(bins - 1) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::uniform_bin::uniform_bin;

    #[test]
    fn bins_begin_at_rounded_fractions() {
        for bins in 1..=256_u32 {
            let start = |index: u32| index as f32 / bins as f32;
            let double_start = |index: u32| f64::from(index) / f64::from(bins);
            let expected = |p: f32| (1..bins).take_while(|&index| start(index) <= p).count();
            for index in 0..=bins {
                let end = start(index);
                for p in [end, end.next_up(), end.next_down(), end * 0.75] {
                    if (0.0..=1.0).contains(&p) {
                        let found = uniform_bin(p.to_bits(), bins);
                        assert_eq!(found as usize, expected(p), "{p:e} of {bins}");
                    }
                }
                let end = double_start(index);
                for p in [end, end.next_up(), end.next_down(), end * 0.75] {
                    if (0.0..=1.0).contains(&p) {
                        let before = |&index: &u32| double_start(index) <= p;
                        let expected = (1..bins).take_while(before).count();
                        assert_eq!(double_uniform_bin(p, bins) as usize, expected, "{p:e}");
                    }
                }
            }
        }
        assert_eq!(double_uniform_bin(f64::from_bits(1), 256), 0);
        assert_eq!(uniform_bin(0x0080_0000, 256), 0);
    }
}
