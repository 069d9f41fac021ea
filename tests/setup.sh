# Installs the requirements of tests and checks. Sourced by tests/run.sh and tests/checks.sh.

target=${CARGO_TARGET_DIR:-target}
case $target in
    /*) ;;
    *) target=$PWD/$target ;;
esac

# Data for incremental builds would cost more than they save here.
export CARGO_INCREMENTAL="${CARGO_INCREMENTAL:-0}"

banner() { printf '\n== %s\n' "$*"; }
have() { command -v "$1" >/dev/null 2>&1; }
stop() {
    printf '%s: %s\n' "$0" "$*" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif have sudo; then
        sudo "$@"
    else
        printf '%s: neither root nor sudo at hand for: %s\n' "$0" "$*" >&2
        return 1
    fi
}

lists_updated=no
update_lists() {
    [ $lists_updated = no ] || return 1
    as_root apt-get update -qq && lists_updated=yes
}

# Installs packages; package lists are fetched only if they are absent or out of date.
install() {
    banner "Installing $*"
    have apt-get || stop "no apt-get here: please install $* (Debian's names) by other means"
    set -- env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@"
    as_root "$@" || { update_lists && as_root "$@"; } || stop "this failed: $*"
}

install_rust() {
    have curl || install curl ca-certificates
    banner "Installing Rust with rustup"
    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs |
        sh -s -- -y --no-modify-path --profile minimal
    PATH=${CARGO_HOME:-$HOME/.cargo}/bin:$PATH
    have cargo || stop "Rust could not be installed: see https://rustup.rs"
}

# Succeeds if apt has the package. Package lists are fetched if they may be absent or out of date.
in_archive() {
    have apt-get || return 1
    apt-cache show "$1" >/dev/null 2>&1 || { update_lists && apt-cache show "$1" >/dev/null 2>&1; }
}

swiftshader=$target/adapters/swiftshader

# Extracts SwiftShader and the validation layer from the package of Debian's browser.
unpack_swiftshader() {
    [ ! -e "$swiftshader/vk_swiftshader_icd.json" ] || return 0
    banner "Unpacking SwiftShader"
    if ! in_archive chromium-common; then
        echo "This system has no package chromium-common: on with lavapipe alone."
        return 0
    fi
    work=$(mktemp -d)
    (
        cd "$work"
        apt-get download -qq chromium-common || {
            update_lists && apt-get download -qq chromium-common
        }
        dpkg-deb -x chromium-common_*.deb package
    ) || stop "the package chromium-common could not be downloaded and unpacked"
    files=$work/package/usr/lib/chromium
    if [ ! -e "$files/libvk_swiftshader.so" ] || [ ! -e "$files/vk_swiftshader_icd.json" ]; then
        echo "The package chromium-common holds no SwiftShader: on with lavapipe alone."
        rm -rf "$work"
        return 0
    fi
    rm -rf "$swiftshader.new"
    mkdir -p "$swiftshader.new"
    cp "$files/libvk_swiftshader.so" "$files/vk_swiftshader_icd.json" "$swiftshader.new/"
    layer=libVkLayer_khronos_validation.so
    if [ -e "$files/$layer" ]; then
        cp "$files/$layer" "$swiftshader.new/"
        cat >"$swiftshader.new/VkLayer_khronos_validation.json" <<END
{
    "file_format_version": "1.2.0",
    "layer": {
        "name": "VK_LAYER_KHRONOS_validation",
        "type": "GLOBAL",
        "library_path": "./$layer",
        "api_version": "1.4.300",
        "implementation_version": "1",
        "description": "Khronos Validation Layer",
        "instance_extensions": [
            { "name": "VK_EXT_debug_report", "spec_version": "9" },
            { "name": "VK_EXT_debug_utils", "spec_version": "2" },
            { "name": "VK_EXT_validation_features", "spec_version": "6" }
        ]
    }
}
END
    fi
    rm -rf "$swiftshader" "$work"
    mv "$swiftshader.new" "$swiftshader"
}

# Appends a path to a colon-separated list, which may be empty.
joined() { printf '%s' "${1:+$1:}$2"; }

# Enables every Vulkan driver of the system, including hardware drivers, and SwiftShader.
set_up_adapters() {
    ls /usr/share/vulkan/icd.d/lvp_icd*.json >/dev/null 2>&1 || install mesa-vulkan-drivers
    dpkg-query -W libvulkan1 >/dev/null 2>&1 || ! have apt-get || install libvulkan1
    unpack_swiftshader
    # Without a desktop session, Mesa's layer that picks a default device complains on stderr.
    export NODEVICE_SELECT=1
    [ -e "$swiftshader/vk_swiftshader_icd.json" ] || return 0
    if [ -z "${VK_DRIVER_FILES:-}" ]; then
        VK_DRIVER_FILES=
        for driver in /usr/share/vulkan/icd.d/*.json /etc/vulkan/icd.d/*.json; do
            [ ! -e "$driver" ] || VK_DRIVER_FILES=$(joined "$VK_DRIVER_FILES" "$driver")
        done
    fi
    VK_DRIVER_FILES=$(joined "$VK_DRIVER_FILES" "$swiftshader/vk_swiftshader_icd.json")
    VK_ADD_LAYER_PATH=$(joined "${VK_ADD_LAYER_PATH:-}" "$swiftshader")
    export VK_DRIVER_FILES VK_ADD_LAYER_PATH
    echo "Vulkan drivers: $VK_DRIVER_FILES"
}

have cc || install build-essential
have cargo || install_rust
