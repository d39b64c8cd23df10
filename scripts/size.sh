#!/bin/sh
# Prints the bytes of the bundle that is deployed, raw and compressed.
set -eu
cd "$(dirname "$0")/../build"
files=$(find . -name '*.js' -o -name '*.wasm' | sort)
for file in $files; do
    printf '%-28s %8d bytes %8d gzip\n' "$file" "$(wc -c <"$file")" "$(gzip -9 -c "$file" | wc -c)"
done
printf '%-28s %8d bytes %8d gzip\n' total "$(cat $files | wc -c)" "$(for file in $files; do gzip -9 -c "$file"; done | wc -c)"
