#!/bin/sh
# Installs the pinned build tools below the checkout: worker-build and wasm-bindgen in .tools/, and wrangler, Node, esbuild and
# binaryen in node_modules/. Adds the wasm target to the Rust toolchain. A second run does nothing.
set -eu
cd "$(dirname "$0")/.."

# wasm-bindgen's CLI must have the version of the crate in Cargo.lock, because both share a private format.
WORKER_BUILD=0.8.7
WASM_BINDGEN=0.2.129
CARGO_DENY=0.20.2

say() { printf 'tools: %s\n' "$*" >&2; }

command -v rustup >/dev/null || { say "rustup is missing: https://rustup.rs"; exit 1; }
command -v npm >/dev/null || { say "npm is missing: install Node.js 20 or newer"; exit 1; }

if ! rustup target list --installed 2>/dev/null | grep -q '^wasm32-unknown-unknown$'; then
    say "installing the Rust toolchain of rust-toolchain.toml"
    # `rustup toolchain install` reads rust-toolchain.toml since rustup 1.28. With an older rustup, `rustup show` installs it.
    rustup toolchain install >&2 || rustup show >&2
    rustup target add wasm32-unknown-unknown >&2
fi

install_cargo_tool() { # crate, version, extra arguments
    crate=$1 version=$2
    shift 2
    stamp=.tools/$crate-$version
    [ -e "$stamp" ] && return
    say "building $crate $version (a few minutes, once)"
    # These tools run for a second, so they need no optimisation. Without it they build in a quarter of the time.
    CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=false CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
        cargo install --quiet --locked --root .tools --target-dir .tools/target "$crate@$version" "$@" >&2
    touch "$stamp"
}

if [ ! -e ".tools/npm-$(cksum <package-lock.json | tr ' ' -)" ]; then
    say "installing the npm packages of package-lock.json"
    # Not `npm ci`: it refuses a lock file that lacks the optional packages of other platforms.
    npm install --no-save --no-audit --no-fund --loglevel=error >&2
    mkdir -p .tools
    rm -f .tools/npm-*
    touch ".tools/npm-$(cksum <package-lock.json | tr ' ' -)"
fi
install_cargo_tool worker-build "$WORKER_BUILD"
install_cargo_tool wasm-bindgen-cli "$WASM_BINDGEN" --bin wasm-bindgen
# Only `make check` needs it.
[ "${1:-}" != check ] || install_cargo_tool cargo-deny "$CARGO_DENY"
rm -rf .tools/target
