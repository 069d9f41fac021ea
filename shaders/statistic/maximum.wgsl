// The largest value.

// The larger of (unweighted, weighted) maxima and a nonnegative value from `value_or_zero`.
fn larger(so_far: vec2<u32>, bits: u32, weight: u32) -> vec2<u32> {
    return max(so_far, vec2<u32>(bits, select(bits, 0u, weight == 0u)));
}
