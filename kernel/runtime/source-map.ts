import type { Position } from "./edits.ts";

/** `[generated column, source line, source column]`, all 0-based, ordered by the first. */
type Segment = readonly [number, number, number];

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * The way back through a source map of one source.
 *
 * @param mappings the map's `mappings`: lines separated by `;`, segments by `,`, numbers in base64 VLQ
 * @see https://tc39.es/ecma426/
 */
export function sourceMapLookup(mappings: string): (generated: Position) => Position {
  const lines = decode(mappings);
  return ({ line, column }) => {
    // A line that only holds helpers of the compiler has no segments: it belongs to the code before it.
    for (let index = Math.min(line, lines.length) - 1; index >= 0; index--) {
      const segments = lines[index]!;
      const found = index === line - 1 ? segments.findLast(([start]) => start <= column - 1) : segments.at(-1);
      if (found) return { line: found[1] + 1, column: found[2] + 1 };
    }
    return { line: 1, column: 1 };
  };
}

function decode(mappings: string): Segment[][] {
  let source = 0;
  let line = 0;
  let column = 0;
  return mappings.split(";").map((text) => {
    let generated = 0;
    const segments: Segment[] = [];
    for (const part of text === "" ? [] : text.split(",")) {
      const [first = 0, second, third = 0, fourth = 0] = numbers(part);
      generated += first;
      if (second === undefined) continue;
      source += second;
      line += third;
      column += fourth;
      if (source === 0) segments.push([generated, line, column]);
    }
    return segments;
  });
}

/** Base64 VLQ: six bits a digit, the highest says that more follow, the lowest of the number is its sign. */
function numbers(part: string): number[] {
  const found: number[] = [];
  let value = 0;
  let shift = 0;
  for (const character of part) {
    const digit = DIGITS.indexOf(character);
    value |= (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    found.push(value & 1 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return found;
}
