//! The kernels that put stored scores in order.

use super::{Fragment, Module, rendered};
use crate::gpu::layout::sort::{BLOCK, DIGITS, TILE};

const ORDER: Fragment = ("sort/order.wgsl", include_str!("../../../shaders/sort/order.wgsl"));
const COUNT: Fragment = ("sort/count.wgsl", include_str!("../../../shaders/sort/count.wgsl"));
const PREFIX: Fragment = ("sort/prefix.wgsl", include_str!("../../../shaders/sort/prefix.wgsl"));
const REDUCE: Fragment = ("sort/reduce.wgsl", include_str!("../../../shaders/sort/reduce.wgsl"));
const SCAN: Fragment = ("sort/scan.wgsl", include_str!("../../../shaders/sort/scan.wgsl"));
const SCATTER: Fragment = ("sort/scatter.wgsl", include_str!("../../../shaders/sort/scatter.wgsl"));

pub(super) const FRAGMENTS: &[Fragment] = &[ORDER, COUNT, PREFIX, REDUCE, SCAN, SCATTER];

/// The kernels of a step, in their order.
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
        for (name, text) in [ORDER].iter().chain(fragments) {
            module.push(name, text);
        }
        module
    })
}
