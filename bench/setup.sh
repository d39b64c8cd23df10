#!/bin/sh
# Installs what the bench compares with, pinned by package-lock.json, below bench/. A second run does nothing.
set -eu
cd "$(dirname "$0")"
stamp=node_modules/.installed-$(cksum <package-lock.json | tr ' ' -)
[ -e "$stamp" ] && exit
echo 'bench: installing what it compares with' >&2
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
touch "$stamp"
