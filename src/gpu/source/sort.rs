//! The kernels that sort stored scores.

use super::{Module, rendered};
use crate::gpu::layout::sort::{BLOCK, DIGITS, TILE};
use crate::kernel::{Fragment, fragment};

const ORDER: Fragment = fragment!("sort/order.wgsl");
const COUNT: Fragment = fragment!("sort/count.wgsl");
const PREFIX: Fragment = fragment!("sort/prefix.wgsl");
const REDUCE: Fragment = fragment!("sort/reduce.wgsl");
const SCAN: Fragment = fragment!("sort/scan.wgsl");
const SCATTER: Fragment = fragment!("sort/scatter.wgsl");

pub(super) const FRAGMENTS: &[Fragment] = &[ORDER, COUNT, PREFIX, REDUCE, SCAN, SCATTER];

/// The kernels of a step, in the order of their dispatches.
pub fn sort() -> [Module; 4] {
    let constants = rendered(&[
        ("DIGITS", DIGITS),
        ("TILE", TILE),
        ("BLOCK", BLOCK),
        ("LANES_TOTAL", DIGITS * DIGITS / 32),
    ]);
    let kernels = [[COUNT].as_slice(), &[PREFIX, REDUCE], &[PREFIX, SCAN], &[SCATTER]];
    kernels.map(|fragments| {
        let mut module = Module::new();
        module.push("(constants)", &constants);
        [ORDER].iter().chain(fragments).for_each(|fragment| module.push_fragment(fragment));
        module
    })
}
