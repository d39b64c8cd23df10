// What each dependency adds to the bundle: `node bench/dependencies.mjs`, after `make bundle`.
//
// The bundle has no names. It is made once more of what cargo compiled, with names, and each function is counted for the crate
// that defines it, a generic one whatever it is used for. It has to be the same bundle, section by section.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { functions, sections } from "./wasm.mjs";

const REPOSITORY = join(import.meta.dirname, "..");
const COMPILED = join(REPOSITORY, "target/wasm32-unknown-unknown/release/edgepass.wasm");
const BUILD = join(REPOSITORY, "build");
/** Crates with fewer bytes share a line. */
const FEW = 1000;
const DATA = 11; // a section's identifier

const STD = "std, core, alloc";
const STANDARD = ["std", "core", "alloc", "compiler_builtins", "dlmalloc", "hashbrown", "__rustc"];

/** The crate that defines a function, by its name: of `<type as trait>::…` the type's, or the trait's where the type is std's. */
function crateOf(name) {
  const plain = name.replace(/\[[0-9a-f]{16}\]/g, "");
  // What the compiler makes to drop a value is the type's.
  const dropped = /^core::ptr::drop_in_place<(.*)>/.exec(plain);
  const [, type, trait] = /^<(.*?) as (.*)/.exec(dropped ? `<${dropped[1]} as core>` : plain) ?? [, plain.replace(/^</, ""), ""];
  const crates = [type, trait].map(first).filter(Boolean);
  return crates.find((crate) => crate !== STD) ?? crates[0] ?? (plain.startsWith("_") ? SHIMS : STD);
}

const SHIMS = "wasm-bindgen's shims";

/** The first crate of a path, or of a type: of `&mut [a::B<c::D>]` a, and none of `u64` and of a type parameter. */
function first(path) {
  const crate = /^(?:&|mut |\[|\(|dyn |\*const |\*mut |<)*([a-z_][a-z0-9_]*)::/.exec(path)?.[1];
  return STANDARD.includes(crate) ? STD : crate;
}

function named() {
  const directory = mkdtempSync(join(tmpdir(), "edgepass-named-"));
  const run = (tool, ...args) => execFileSync(join(REPOSITORY, tool), args, { stdio: ["ignore", "ignore", "inherit"] });
  // As worker-build runs it, and with the options of scripts/bundle.sh, which is where they are explained.
  const options = readFileSync(join(REPOSITORY, "scripts/bundle.sh"), "utf8")
    .match(/wasm-opt ([^]*?) build\//)[1].split(/[\s\\]+/).filter((option) => !option.startsWith("--strip"));
  try {
    run(".tools/bin/wasm-bindgen", "--no-typescript", "--target", "module", "--experimental-reset-state-function",
      "--force-enable-abort-handler", "--out-dir", directory, "--out-name", "index", COMPILED);
    const [from, to] = ["index_bg.wasm", "named.wasm"].map((name) => join(directory, name));
    run("node_modules/.bin/wasm-opt", ...options, "-g", from, "-o", to);
    return readFileSync(to);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Bytes by crate, the largest first, and what belongs to none. Their sum is the bundle. */
function parts(bytes) {
  const sum = (figures) => figures.reduce((a, b) => a + b, 0);
  const built = readFileSync(join(BUILD, "index_bg.wasm"));
  const of = sections(built);
  if (!same(of, sections(bytes))) throw new Error("this is not what build/ was made of: make bundle");

  const crates = {};
  for (const { name, bytes: size } of functions(bytes)) {
    const crate = name === "" ? SHIMS : crateOf(name);
    crates[crate] = (crates[crate] ?? 0) + size;
  }
  const sized = Object.entries(crates).sort(([, a], [, b]) => b - a);
  const few = sized.filter(([, size]) => size < FEW);
  const section = (wanted) => of.find(({ id }) => id === wanted).bytes;
  return [
    ...sized.filter(([, size]) => size >= FEW),
    [`${few.length} crates with less than ${FEW} bytes each`, sum(few.map(([, size]) => size))],
    ["constants of all of them", section(DATA)],
    ["types, imports, exports, tables", built.length - section(DATA) - sum(Object.values(crates))],
    ["index.js: wasm-bindgen's glue, workers-rs, src/shell", readFileSync(join(BUILD, "index.js")).length],
  ];
}

/** Whether two modules have the same sections, but for those that describe them. */
function same(sections, others) {
  const sizes = (of) => of.filter(({ name }) => name === undefined).map(({ id, bytes }) => `${id} ${bytes}`).join();
  return sizes(sections) === sizes(others);
}

const told = parts(named());
const total = told.reduce((sum, [, bytes]) => sum + bytes, 0);
const line = (name, bytes) =>
  console.log(`${name.padEnd(54)}${`${bytes}`.padStart(8)}${`${((bytes / total) * 100).toFixed(1)} %`.padStart(9)}`);
for (const [name, bytes] of told) line(name, bytes);
line("the bundle", total);
