//! Double precision: blocks of samples whose columns are `f64`, or integers that need it.
//!
//! Blocks are normalized as in single precision. The kinds of statistic add them in
//! `add_double_block`, beside `add_block`.

mod block;
mod magnitudes;
mod value;

pub(super) use self::block::{DoubleBlock, INPUT_STEPS, InputScratch};
pub(super) use self::magnitudes::{
    Magnitudes, add_products, add_sum_and_products, add_triple_products, sum, sums_by_cell,
};
pub(super) use self::value::{evaluate, kept};

use crate::statistic::Faults;

/// A block in double precision, and the scratch memory for adding it to a statistic.
pub(super) struct DoubleWork<'a> {
    pub block: &'a DoubleBlock<'a>,
    /// One number per sample.
    pub value: &'a mut [f64],
    /// One more number per sample.
    pub factor: &'a mut [f64],
    pub faults: &'a mut Faults,
}
