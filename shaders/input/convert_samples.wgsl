// Converts samples, a thread each.

@compute @workgroup_size(GROUP)
fn main(
    @builtin(local_invocation_index) lane: u32,
    @builtin(global_invocation_id) thread: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
) {
    begin(lane);
    let stride = groups.x * GROUP;
    convert_words(thread.x, stride);
    for (var sample = thread.x; sample < parameters.samples; sample += stride) {
        var part = no_part();
        if reads_rows() {
            part = scanned(sample, 0u, 1u);
        }
        convert(sample, row_of(part));
        converted += 1u;
    }
    finish(lane);
}
