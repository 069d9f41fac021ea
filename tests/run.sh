#!/bin/sh
# Runs every test of the library and of the command on a fresh Debian or Ubuntu machine:
#
#     sh tests/run.sh
#
# It installs what is missing: Rust, a C linker, Mesa's software Vulkan driver (lavapipe). A second
# software driver, SwiftShader, and Vulkan's validation layer are taken out of a Debian package
# into target/adapters, without installing it. WEIGHBRIDGE_GPU=off does without any adapter.
#
# Formatting, lints, documentation, packages and integrations: tests/checks.sh.
set -eu
cd "$(dirname "$0")/.."
. tests/setup.sh
[ "${WEIGHBRIDGE_GPU:-}" = off ] || set_up_adapters

# Not by cargo-nextest: it runs each test in a process of its own, which would compile all of its
# shaders anew. Within a process they are compiled once for each adapter.
banner "Tests"
cargo test --all-features

banner "All tests passed"
