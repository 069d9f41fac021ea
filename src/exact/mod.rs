//! Exact arithmetic: sums, products, ratios and roots that round once, when they are read.
//!
//! A float sum depends on the order of its additions; an integer sum does not. Everything that is
//! accumulated is therefore an integer, and every result is the same on every device, with any
//! batch size and in any order.
//!
//! # Why there are several implementations
//!
//! A sum must hold any weight times any value: 1024 bits. Adding to so wide an integer number by
//! number would be slow, so each hot path has a narrower form of exactness that
//! fits its data and its machine, and widens it once per block, flush or result.
//!
//! * [`ExactSum`], 16 words, here: the sums of a state. It holds 2^63 numbers of any size.
//! * `WeightSum`, a `u64`, a `u128` or 5 words, here: curves have a sum of weights for each score,
//!   which should be no wider than the data's weights need.
//! * `ProductSum`, 10 words, here: areas under curves are sums of products of two such sums.
//! * Levels of `f64` in `cpu/block_sum.rs`: numbers of a block are summed by float additions that
//!   vectorise and do not round.
//! * `i128` and `u128` in `cpu/cell_sums.rs` and `kernel/vector.rs`: the weights of a block's
//!   cells, and the products of a row's elements, are close enough to each other for 128 bits.
//! * Limbs of radix 2^24 and 2^16 in `shaders/statistic/exact.wgsl` and `gpu/layout`: the atomic
//!   additions of WGSL have 32 bits.
//! * `BigInt` in `exact/ratio.rs` and in metrics: formulas over a few totals, where only exactness
//!   matters.
//!
//! They meet in `ExactSum::add_shifted`, which adds an integer at a bit position: sums of blocks,
//! cells and limbs all end there. `ExactSum::to_integer` and its namesakes lead from there to
//! `ratio`, which rounds once to an `f64`.

mod decompose;
pub(crate) mod layout;
mod product_sum;
pub(crate) mod ratio;
mod serial;
mod sum;
mod weight;
mod weight_sum;
mod words;

pub(crate) use self::decompose::{MIN_PLACE, decompose_f64, place, place_double};
pub(crate) use self::product_sum::ProductSum;
pub use self::sum::{ExactSum, OutOfRange};
pub(crate) use self::weight::{MIN_EXACT_WEIGHT, MIN_EXACT_WEIGHT_EXPONENT, is_double_weight};
#[doc(hidden)]
pub use self::weight::{is_weight, rounded_weight};
pub(crate) use self::weight_sum::{AnyWeightSum, SHARE_BITS, WeightSum};
pub(crate) use crate::kernel::bits::two_to;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_products_as_f64_add_up_to_the_same() {
        let numbers =
            [0.0, f32::from_bits(1), -f32::MIN_POSITIVE, 0.1, -3.0, 1e19, f32::from_bits(7)];
        for a in numbers {
            let (mut exact, mut sum) = (ExactSum::ZERO, ExactSum::ZERO);
            exact.add(a).expect("a finite number");
            sum.add_f64(a.into());
            for b in numbers {
                exact.add_product(a, b).expect("a finite product");
                sum.add_f64(f64::from(a) * f64::from(b));
            }
            assert_eq!(sum, exact, "{a:e}");
        }
    }
}
