#!/bin/sh
# lavapipe, Mesa's software Vulkan driver, gives all loops of a shader invocation 65,535 iterations
# together. A loop that would exceed them ends early, without an error, and every later loop of the
# invocation runs once.
#
# Seen with Mesa 22.3.6 (LLVM 15.0.6) through wgpu 0.29.0 (Python), on x86-64 Linux:
#   llvmpipe: first loop 65535 of 70000, second loop 1 of 10
# The shader is valid WGSL, and both loops are far from infinite.
#
# Needs Debian's python3-venv and mesa-vulkan-drivers. Fails if the output differs.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet wgpu==0.29.0
cat > "$folder/loops.py" <<'PY'
import wgpu

SHADER = """
@group(0) @binding(0) var<storage, read_write> results: array<u32>;
@group(0) @binding(1) var<storage, read> given: array<u32>;
@compute @workgroup_size(1)
fn main() {
    var number = given[0];
    var first = 0u;
    for (; first < given[1]; first++) { number = number * 1664525u + 1013904223u; }
    var second = 0u;
    for (; second < given[2]; second++) { number = number * 1664525u + 1013904223u; }
    results[0] = first;
    results[1] = second;
    results[2] = number;
}
"""

adapters = [a for a in wgpu.gpu.enumerate_adapters_sync() if "llvmpipe" in a.info["device"]]
if not adapters:
    raise SystemExit("lavapipe was not found: install mesa-vulkan-drivers")
device = adapters[0].request_device_sync()
storage = wgpu.BufferUsage.STORAGE
results = device.create_buffer(size=12, usage=storage | wgpu.BufferUsage.COPY_SRC)
given = memoryview(bytearray(b"".join(n.to_bytes(4, "little") for n in (1, 70000, 10))))
given = device.create_buffer_with_data(data=given, usage=storage)
pipeline = device.create_compute_pipeline(
    layout="auto",
    compute={"module": device.create_shader_module(code=SHADER), "entry_point": "main"},
)
bindings = device.create_bind_group(
    layout=pipeline.get_bind_group_layout(0),
    entries=[
        {"binding": 0, "resource": {"buffer": results, "offset": 0, "size": results.size}},
        {"binding": 1, "resource": {"buffer": given, "offset": 0, "size": given.size}},
    ],
)
encoder = device.create_command_encoder()
compute = encoder.begin_compute_pass()
compute.set_pipeline(pipeline)
compute.set_bind_group(0, bindings)
compute.dispatch_workgroups(1)
compute.end()
device.queue.submit([encoder.finish()])
first, second, _ = memoryview(device.queue.read_buffer(results)).cast("I")
print(f"llvmpipe: first loop {first} of 70000, second loop {second} of 10")
PY
seen=$("$folder/venv/bin/python" "$folder/loops.py" 2>/dev/null)
echo "$seen"
test "$seen" = "llvmpipe: first loop 65535 of 70000, second loop 1 of 10"
