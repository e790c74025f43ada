/** The state of a run after any number of its steps, made of the first state and what each step changed. */
import type { TraceData } from "./trace.client.ts";

/** Text of a line of memory; what the last step wrote is marked. */
interface BytesText {
  readonly text: string;
  readonly changed: boolean;
}

/** What is shown of a moment. */
export interface TraceState {
  readonly registers: readonly string[];
  /** Registers that the last step changed. */
  readonly changed: ReadonlySet<number>;
  /** Stack, maps, packet, other places. */
  readonly parts: readonly { readonly title: string; readonly lines: readonly (readonly BytesText[])[] }[];
}

/** Bytes of a line: a narrow frame has room for these. */
const ROW = 8;

const bytesOf = (hex: string): string[] => hex.match(/../g) ?? [];

/**
 * Registers and memory after `count` steps.
 *
 * @example stateAt(data, 3).registers[0] // "0x5"
 */
export function stateAt({ registers: first, pieces, steps, maps }: TraceData, count: number): TraceState {
  const registers = [...first];
  const bytes = pieces.map((piece) => bytesOf(piece.bytes));
  const stack = new Map<number, string>();
  const other = new Map<string, string>();
  const elements = maps.map((map) => new Map(map.elements));
  const changed = new Set<number>();
  const written = new Set<string>();
  for (const [, , values, writes, , told = []] of steps.slice(0, count)) {
    changed.clear();
    written.clear();
    for (const [number, value] of values) {
      registers[number] = value;
      changed.add(number);
    }
    for (const [map, key, value] of told) {
      if (value === undefined) elements[map]!.delete(key);
      else elements[map]!.set(key, value);
      written.add(`map ${map} ${value === undefined ? "deleted" : key}`);
    }
    for (const [place, at, hex] of writes) {
      if (place === "?") {
        other.set(String(at), hex);
        written.add(`? ${at}`);
        continue;
      }
      for (const [i, byte] of bytesOf(hex).entries()) {
        const to = Number(at) + i;
        if (place === "s") stack.set(to, byte);
        else if (to < bytes[place]!.length) bytes[place]![to] = byte;
        written.add(`${place} ${to}`);
      }
    }
  }
  const words = [...new Set([...stack.keys()].map((at) => Math.floor(at / 8) * 8))].sort((a, b) => b - a);
  const parts = [
    {
      title: "Stack, bytes that were written",
      lines: words.map((word) =>
        line(`fp${word}`, 8, (i) => [stack.get(word + i) ?? "..", written.has(`s ${word + i}`)]),
      ),
    },
    ...pieces.map(({ name, more }, piece) => ({
      title: more ? `${name}, the first bytes` : name,
      lines: Array.from({ length: Math.ceil(bytes[piece]!.length / ROW) }, (_, row) =>
        line((row * ROW).toString(16).padStart(4, "0"), Math.min(ROW, bytes[piece]!.length - row * ROW), (i) => [
          bytes[piece]![row * ROW + i]!,
          written.has(`${piece} ${row * ROW + i}`),
        ]),
      ),
    })),
    ...maps.map(({ name, written: few }, map) => ({
      title: `map ${name}, ${few ? "what was written, by key" : elements[map]!.size === 0 ? "empty" : "by key"}${written.has(`map ${map} deleted`) ? "; one was deleted *" : ""}`,
      lines: [
        [],
        ...[...elements[map]!].map(([key, value]) => [
          { text: `${key}: `, changed: false },
          { text: value, changed: written.has(`map ${map} ${key}`) },
        ]),
      ].slice(elements[map]!.size === 0 && !few ? 0 : 1),
    })),
    {
      title: "Elsewhere",
      lines: [...other].map(([address, hex]) => [
        { text: `${address} = ${hex}`, changed: written.has(`? ${address}`) },
      ]),
    },
  ];
  return { registers, changed, parts: parts.filter(({ lines }) => lines.length > 0) };
}

/** `fp-8     28  00 [07] ...`: each byte has room for its mark. */
function line(head: string, size: number, byteAt: (i: number) => readonly [string, boolean]): BytesText[] {
  const cells = Array.from({ length: size }, (_, i) => byteAt(i));
  return [
    { text: head.padEnd(8), changed: false },
    ...cells.map(([text, changed]) => ({ text: changed ? text : ` ${text} `, changed })),
  ];
}
