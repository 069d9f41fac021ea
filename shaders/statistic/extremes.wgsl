// The largest and the smallest value.

// Updates the keys of the largest value (unweighted, weighted) and of the smallest with a value,
// which is OUTSIDE if it is left out. The key of the smallest value is complemented, so that a
// larger key is always more extreme; 0 means no value.
fn outermost(so_far: vec4<u32>, bits: u32, weight: u32) -> vec4<u32> {
    let key = ordered(flushed(bits));
    let keys = vec4<u32>(key, key, ~key, ~key);
    let counts = vec4<bool>(true, weight != 0u, true, weight != 0u) & vec4<bool>(bits != OUTSIDE);
    return max(so_far, select(vec4<u32>(0u), keys, counts));
}
