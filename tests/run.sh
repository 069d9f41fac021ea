#!/bin/sh
# Runs every test of the library and the command, on a fresh Debian or Ubuntu machine too:
#
#     sh tests/run.sh
#
# It installs what it needs: Rust, a C linker, and Mesa's software Vulkan driver (lavapipe). A
# second software driver, SwiftShader, and Vulkan's validation layer are extracted from a Debian
# package into target/adapters, without installing it. WEIGHBRIDGE_GPU=off runs the tests without a
# GPU adapter.
#
# tests/checks.sh checks formatting, lints, documentation, packages and integrations.
set -eu
cd "$(dirname "$0")/.."
. tests/setup.sh
[ "${WEIGHBRIDGE_GPU:-}" = off ] || set_up_adapters

# cargo-nextest runs each test in a separate process, which would compile its shaders again. Within
# one process, shaders are compiled once per adapter.
banner "Tests"
cargo test --all-features

banner "All tests passed"
