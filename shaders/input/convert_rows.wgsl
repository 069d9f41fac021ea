// Converts samples whose rows of truths or outputs are long, a workgroup each.

// The parts of a row, joined.
var<workgroup> joined_flags: atomic<u32>;
var<workgroup> joined_ones: atomic<u32>;
var<workgroup> joined_largest: atomic<u32>;
var<workgroup> joined_label: atomic<u32>;

// Joins the parts of a row. Called by all threads of the workgroup.
fn joined(part: Part, lane: u32) -> Part {
    if lane == 0u {
        atomicStore(&joined_flags, 0u);
        atomicStore(&joined_ones, 0u);
        atomicStore(&joined_largest, 0u);
        atomicStore(&joined_label, NO_CLASS);
    }
    workgroupBarrier();
    atomicOr(&joined_flags, part.flags);
    atomicAdd(&joined_ones, part.ones);
    atomicMax(&joined_largest, part.largest);
    workgroupBarrier();
    // The first label among the largest elements.
    if part.largest == atomicLoad(&joined_largest) {
        atomicMin(&joined_label, part.label);
    }
    workgroupBarrier();
    let row = Part(
        atomicLoad(&joined_flags), atomicLoad(&joined_ones),
        atomicLoad(&joined_largest), atomicLoad(&joined_label),
    );
    workgroupBarrier();
    return row;
}

@compute @workgroup_size(GROUP)
fn main(
    @builtin(local_invocation_index) lane: u32,
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
) {
    begin(lane);
    convert_words(group.x * GROUP + lane, groups.x * GROUP);
    for (var sample = group.x; sample < parameters.samples; sample += groups.x) {
        let row = joined(scanned(sample, lane, GROUP), lane);
        if lane == 0u {
            convert(sample, row_of(row));
            converted += 1u;
        }
    }
    finish(lane);
}
