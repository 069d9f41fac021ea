// The largest and the least value.

// The outermost keys so far, of the largest value (unweighted, weighted) and of the least, and those
// of a value that is OUTSIDE if it is left out. The key of the least is a complement, so that the
// larger of two keys stands further out, and 0 is none.
fn outermost(so_far: vec4<u32>, bits: u32, weight: u32) -> vec4<u32> {
    if bits == OUTSIDE {
        return so_far;
    }
    let key = ordered(flushed(bits));
    let weighs = weight != 0u;
    return max(so_far, vec4<u32>(key, select(0u, key, weighs), ~key, select(0u, ~key, weighs)));
}
