//! A sort of more pairs than other tests store.

use super::adapters::test_adapters;
use crate::gpu::sorter::PairSorter;

/// More blocks of counts than a workgroup has threads.
#[test]
fn very_many_pairs_are_put_in_order() {
    let pairs = (9 << 20) + 4097;
    // SwiftShader would take 15 s.
    for adapter in test_adapters().iter().filter(|adapter| !adapter.name.contains("SwiftShader")) {
        let sorter = PairSorter::new(adapter, pairs).expect("a device");
        let mut state = 1_u64;
        let random = (0..pairs).map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            [(state >> 32) as u32 | 1, 0]
        });
        sorter.write(0, &random.collect::<Vec<_>>()).expect("pairs");
        sorter.copy().expect("a copy");
        assert!(!sorter.keys(0..pairs).expect("keys").is_sorted());
        sorter.sort().expect("a sort");
        assert!(sorter.keys(0..pairs).expect("keys").is_sorted(), "{}", adapter.name);
    }
}
