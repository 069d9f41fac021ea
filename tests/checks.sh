#!/bin/sh
# Runs every check except the tests of the library and the command: formatting, lints,
# benches, documentation, packages, and integrations/burn:
#
#     sh tests/checks.sh
#
# It installs what it needs, like tests/run.sh. WEIGHBRIDGE_GPU=off runs it without a GPU adapter.
set -eu
cd "$(dirname "$0")/.."
. tests/setup.sh
cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 ||
    rustup component add rustfmt clippy ||
    stop "cargo fmt and cargo clippy are needed: please install them"
[ "${WEIGHBRIDGE_GPU:-}" = off ] || set_up_adapters

banner "Formatting"
cargo fmt --all --check
# This includes files that cargo fmt does not reach because no module declares them.
git ls-files '*.rs' | xargs rustfmt --check --edition 2024

banner "Clippy"
cargo clippy --all-targets --all-features -- -D warnings
cargo clippy --all-targets --no-default-features -- -D warnings

# Each bench runs once, with few samples.
banner "Benches"
cargo test --all-features --bench '*'

banner "Documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --all-features

# The contents of the packages compile. The command's package depends on the library's, which may
# not be published yet, so the local one is used.
banner "Packages"
packages=$target/package
cargo package --package weighbridge --package weighbridge-cli --no-verify --allow-dirty
for package in weighbridge weighbridge-cli; do
    crate=$(ls -t "$packages/$package"-[0-9]*.crate | head -n 1)
    rm -rf "$packages/$package"
    mkdir -p "$packages/$package"
    tar -xzf "$crate" -C "$packages/$package" --strip-components 1
done
cargo check --manifest-path "$packages/weighbridge-cli/Cargo.toml" --all-features \
    --target-dir "$target" --config "patch.crates-io.weighbridge.path='$packages/weighbridge'"

# burn uses the default adapter, and one adapter is enough.
for driver in /usr/share/vulkan/icd.d/lvp_icd*.json; do
    [ ! -e "$driver" ] || export VK_DRIVER_FILES="$driver"
done

banner "burn: clippy"
cargo clippy --package weighbridge-burn --all-targets -- -D warnings

banner "burn: documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --package weighbridge-burn --no-deps

banner "burn: tests"
cargo test --package weighbridge-burn

banner "burn: the example that trains"
if [ "${WEIGHBRIDGE_GPU:-}" = off ]; then
    echo "skipped: WEIGHBRIDGE_GPU=off"
else
    cargo run --package weighbridge-burn --example train
fi

banner "burn: package"
cargo package --package weighbridge-burn --list --allow-dirty >/dev/null

banner "All checks passed"
