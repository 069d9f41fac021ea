// Moves the samples of a tile to their places, one per thread at a time.

var<workgroup> places: array<u32, DIGITS>;
// For each value of the digit, the threads that have it, one bit each.
var<workgroup> lanes: array<atomic<u32>, LANES_TOTAL>;

@compute @workgroup_size(DIGITS)
fn main(
    @builtin(local_invocation_index) lane: u32,
    @builtin(workgroup_id) tile: vec3<u32>,
) {
    places[lane] = counts[lane * step.tiles + tile.x];
    for (var word = lane; word < LANES_TOTAL; word += DIGITS) {
        atomicStore(&lanes[word], 0u);
    }
    if tile.x == 0u && lane == 0u {
        destination[0] = source[0];
    }
    workgroupBarrier();
    let end = taken();
    let bit = 1u << (lane % 32u);
    for (var part = 0u; part < TILE / DIGITS; part++) {
        let index = tile.x * TILE + part * DIGITS + lane;
        let is_sample = index < end;
        var sample = vec2<u32>();
        var first_word = 0u;
        if is_sample {
            sample = source[index + 1u];
            first_word = digit(sample.x) * (DIGITS / 32u);
            atomicOr(&lanes[first_word + lane / 32u], bit);
        }
        workgroupBarrier();
        var before = 0u;
        var alike = 0u;
        if is_sample {
            for (var word = 0u; word < DIGITS / 32u; word++) {
                let threads = atomicLoad(&lanes[first_word + word]);
                let earlier = select(0u, threads, word < lane / 32u);
                let same = select(0u, threads & (bit - 1u), word == lane / 32u);
                before += countOneBits(earlier | same);
                alike += countOneBits(threads);
            }
            let place = places[digit(sample.x)] + before;
            if place < end {
                destination[place + 1u] = sample;
            }
        }
        workgroupBarrier();
        if is_sample {
            atomicStore(&lanes[first_word + lane / 32u], 0u);
            if before == alike - 1u {
                places[digit(sample.x)] += alike;
            }
        }
        workgroupBarrier();
    }
}
