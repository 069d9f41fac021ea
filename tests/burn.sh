#!/bin/sh
# Passes every check of integrations/burn, on Mesa's software Vulkan driver (lavapipe):
#
#     sh tests/burn.sh
#
# It expects what tests/run.sh installs.
set -eu
cd "$(dirname "$0")/.."

banner() { printf '\n== %s\n' "$*"; }

# burn takes the default adapter, and one is enough.
for driver in /usr/share/vulkan/icd.d/lvp_icd*.json; do
    [ ! -e "$driver" ] || export VK_DRIVER_FILES="$driver"
done
# Without a desktop session, Mesa's layer that picks a default device complains on stderr.
export NODEVICE_SELECT=1

banner "burn: tests"
cargo test --package weighbridge-burn

banner "burn: the example that trains"
if [ "${WEIGHBRIDGE_GPU:-}" = off ]; then
    echo "skipped: WEIGHBRIDGE_GPU=off"
else
    cargo run --package weighbridge-burn --example train
fi

banner "burn: clippy"
cargo clippy --package weighbridge-burn --all-targets -- -D warnings

banner "burn: documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --package weighbridge-burn --no-deps

banner "burn: package"
cargo package --package weighbridge-burn --list --allow-dirty >/dev/null

banner "All checks of integrations/burn passed"
