/** Linux's words for the state of a register, by what they begin with, in plain ones. The first that fits counts. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^map_value_or_null/, "a map value, or NULL: not tested yet"],
  [/^map_value/, "a map value"],
  [/^map_ptr/, "a map"],
  [/^ctx/, "the context"],
  [/^fp/, "a place in the stack"],
  [/^pkt_end/, "the end of the packet"],
  [/^pkt.*\br=0\b/, "a place in the packet, no byte of it checked against the end"],
  [/^pkt/, "a place in the packet"],
  [/^\w+_or_null/, "a pointer, or NULL: not tested yet"],
  [/^scalar\(\)$|^scalar\(id=\d+\)$/, "any number"],
  [/^scalar/, "a number within bounds"],
  [/^-?\d+$|^-?0x[0-9a-f]+$/, "a known number"],
];

/** A register's state in plain words, if there are any. */
export function inWords(value: string): string | undefined {
  return WORDS.find(([pattern]) => pattern.test(value))?.[1];
}
