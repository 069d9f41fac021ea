// Replaces each count of a block by the sum of all counts before it, in this block and in earlier
// ones.

@compute @workgroup_size(DIGITS)
fn main(
    @builtin(local_invocation_index) lane: u32,
    @builtin(workgroup_id) block: vec3<u32>,
) {
    var lane_sum = 0u;
    for (var other = lane; other < block.x; other += DIGITS) {
        lane_sum += sums[other];
    }
    var before = last_of(prefix(lane_sum, lane), lane);
    let first = block.x * BLOCK + lane * (BLOCK / DIGITS);
    lane_sum = 0u;
    for (var part = 0u; part < BLOCK / DIGITS; part++) {
        lane_sum += counts[first + part];
    }
    before += prefix(lane_sum, lane) - lane_sum;
    for (var part = 0u; part < BLOCK / DIGITS; part++) {
        let count = counts[first + part];
        counts[first + part] = before;
        before += count;
    }
}
