// Sorts stored scores by their keys, one digit at a time, the least significant first.
//
// For each digit, its values are counted in each tile (count.wgsl), the counts are summed to
// positions (reduce.wgsl, scan.wgsl), and the samples are moved there (scatter.wgsl). Samples with
// the same digit keep their order, so the sort by earlier digits is preserved. No workgroup waits
// for another within a dispatch.

struct Step {
    // The lowest bit of the digit.
    shift: u32,
    tiles: u32,
}

// The first element is the header of the samples: the number of places taken.
@group(0) @binding(0) var<storage, read> source: array<vec2<u32>>;
@group(0) @binding(1) var<storage, read_write> destination: array<vec2<u32>>;
// By value of the digit and then by tile, padded to whole blocks.
@group(0) @binding(2) var<storage, read_write> counts: array<u32>;
// The sum of each block of counts.
@group(0) @binding(3) var<storage, read_write> sums: array<u32>;
@group(0) @binding(4) var<uniform> step: Step;

fn taken() -> u32 {
    return min(source[0].x, arrayLength(&source) - 1u);
}

fn digit(key: u32) -> u32 {
    return (key >> step.shift) & (DIGITS - 1u);
}
