// Replaces each count of a block by the sum of all counts before it, in this block and in earlier
// ones.

@compute @workgroup_size(DIGITS)
fn main(
    @builtin(local_invocation_index) lane: u32,
    @builtin(workgroup_id) block: vec3<u32>,
) {
    var own = 0u;
    for (var other = lane; other < block.x; other += DIGITS) {
        own += sums[other];
    }
    var before = of_last(prefix(own, lane), lane);
    let first = block.x * BLOCK + lane * (BLOCK / DIGITS);
    own = 0u;
    for (var part = 0u; part < BLOCK / DIGITS; part++) {
        own += counts[first + part];
    }
    before += prefix(own, lane) - own;
    for (var part = 0u; part < BLOCK / DIGITS; part++) {
        let count = counts[first + part];
        counts[first + part] = before;
        before += count;
    }
}
