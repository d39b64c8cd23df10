#!/bin/sh
# Prints the size of the deployed bundle, raw and compressed. Fails if the compressed size is above the argument.
set -eu
cd "$(dirname "$0")/../build"
raw=0 compressed=0
for file in index.js index_bg.wasm; do
    bytes=$(wc -c <"$file") gzip=$(gzip -9 -c "$file" | wc -c)
    printf '%-14s %8d bytes %8d gzip\n' "$file" "$bytes" "$gzip"
    raw=$((raw + bytes)) compressed=$((compressed + gzip))
done
printf '%-14s %8d bytes %8d gzip\n' total "$raw" "$compressed"
if [ "$compressed" -gt "${1:-$compressed}" ]; then
    echo "size: the bundle may have at most $1 bytes compressed" >&2
    exit 1
fi
