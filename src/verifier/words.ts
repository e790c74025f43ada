/** Messages and sentences with their values in place; Linux's spelling of what a register holds, in words. */
import type { MessageValue } from "./messages.ts";

const TYPES: Readonly<Record<string, string>> = {
  "?": "nothing",
  scalar: "a number, not an address",
  ctx: "the context",
  map_ptr: "a map, not an address in it",
  map_value: "an address in a map's value",
  map_value_or_null: "the result of a lookup, which is NULL if there is no such element",
  fp: "an address on the stack",
  pkt: "an address in the packet",
  pkt_meta: "an address in the packet's metadata",
  pkt_end: "the end of the packet, behind which nothing may be read",
  sock_common: "a socket",
  sock_common_or_null: "a socket or NULL",
  mem: "an address in memory",
  mem_or_null: "the address of memory, or NULL",
  ringbuf_mem: "a record of a ring buffer, as it was reserved",
  ringbuf_mem_or_null: "a record of a ring buffer, or NULL if the buffer is full",
  sock: "a socket",
  sock_or_null: "a socket, or NULL if none was found",
  tcp_sock: "a TCP socket",
  tcp_sock_or_null: "a TCP socket, or NULL",
  map_key: "an address in a map's key",
  buf: "a buffer of Linux",
  func: "a function of the program",
  dynptr_ptr: "a dynptr",
};

/** Types whose names end in that of a structure, and what may be NULL. */
function composed(type: string): string {
  const nullable = /^(\w+?)_or_null(_\w+)?$/.exec(type);
  if (nullable) return `${typeInWords(nullable[1] + (nullable[2] ?? ""))}, or NULL`;
  const structure = /^(?:\w+_)?ptr_(\w+)$/.exec(type)?.[1];
  return structure === undefined || structure === "" ? type : `a pointer to a struct ${structure}`;
}

/** A type of the log (`map_value_or_null`) as a phrase. */
export const typeInWords = (type: string): string => TYPES[type] ?? composed(type);

/** What a helper takes, by the log's name of it. */
const TAKEN: Readonly<Record<string, string>> = {
  fp: "the stack",
  pkt: "the packet",
  pkt_meta: "the packet's metadata",
  map_key: "a map's key",
  map_value: "a map's value",
  mem: "other memory",
  ringbuf_mem: "a record of a ring buffer",
  buf: "a buffer",
  trusted_ptr_: "an object of Linux",
};

/** A list of types that a helper takes (`fp, pkt, map_value`) as a phrase. */
function takenInWords(types: string): string {
  const all = types.split(", ");
  if (all.length === 1) return typeInWords(all[0]);
  const known = all.map((type) => TAKEN[type] ?? type);
  return `the address of bytes on ${known[0]}, in ${known.slice(1, -1).join(", ")} or in ${known.at(-1)}`.replace(
    /^the address of bytes on (?!the stack)/,
    "",
  );
}

/** Fills `{0}` of a sentence with values; `{1:type}` puts a type in words, `{2:taken}` what a helper takes, `{2:signed}` shows the sign. */
export function fillSentence(sentence: string, values: readonly (string | number)[]): string {
  const filled = sentence.replace(
    /\{(\d)(?::(type|taken|signed))?\}/g,
    (_, index: string, form: string | undefined) => {
      const value = values[Number(index)];
      if (form === "taken") return takenInWords(String(value));
      if (form === "type") return typeInWords(String(value));
      return form === "signed" && Number(value) >= 0 ? `+${value}` : String(value);
    },
  );
  return filled.replace(/(?<= )1 (byte|instruction)s\b/g, "1 $1");
}

/** A format with its values in place. `%02x` and `%x` print numbers in hexadecimal, all else prints them as they are. */
export function fillMessage(format: string, values: readonly MessageValue[]): string {
  let next = 0;
  return format.replace(/%(02)?([dsux])/g, (_, wide: string | undefined, kind: string) => {
    const value = values[next++];
    if (kind !== "x") return String(value);
    return (Number(value) >>> 0).toString(16).padStart(wide ? 2 : 0, "0");
  });
}
