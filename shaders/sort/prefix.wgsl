// Sums over the threads of a workgroup.

var<workgroup> prefixes: array<u32, DIGITS>;

// The sum of the values of this thread and all threads before it. Called by all threads.
fn prefix(value: u32, lane: u32) -> u32 {
    var sum = value;
    for (var distance = 1u; distance < DIGITS; distance *= 2u) {
        workgroupBarrier();
        prefixes[lane] = sum;
        workgroupBarrier();
        if lane >= distance {
            sum += prefixes[lane - distance];
        }
    }
    return sum;
}

// The value of the last thread. Called by all threads.
fn last_of(value: u32, lane: u32) -> u32 {
    workgroupBarrier();
    prefixes[lane] = value;
    workgroupBarrier();
    return prefixes[DIGITS - 1u];
}
