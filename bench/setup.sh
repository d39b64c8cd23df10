#!/bin/sh
# Installs the npm packages of the bench below bench/, pinned by package-lock.json. A second run does nothing.
set -eu
cd "$(dirname "$0")"
stamp=node_modules/.installed-$(cksum <package-lock.json | tr ' ' -)
[ -e "$stamp" ] && exit
echo 'bench: installing its npm packages' >&2
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
touch "$stamp"
