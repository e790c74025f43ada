/** The line on which numbers of all sizes have a place: it counts their binary digits. */

/**
 * The place of a number, from 0 to 1. With `zero` 0 the line begins at 0 and ends at 2^64, with 0.5 it goes from -2^63 to 2^63.
 *
 * @example placeOnLine(255n, 0) // 0.125: eight of 64 digits
 */
export function placeOnLine(number: bigint, zero: number): number {
  const magnitude = Number(number < 0n ? -number : number);
  const length = Math.log2(magnitude + 1) / 64;
  const share = zero === 0 ? length : length / 2;
  return Math.min(1, Math.max(0, zero + (number < 0n ? -share : share)));
}
