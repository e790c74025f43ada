/** Types that fill a gap, widest first. */
const PADS = [
  { name: "long", bits: 64 },
  { name: "int", bits: 32 },
  { name: "short", bits: 16 },
  { name: "char", bits: 8 },
] as const;

const roundUp = (value: number, to: number): number => Math.ceil(value / to) * to;

/**
 * The nameless bitfields that C needs between two members so that the second lies where it does: `long: 64`, and
 * `int: 0` where the next member would otherwise come too early. Offsets are bits, `align` is the bytes that the next
 * member is aligned to anyway; between bitfields every bit is written out.
 *
 * @example
 * padding(32, 128, 8, false); // ["long: 64"]: C itself goes from bit 32 to 64
 */
export function padding(from: number, to: number, align: number, inBitfield: boolean): string[] {
  if (from >= to) return [];
  const found: string[] = [];
  const pad = PADS.find(({ bits }) => roundUp(from, bits) <= to) ?? PADS[3];
  const start = roundUp(from, pad.bits);
  let at = from;
  if (start > from && start <= to) {
    const alone = start === to ? roundUp(from, align * 8) !== start : to - start <= start - from;
    if (inBitfield || alone) found.push(`${pad.name}: ${inBitfield ? start - from : 0}`);
    at = start;
  }
  while (at !== to) {
    const bits = Math.min(to - at, pad.bits);
    const name = bits === pad.bits ? pad.name : PADS.findLast((each) => each.bits >= bits)!.name;
    found.push(`${name}: ${bits}`);
    at += bits;
  }
  return found;
}
