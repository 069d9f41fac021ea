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

banner "Build"
cargo test --all-features --no-run --lib --bins --examples --test '*'

# Two halves at a time: SwiftShader compiles one shader at a time in a process, which leaves a core
# idle. cargo-nextest would run each test in a process of its own, and compile its shaders again.
banner "Tests"
others=$(mktemp)
trap 'rm -f "$others"' EXIT
cargo test --all-features --no-fail-fast --bins --test '[!g]*' >"$others" 2>&1 &
passed=yes
cargo test --all-features --no-fail-fast --lib --test 'g*' || passed=no
wait $! || passed=no
cat "$others"
cargo test --all-features --doc || passed=no
[ $passed = yes ] || stop "some tests failed"

banner "All tests passed"
