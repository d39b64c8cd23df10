#!/bin/sh
# Compiles the Worker to build/ with worker-build, then makes the WebAssembly smaller with wasm-opt.
set -eu
cd "$(dirname "$0")/.."
# worker-build downloads these two unless it gets their paths.
export WASM_BINDGEN_BIN="$PWD/.tools/bin/wasm-bindgen"
export ESBUILD_BIN="$PWD/node_modules/.bin/esbuild"
# cargo ignores `lto` where a library is an rlib too, which the tests link. So worker-build finds a `cargo` first that builds
# the cdylib alone.
shims=$(mktemp -d)
cargo=$(command -v cargo)
cat >"$shims/cargo" <<EOF
#!/bin/sh
if [ "\$1" = build ]; then shift; set -- rustc --crate-type cdylib "\$@"; fi
exec "$cargo" "\$@"
EOF
chmod +x "$shims/cargo"
rm -f build/.bundled
echo 'bundle: compiling the Worker (a minute or two the first time)' >&2
log=$(mktemp)
trap 'rm -rf "$log" "$shims"' EXIT
if ! PATH="$shims:$PATH" .tools/bin/worker-build --release >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
fi
# The --enable flags are the WebAssembly features that rustc and wasm-bindgen use. workerd knows all of them.
# Larger functions are inlined than with -Oz: a call is expensive until V8 has optimised its caller, and V8 optimises one large
# function after fewer requests than many small ones. LTO has inlined before; twice these sizes make the bundle 7 KB larger.
node_modules/.bin/wasm-opt -O3 --converge --always-inline-max-function-size=12 --flexible-inline-max-function-size=20 \
    --one-caller-inline-max-function-size=40 --strip-debug --strip-producers --enable-mutable-globals --enable-sign-ext \
    --enable-nontrapping-float-to-int --enable-bulk-memory --enable-multivalue --enable-reference-types \
    --enable-exception-handling build/index_bg.wasm -o build/index_bg.opt.wasm
mv build/index_bg.opt.wasm build/index_bg.wasm
touch build/.bundled
