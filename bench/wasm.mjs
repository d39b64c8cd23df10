// What a WebAssembly module consists of.

const [CUSTOM, IMPORTS, CODE] = [0, 2, 10];
const [FUNCTION, TAG] = [0, 4]; // kinds of imports; a tag is an exception's
const FUNCTION_NAMES = 1; // a part of the section of names

/** Reads numbers and strings from a place on. */
class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  byte() {
    return this.bytes[this.at++];
  }

  number() {
    for (let [value, factor] = [0, 1]; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  text() {
    const length = this.number();
    this.at += length;
    return Buffer.from(this.bytes.subarray(this.at - length, this.at)).toString();
  }
}

/** The sections: identifier, name if it is a custom one, bytes with their head, where the content begins. */
export function sections(bytes) {
  const found = [];
  for (const reader = new Reader(bytes, 8); reader.at < bytes.length; ) {
    const begin = reader.at;
    const id = reader.byte();
    const length = reader.number();
    const content = reader.at;
    const name = id === CUSTOM ? reader.text() : undefined;
    reader.at = content + length;
    found.push({ id, name, content, bytes: reader.at - begin });
  }
  return found;
}

/** The functions with their names and bytes. What a section of code has besides is a few bytes. */
export function functions(bytes) {
  const imported = importedFunctions(bytes);
  const names = functionNames(bytes);
  const reader = new Reader(bytes, sections(bytes).find(({ id }) => id === CODE).content);
  return Array.from({ length: reader.number() }, (_, index) => {
    const begin = reader.at;
    const length = reader.number();
    reader.at += length;
    return { name: names.get(imported + index) ?? "", bytes: reader.at - begin };
  });
}

function importedFunctions(bytes) {
  const reader = new Reader(bytes, sections(bytes).find(({ id }) => id === IMPORTS).content);
  let functions = 0;
  for (let left = reader.number(); left > 0; left -= 1) {
    reader.text();
    reader.text();
    const kind = reader.byte();
    if (kind !== FUNCTION && kind !== TAG) throw new Error(`an import of kind ${kind}`); // wasm-bindgen has no other
    if (kind === TAG) reader.byte();
    reader.number();
    if (kind === FUNCTION) functions += 1;
  }
  return functions;
}

function functionNames(bytes) {
  const section = sections(bytes).find(({ name }) => name === "name");
  const reader = new Reader(bytes, section.content);
  reader.text();
  while (reader.at < bytes.length) {
    const part = reader.byte();
    const end = reader.number() + reader.at;
    if (part === FUNCTION_NAMES) {
      return new Map(Array.from({ length: reader.number() }, () => [reader.number(), reader.text()]));
    }
    reader.at = end;
  }
  return new Map();
}
