/** JSON as bpftool writes it: members in order (one name may come twice), arrays of values on one line, 4 blanks of indentation. */

/** A value that bpftool prints in a form of its own: hexadecimal with quotes, a number that is too long. */
export interface Printed {
  readonly printed: string;
}

/** An object by its members, in the order in which they are written. */
export interface JsonObject {
  readonly members: readonly (readonly [name: string, value: Json])[];
}

export type Json = null | boolean | number | bigint | string | Printed | JsonObject | readonly Json[];

/** An object of these members; those that are `undefined` are left out. */
export const object = (...members: readonly (readonly [string, Json | undefined])[]): JsonObject => ({
  members: members.filter((member): member is readonly [string, Json] => member[1] !== undefined),
});

/** Text as it is. */
export const printed = (text: string): Printed => ({ printed: text });

/** A byte as bpftool writes it in arrays: `"0x0f"`. */
export const hexByte = (byte: number): string => `0x${byte.toString(16).padStart(2, "0")}`;

const ESCAPES: Readonly<Record<string, string>> = {
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
  "\f": "\\f",
  "\b": "\\b",
  "\\": "\\\\",
  '"': '\\"',
};

const quoted = (text: string): string => `"${text.replaceAll(/[\t\n\r\f\b\\"]/g, (found) => ESCAPES[found]!)}"`;

/**
 * The text of a value, on one line or pretty as `-p` prints it. No line feed at its end.
 *
 * @example
 * jsonText(object(["ids", [1, 2]]), false); // {"ids":[1,2]}
 */
export function jsonText(value: Json, pretty: boolean, depth = 0): string {
  const line = (at: number): string => (pretty ? `\n${"    ".repeat(at)}` : "");
  if (value === null || typeof value === "boolean" || typeof value === "number" || typeof value === "bigint")
    return String(value);
  if (typeof value === "string") return quoted(value);
  if (isList(value)) {
    const items = value.map((item) => jsonText(item, pretty, depth + 1));
    return `[${items.join(",")}${items.length > 0 ? line(depth) : ""}]`;
  }
  if ("printed" in value) return value.printed;
  const members = value.members.map(
    ([name, item]) => `${line(depth + 1)}${quoted(name)}:${pretty ? " " : ""}${jsonText(item, pretty, depth + 1)}`,
  );
  return `{${members.join(",")}${members.length > 0 ? line(depth) : ""}}`;
}

const isList = (value: Printed | JsonObject | readonly Json[]): value is readonly Json[] => Array.isArray(value);

/** The value as plain JavaScript, for who works with it; of members with one name the last is kept. */
export function plain(value: Json): unknown {
  if (value === null || typeof value !== "object") return value;
  if (isList(value)) return value.map(plain);
  if ("printed" in value) {
    try {
      return JSON.parse(value.printed) as unknown;
    } catch {
      return value.printed;
    }
  }
  return Object.fromEntries(value.members.map(([name, item]) => [name, plain(item)]));
}
