// Counts how often each value of a digit occurs in a tile.

var<workgroup> digit_counts: array<atomic<u32>, DIGITS>;

@compute @workgroup_size(DIGITS)
fn main(
    @builtin(local_invocation_index) lane: u32,
    @builtin(workgroup_id) tile: vec3<u32>,
) {
    atomicStore(&digit_counts[lane], 0u);
    workgroupBarrier();
    let end = min((tile.x + 1u) * TILE, taken());
    for (var index = tile.x * TILE + lane; index < end; index += DIGITS) {
        atomicAdd(&digit_counts[digit(source[index + 1u].x)], 1u);
    }
    workgroupBarrier();
    counts[lane * step.tiles + tile.x] = atomicLoad(&digit_counts[lane]);
}
