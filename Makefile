# edgepass. Every target installs the tools that it needs, in pinned versions, below the checkout.
.PHONY: help dev browser test bench simulate check build bundle package deploy tools clean
.DEFAULT_GOAL := help
.NOTPARALLEL:

PORT ?= 8787
STATE ?= .wrangler/state
WRANGLER_ARGS ?=
# Two threads for each core: many tests wait for a Worker to start, or for a push that is due in some seconds.
TEST_THREADS ?= $(shell expr 2 '*' $$(getconf _NPROCESSORS_ONLN))
export PATH := $(CURDIR)/node_modules/.bin:$(CURDIR)/.tools/bin:$(PATH)
export WRANGLER_SEND_METRICS := false

help: ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "make %-10s %s\n", $$1, $$2 }'

tools: ## Install the pinned tools below the checkout
	@scripts/tools.sh

dev: tools bundle ## Serve on 127.0.0.1:PORT (8787), play a simulated phone, go on serving
	@PORT='$(PORT)' STATE='$(STATE)' WRANGLER_ARGS='$(WRANGLER_ARGS)' exec scripts/dev.sh

browser: tools
	@tests/browser/setup.sh

test: tools browser package ## All tests: end to end against wrangler dev, properties, simulation
	@scripts/size.sh 715000
	@RUST_TEST_THREADS=$(TEST_THREADS) cargo test --quiet --workspace

bench: tools bundle ## Measure speed and size; PARTS=endpoints,scale only some parts; BASELINE=DIR compares with another built checkout
	@bench/setup.sh
	@BASELINE='$(BASELINE)' ROUNDS='$(ROUNDS)' PARTS='$(PARTS)' LINES='$(LINES)' exec node bench/run.mjs

simulate: tools ## Simulate: SEEDS=10000 many schedules, or SEED=… one of them again
	@SEED='$(SEED)' SEEDS='$(SEEDS)' cargo test --quiet --test simulation -- --nocapture

check: tools ## Formatting, lints, licences, documentation, line width, the figures of docs/cost.md
	@scripts/tools.sh check
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo clippy --target wasm32-unknown-unknown -- -D warnings
	.tools/bin/cargo-deny check bans licenses sources
	# A library that is never linked, so that no C++ is compiled.
	CUSTOM_LIBFUZZER_PATH=./none.a CARGO_TARGET_DIR='$(CURDIR)/target/fuzz' \
		cargo clippy --manifest-path crates/pkpass/fuzz/Cargo.toml --locked --bins -- -D warnings
	RUSTDOCFLAGS='-D warnings -A rustdoc::private-intra-doc-links' cargo doc --workspace --no-deps --document-private-items
	node bench/cost.mjs --check
	node scripts/width.mjs

build: tools bundle ## Build the Worker and print its size
	@scripts/size.sh

# The sources of the Worker. wrangler runs `make bundle` too, before it serves or deploys.
SOURCES := $(shell find src static migrations crates/pkpass/src crates/sql-proof/src -type f) askama.toml build.rs Cargo.lock .cargo/config.toml \
           Cargo.toml $(wildcard crates/*/Cargo.toml) rust-toolchain.toml $(wildcard .git/HEAD .git/logs/HEAD)
# scripts/bundle.sh writes the stamp last, so an interrupted bundle is made again.
bundle: tools build/.bundled

build/.bundled: $(SOURCES) scripts/bundle.sh scripts/tools.sh package-lock.json
	@scripts/bundle.sh

package: tools bundle ## Pack the npm package dist/edgepass-VERSION.tgz: the built Worker and the command that deploys it
	@node scripts/package.mjs

deploy: tools bundle ## Create the database if it is missing (LOCATION=weur: there), apply migrations, deploy the Worker
	@LOCATION='$(LOCATION)' node scripts/deploy.mjs

clean: ## Delete the bundle, compiled code and the local state
	rm -rf build dist target .wrangler
