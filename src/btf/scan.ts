import { BtfError } from "./error.ts";
import { type BtfKind, INFO_MASK, KIND_NAMES, kindNumber, typeBytes, vlenOf } from "./kinds.ts";

/** What the scan needs to know around the type section. */
export interface ScanContext {
  /** The type section, as little-endian words. */
  readonly words: Uint32Array;
  /** Where that section starts in the BTF, in bytes: for errors. */
  readonly at: number;
  /** Id of the first type: 1, or the number of types of the base. */
  readonly firstId: number;
  /** One past the last valid offset of a name. */
  readonly stringsEnd: number;
}

/**
 * Finds where each type starts, in words, with one more entry for the end. Checks all that later reading relies on:
 * the kinds, the room for their elements, that names and types they refer to exist.
 */
export function scanTypes(context: ScanContext): Uint32Array {
  const starts = findStarts(context);
  for (let index = 0; index + 1 < starts.length; index++) checkReferences(context, starts, index);
  return starts;
}

function findStarts({ words, at, firstId, stringsEnd }: ScanContext): Uint32Array {
  let starts = new Uint32Array(Math.max(16, words.length >> 2));
  let count = 0;
  let word = 0;
  while (word < words.length) {
    const typeId = firstId + count;
    const fail = (reason: string): never => {
      throw new BtfError(reason, { section: "types", offset: at + word * 4, typeId });
    };
    const left = (words.length - word) * 4;
    if (left < 12) fail(`meta_left:${left} meta_needed:12`);
    const info = words[word + 1];
    if ((info & ~INFO_MASK) !== 0) fail(`Invalid btf_info:${info.toString(16)}`);
    const bytes = typeBytes(info);
    if (bytes < 0) fail(`Invalid kind:${kindNumber(info)}`);
    if (words[word] >= stringsEnd) fail(`Invalid name_offset:${words[word]}`);
    if (left < bytes) fail(`meta_left:${left - 12} meta_needed:${bytes - 12}`);
    if (count + 1 >= starts.length) {
      const more = new Uint32Array(starts.length * 2);
      more.set(starts);
      starts = more;
    }
    starts[count++] = word;
    word += bytes / 4;
  }
  starts[count] = word;
  return starts.slice(0, count + 1);
}

/** Kinds whose third word is a type. */
const REFERRING: ReadonlySet<BtfKind> = new Set<BtfKind>([
  ...([
    "ptr",
    "typedef",
    "volatile",
    "const",
    "restrict",
    "func",
    "func_proto",
    "var",
    "decl_tag",
    "type_tag",
  ] as const),
]);

function checkReferences({ words, at, firstId, stringsEnd }: ScanContext, starts: Uint32Array, index: number): void {
  const limit = firstId + starts.length - 1;
  const start = starts[index];
  const fail = (reason: string, word: number): never => {
    throw new BtfError(reason, { section: "types", offset: at + word * 4, typeId: firstId + index });
  };
  const type = (word: number) => {
    if (words[word] >= limit) fail(`Invalid type_id: ${words[word]} of ${limit} types`, word);
  };
  const name = (word: number) => {
    if (words[word] >= stringsEnd) fail(`Invalid name_offset:${words[word]}`, word);
  };
  const info = words[start + 1];
  const kind = KIND_NAMES[kindNumber(info)];
  const vlen = vlenOf(info);
  if (REFERRING.has(kind)) type(start + 2);
  const rest = start + 3;
  switch (kind) {
    case "int":
      if (![0, 1, 2, 4].includes((words[rest] >>> 24) & 0xf)) fail("Unsupported encoding", rest);
      return;
    case "array":
      type(rest);
      type(rest + 1);
      return;
    case "struct":
    case "union":
      for (let member = rest; member < rest + 3 * vlen; member += 3) {
        name(member);
        type(member + 1);
      }
      return;
    case "enum":
      for (let value = rest; value < rest + 2 * vlen; value += 2) name(value);
      return;
    case "enum64":
      for (let value = rest; value < rest + 3 * vlen; value += 3) name(value);
      return;
    case "func_proto":
      for (let param = rest; param < rest + 2 * vlen; param += 2) {
        name(param);
        type(param + 1);
      }
      return;
    case "datasec":
      for (let entry = rest; entry < rest + 3 * vlen; entry += 3) type(entry);
      return;
    case "func":
      if (vlen > 2) fail("Invalid func linkage", start + 1);
      return;
    case "var":
      if (words[rest] > 2) fail("Linkage not supported", rest);
  }
}
