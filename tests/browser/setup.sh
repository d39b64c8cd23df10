#!/bin/sh
# Installs the browser of the tests below tests/browser/, pinned by package-lock.json, without root. A second run does nothing.
set -eu
cd "$(dirname "$0")"
stamp=node_modules/.installed-$(cksum <package-lock.json | tr ' ' -)
[ -e "$stamp" ] && exit
echo 'browser: installing Chromium and its npm packages' >&2
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
../../node_modules/.bin/node unpack.mjs
touch "$stamp"
