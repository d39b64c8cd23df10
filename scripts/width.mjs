// Fails if a line of the project has more than 128 characters, and names each such line.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";

const WIDEST = 128;
// Migrations never change, so theirs stay as they are.
const FILES = ["*.rs", "*.md", "*.sql", ":!migrations/*.sql", "*.mjs", "*.js", "*.sh", "*.toml"];

/** Whether a line cannot be broken: a row of a table, a line with a URL, and a Rust line that is mostly one string literal. */
function isUnbreakable(file, line) {
  if (/https?:\/\//.test(line) || (file.endsWith(".md") && line.trimStart().startsWith("|"))) return true;
  const literals = file.endsWith(".rs") ? (line.match(/r#".*?"#|"(\\.|[^"\\])*"/g) ?? []) : [];
  return literals.some((literal) => literal.length > line.trim().length / 2);
}

const files = execFileSync("git", ["ls-files", "-z", "--", ...FILES], { encoding: "utf8" }).split("\0").filter(Boolean);
for (const file of files) {
  const lines = readFileSync(file, "utf8").split("\n");
  for (const [index, line] of lines.entries()) {
    const width = [...line].length;
    if (width > WIDEST && !isUnbreakable(file, line)) {
      console.error(`${file}:${index + 1}: ${width} characters, at most ${WIDEST}`);
      process.exitCode = 1;
    }
  }
}
