// Stored scores: the key, label and weight of each sample, unordered.
//
// A workgroup reserves places for all of its samples at once. The place of a sample that is left
// out keeps the key 0, which is not the key of any number.

struct Stored {
    // Number of places taken.
    taken: atomic<u32>,
    // The binary problem of the samples, if they belong to a family of binary problems.
    problem: u32,
    samples: array<vec2<u32>>,
}

@group(1) @binding(0) var<storage, read_write> stored: Stored;

var<workgroup> shared_place: u32;
var<private> first_place: u32;
var<private> store_stride: u32;

// Reserves places for all quads of samples of this workgroup. Called by all its threads.
fn take_places(first_quad: u32, stride: u32) {
    store_stride = stride;
    if lane == 0u {
        let quads = (parameters.samples + 3u) / 4u;
        var group_quads = 0u;
        if first_quad < quads {
            let rounds = (quads - 1u - first_quad) / stride;
            group_quads = rounds * GROUP + min(quads - first_quad - rounds * stride, GROUP);
        }
        shared_place = atomicAdd(&stored.taken, 4u * group_quads);
    }
    workgroupBarrier();
    first_place = shared_place;
}

// Stores a sample in its place, if that exists.
fn store(faults: u32, sample: Sample) {
    let place = first_place + 4u * (current / 4u / store_stride * GROUP + lane) + current % 4u;
    if has_score(faults, sample) && place < arrayLength(&stored.samples) {
        let label = select(0u, 0x80000000u, sample.truth == ONE);
        stored.samples[place] = vec2<u32>(ordered(sample.prediction), label | sample.weight);
    }
}
