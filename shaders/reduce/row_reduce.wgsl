// The kernel that reduces rows: a team of threads per row, or one thread if rows are short.
// labels.wgsl, soft_labels.wgsl and vector_rows.wgsl define the scan and the sums. Main memory is
// read once; the second pass over a row, for the sums, finds it in a cache.

struct Parameters {
    // Number of samples in the bound buffers.
    samples: u32,
    unused_x: u32,
    unused_y: u32,
    // The first entry of this output in the state.
    base: u32,
}

@group(0) @binding(0) var<storage, read> predictions: array<u32>;
@group(0) @binding(1) var<storage, read> truths: array<u32>;
@group(0) @binding(2) var<storage, read_write> rows: array<RowSummary>;
@group(0) @binding(3) var<uniform> parameters: Parameters;
@group(0) @binding(4) var<storage, read_write> state: array<atomic<u32>>;

var<workgroup> team_extremes: array<Extremes, GROUP>;
var<workgroup> team_sums: array<Sums, GROUP>;
// Number of short rows that this thread has reduced, and its workgroup. A long row takes all
// threads of a workgroup, and is counted at once by the first of them, which takes the most steps.
var<private> reduced_rows: u32;
var<workgroup> group_reduced: atomic<u32>;

fn plus_units(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    let low = a.x + b.x;
    return vec2<u32>(low, a.y + b.y + select(0u, 1u, low < a.x));
}

// Counts rows, once all work on them is done.
fn count_reduced(rows: u32) {
    let entry = 2u * (parameters.base + ENTRY_REDUCED);
    if atomicAdd(&state[entry], rows) > 0xffffffffu - rows {
        atomicAdd(&state[entry + 1u], 1u);
    }
}

@compute @workgroup_size(GROUP)
fn main(
    @builtin(local_invocation_index) lane: u32,
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
) {
    zero = atomicLoad(&state[2u * ENTRY_ZERO]);
    if TEAMS > 1u && lane == 0u {
        atomicStore(&group_reduced, 0u);
    }
    let member = lane % TEAM;
    let leader = lane - member;
    let samples = parameters.samples;
    // Every thread runs the same number of rounds, so that all reach the barriers.
    for (var tile = group.x; tile * TEAMS < samples; tile += groups.x) {
        let index = tile * TEAMS + lane / TEAM;
        let first = index * CLASSES;
        let end = select(0u, CLASSES, index < samples);
        var extremes = no_extremes();
        for (var element = member; element < end; element += TEAM) {
            extremes = scan(extremes, first + element, element);
        }
        team_extremes[lane] = extremes;
        for (var step = TEAM / 2u; step > 0u; step /= 2u) {
            workgroupBarrier();
            if member < step {
                let both = merge_scans(team_extremes[lane], team_extremes[lane + step]);
                team_extremes[lane] = both;
            }
        }
        workgroupBarrier();
        let known = prepare(team_extremes[leader], index, index < samples);
        var sums = Sums();
        if NEEDS_SUMS {
            for (var element = member; element < end; element += TEAM) {
                sums = add_element(sums, known, first + element, element);
            }
        }
        team_sums[lane] = sums;
        for (var step = TEAM / 2u; step > 0u; step /= 2u) {
            workgroupBarrier();
            if member < step {
                team_sums[lane] = both_sums(team_sums[lane], team_sums[lane + step]);
            }
        }
        workgroupBarrier();
        if member == 0u && index < samples {
            rows[index] = finish_row(known, team_sums[lane]);
            if TEAMS > 1u {
                reduced_rows += 1u;
            } else if loops_are_whole() {
                count_reduced(1u);
            }
        }
    }
    if TEAMS > 1u {
        workgroupBarrier();
        if loops_are_whole() {
            atomicAdd(&group_reduced, reduced_rows);
        }
        workgroupBarrier();
        if lane == 0u {
            count_reduced(atomicLoad(&group_reduced));
        }
    }
}
