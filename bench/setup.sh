#!/bin/sh
# Installs what the bench compares with, pinned by package-lock.json, below bench/, and the load generator, below .tools/. A
# second run does nothing.
set -eu
cd "$(dirname "$0")"
OHA=1.16.0

if [ ! -e "../.tools/oha-$OHA" ]; then
    echo "bench: building oha $OHA (a few minutes, once)" >&2
    CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=false CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
        cargo install --quiet --locked --root ../.tools --target-dir ../.tools/target "oha@$OHA" >&2
    rm -rf ../.tools/target
    touch "../.tools/oha-$OHA"
fi

stamp=node_modules/.installed-$(cksum <package-lock.json | tr ' ' -)
[ -e "$stamp" ] && exit
echo 'bench: installing what it compares with' >&2
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
touch "$stamp"
