/** One value out of a map, as short text. */

/** Deeper parts of a value are shown as an ellipsis. */
const MAX_DEPTH = 4;
const MAX_ITEMS = 16;

/**
 * Numbers as they are, bytes in hex, structs as bpftrace prints records: `{ .pid = 5, .comm = sh }`.
 * Values come from whoever wrote the map's types, so anything at all gets some text.
 */
export function valueText(value: unknown, depth = 0): string {
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Uint8Array) return bytesText(value);
  if (depth === MAX_DEPTH) return "…";
  if (isList(value)) {
    const shown = Array.from({ length: Math.min(value.length, MAX_ITEMS) }, (_, i) => valueText(value[i], depth + 1));
    return `[${[...shown, ...(value.length > MAX_ITEMS ? ["…"] : [])].join(", ")}]`;
  }
  const fields = Object.entries(value).map(([name, field]) => `.${name} = ${valueText(field, depth + 1)}`);
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}

/** The fields of a struct, or nothing for every other value. */
export function fieldsOf(value: unknown): readonly string[] | undefined {
  if (typeof value !== "object" || value === null || isList(value)) return undefined;
  const names = Object.keys(value);
  return names.length > 0 ? names : undefined;
}

function bytesText(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, MAX_ITEMS), (byte) => byte.toString(16).padStart(2, "0"));
  return [...shown, ...(bytes.length > MAX_ITEMS ? ["…"] : [])].join(" ");
}

function isList(value: object): value is ArrayLike<unknown> & object {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}
