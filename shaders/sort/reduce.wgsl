// Sums the counts of a block.

@compute @workgroup_size(DIGITS)
fn main(
    @builtin(local_invocation_index) lane: u32,
    @builtin(workgroup_id) block: vec3<u32>,
) {
    var lane_sum = 0u;
    for (var part = 0u; part < BLOCK / DIGITS; part++) {
        lane_sum += counts[block.x * BLOCK + part * DIGITS + lane];
    }
    let sum = prefix(lane_sum, lane);
    if lane == DIGITS - 1u {
        sums[block.x] = sum;
    }
}
