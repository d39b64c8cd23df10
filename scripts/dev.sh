#!/usr/bin/env bash
# Serves edgepass on 127.0.0.1:PORT, keeps its state in STATE, plays a simulated phone against it, and serves on until it is
# interrupted. It stops all processes that it started.
set -eu
cd "$(dirname "$0")/.."

if [ ! -e .dev.vars ]; then
    cp .dev.vars.example .dev.vars
    echo "dev: created .dev.vars from .dev.vars.example"
fi
# Reads the value as wrangler does: quotes, comments and line ends are not part of it.
read_issuer_key() {
    node -p 'require("util").parseEnv(require("fs").readFileSync(".dev.vars", "utf8")).ISSUER_KEY ?? ""'
}
# Earlier versions had this key. The service refuses it now, because it is too short.
if [ "$(read_issuer_key)" = dev-issuer-key ]; then
    line=$(grep '^ISSUER_KEY=' .dev.vars.example)
    node -e 'const fs = require("fs"), text = fs.readFileSync(".dev.vars", "utf8");
        fs.writeFileSync(".dev.vars", text.replace(/^.*\bISSUER_KEY\s*=.*$/gm, process.argv[1]))' "$line"
    echo "dev: replaced ISSUER_KEY in .dev.vars, which was too short, by that of .dev.vars.example"
fi
# A .dev.vars of an early version has no master key.
if ! grep -q '^MASTER_KEY=' .dev.vars; then
    grep '^MASTER_KEY=' .dev.vars.example >>.dev.vars
    echo "dev: added MASTER_KEY to .dev.vars from .dev.vars.example"
fi
# Apple does not know this key. Pushes go to APNS_URL below, where `cargo run --example apns` shows them.
if ! grep -q '^APNS_KEY=' .dev.vars; then
    key=$(node -p 'require("crypto").generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey
        .export({ type: "pkcs8", format: "pem" }).trim().replace(/\n/g, "\\n")')
    printf 'APNS_KEY="%s"\nAPNS_KEY_ID=DEVKEY0000\nAPNS_TEAM_ID=DEVTEAM000\n' "$key" >>.dev.vars
    echo "dev: added a throw-away APNS_KEY to .dev.vars"
fi
issuer_key=$(read_issuer_key)
[ "${#issuer_key}" -ge 24 ] ||
    { echo "dev: set ISSUER_KEY in .dev.vars, of 24 characters or more; .dev.vars.example shows how" >&2; exit 1; }
node -e 'require("net").createServer().on("error", () => process.exit(1))
    .listen(+process.argv[1], "127.0.0.1", () => process.exit(0))' "$PORT" ||
    { echo "dev: port $PORT is in use; make dev PORT=… takes another" >&2; exit 1; }
base=http://127.0.0.1:$PORT
apns=9009 # the port of the simulated APNs, unless WRANGLER_ARGS has another APNS_URL
case $WRANGLER_ARGS in *APNS_URL*) listen= ;; *) listen="--apns-port $apns" ;; esac

mkdir -p "$STATE"
log=$STATE/dev-$PORT.log
export CI=1 # no questions, no keyboard shortcuts
wrangler d1 migrations apply DB --local --persist-to "$STATE" >/dev/null
# Compiles the example before the Worker starts, so that the Worker need not wait for it.
[ -e target/debug/examples/demo ] || echo 'dev: compiling the simulated phone (some minutes, once)'
cargo build --quiet --example demo

worker= follower=
stop() {
    trap - EXIT INT TERM HUP
    # wrangler starts workerd as another process, so the whole process group must stop.
    [ -z "$worker" ] || kill -s TERM -- "-$worker" 2>/dev/null || true
    [ -z "$worker" ] || wait "$worker" 2>/dev/null || true
    [ -z "$follower" ] || kill "$follower" 2>/dev/null || true
    exit "${1:-0}"
}
trap 'stop 1' EXIT
trap 'stop 0' INT TERM HUP

# Job control gives the worker a process group of its own.
set -m
# shellcheck disable=SC2086 # WRANGLER_ARGS is a list of words
wrangler dev --ip 127.0.0.1 --port "$PORT" --inspector-port 0 --persist-to "$STATE" --var SERVER_TIMING:true \
    --var LOG_ALL:true --var PUBLIC_URL:"$base" --var APNS_URL:"http://127.0.0.1:$apns" \
    --var TRUST_ANCHORS:any \
    $WRANGLER_ARGS </dev/null >"$log" 2>&1 &
worker=$!
set +m

until node -e "fetch('$base/healthz').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"; do
    kill -0 "$worker" 2>/dev/null || { cat "$log" >&2; echo "dev: the Worker did not start" >&2; stop 1; }
    sleep 0.3
done
# Another server may have taken the port and answered, in which case ours has ended.
kill -0 "$worker" 2>/dev/null || { cat "$log" >&2; echo "dev: is port $PORT taken?" >&2; stop 1; }

# shellcheck disable=SC2086 # two words or none
cargo run --quiet --example demo -- --url "$base" --issuer-key "$issuer_key" $listen ||
    { echo "dev: the phone complained" >&2; stop 1; }
echo
echo "edgepass is ready on $base (issuer key: $issuer_key; log: $log; Ctrl-C ends it)"
[ -z "$listen" ] || echo "It pushes to http://127.0.0.1:$apns: cargo run --example apns shows that"
tail -n 0 -f "$log" &
follower=$!
wait "$worker" || true
echo "dev: the Worker ended" >&2
stop 1
