// The largest and the smallest value.

// Updates the keys of the largest value (unweighted, weighted) and of the smallest with a value,
// which is OUTSIDE if it is left out. The key of the smallest value is complemented, so that a
// larger key is always more extreme; 0 means no value.
fn outermost(so_far: vec4<u32>, bits: u32, weight: u32) -> vec4<u32> {
    if bits == OUTSIDE {
        return so_far;
    }
    let key = ordered(flushed(bits));
    let weighs = weight != 0u;
    return max(so_far, vec4<u32>(key, select(0u, key, weighs), ~key, select(0u, ~key, weighs)));
}
