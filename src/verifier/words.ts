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
};

/** A type of the log (`map_value_or_null`) as a phrase. */
export const typeInWords = (type: string): string => TYPES[type] ?? type;

/** Fills `{0}` of a sentence with values; `{1:type}` puts a type in words, `{2:signed}` shows the sign. */
export function fillSentence(sentence: string, values: readonly (string | number)[]): string {
  const filled = sentence.replace(/\{(\d)(?::(type|signed))?\}/g, (_, index: string, form: string | undefined) => {
    const value = values[Number(index)];
    if (form === "type") return typeInWords(String(value));
    return form === "signed" && Number(value) >= 0 ? `+${value}` : String(value);
  });
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
