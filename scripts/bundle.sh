#!/bin/sh
# Compiles the Worker to build/ with worker-build, then makes the WebAssembly smaller with wasm-opt.
set -eu
cd "$(dirname "$0")/.."
# worker-build would download each of these unless it is told where it is.
export WASM_BINDGEN_BIN="$PWD/.tools/bin/wasm-bindgen"
export ESBUILD_BIN="$PWD/node_modules/.bin/esbuild"
rm -f build/.bundled
echo 'bundle: compiling the Worker (a minute or two the first time)' >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! .tools/bin/worker-build --release >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
fi
# The features that rustc and wasm-bindgen use, and none that workerd may not know. Functions are inlined, larger ones than at -Oz: a
# call costs while V8 has not optimised its caller, and a large function reaches that after fewer requests than the small ones it is
# made of. Functions with one caller not all: huge ones compress worse, by 11 KB.
node_modules/.bin/wasm-opt -O3 --converge --always-inline-max-function-size=20 --flexible-inline-max-function-size=40 \
    --one-caller-inline-max-function-size=80 --strip-debug --strip-producers --enable-mutable-globals --enable-sign-ext \
    --enable-nontrapping-float-to-int --enable-bulk-memory --enable-multivalue --enable-reference-types \
    --enable-exception-handling build/index_bg.wasm -o build/index_bg.opt.wasm
mv build/index_bg.opt.wasm build/index_bg.wasm
touch build/.bundled
