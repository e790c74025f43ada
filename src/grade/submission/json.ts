import { GradeError } from "../error.ts";

/**
 * Reads JSON that somebody hostile may have written: at most `bytes` long and `depth` deep, valid UTF-8. Throws `GradeError`.
 *
 * @example readJson(new TextEncoder().encode('{"a":1}'), { bytes: 100, depth: 4 })
 */
export function readJson(
  bytes: Uint8Array,
  { bytes: most, depth, where = "" }: { readonly bytes: number; readonly depth: number; readonly where?: string },
): unknown {
  if (bytes.length > most) {
    throw new GradeError("too-large", where, `it has ${bytes.length} bytes; ${most} are allowed`);
  }
  const deep = deepest(bytes, depth);
  if (deep !== undefined) {
    throw new GradeError("too-deep", where, `it nests deeper than ${depth} levels, at byte ${deep}`);
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown;
  } catch (error) {
    const said = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    throw new GradeError("not-json", where, `it is no JSON: ${said.slice(0, 120)}`, "", error);
  }
}

const [QUOTE, BACKSLASH, OPEN_LIST, OPEN_OBJECT, CLOSE_LIST, CLOSE_OBJECT] = [0x22, 0x5c, 0x5b, 0x7b, 0x5d, 0x7d];

/** The byte at which brackets outside of texts nest deeper than `most`; undefined if nowhere. */
function deepest(bytes: Uint8Array, most: number): number | undefined {
  let [depth, inText] = [0, false];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (inText) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      if (++depth > most) return at;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--;
  }
  return undefined;
}

/**
 * JSON with its keys in order and no blanks: equal data, equal bytes on every machine. Members that are undefined are left out.
 *
 * @example canonical({ b: 1, a: [2n] }) // throws TypeError for the bigint; canonical({ b: 1, a: 2 }) is '{"a":2,"b":1}'
 */
export function canonical(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const object: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(value).sort()) object[key] = sorted((value as Record<string, unknown>)[key]);
  return object;
}
