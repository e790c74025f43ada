/**
 * The protocol counts characters in Unicode code points (since 5.2), JavaScript in UTF-16 units: an emoji is one of the
 * former and two of the latter.
 */

/** The UTF-16 offset of a code point offset; past the end it is the end. */
export function toUtf16(text: string, codePoints: number): number {
  let units = 0;
  for (let left = codePoints; left > 0 && units < text.length; left--) {
    units += text.codePointAt(units)! > 0xffff ? 2 : 1;
  }
  return units;
}

/** The code point offset of a UTF-16 offset. */
export function toCodePoints(text: string, units: number): number {
  let points = 0;
  for (let at = 0; at < Math.min(units, text.length); points++) at += text.codePointAt(at)! > 0xffff ? 2 : 1;
  return points;
}
