/** Maps that nobody can change any more: what is in them is known. What Linux 6.18 says of each program. */
import type { TypedText } from "./typed-programs.ts";

const RETURN = "r0 = 0\n exit";

const lookup = (map: string, key = 0): string => `
  *(u32 *)(r10 - 4) = ${key}
  r1 = map[${map}]
  r2 = r10
  r2 += -4
  call map_lookup_elem
  if r0 == 0 goto none
  r6 = r0`;

const program = (...lines: string[]): string => `${lines.join("\n")}\nnone:\n${RETURN}`;

export const FROZEN_CASES: readonly TypedText[] = [
  {
    name: "a constant of each size",
    text: program(
      "r6 = map[constants][0]",
      "r1 = *(u8 *)(r6 + 1)\n r2 = *(u16 *)(r6 + 2)\n r3 = *(u32 *)(r6 + 4)\n r4 = *(u64 *)(r6 + 8)",
      "r1 = *(s8 *)(r6 + 15)\n r2 = *(s16 *)(r6 + 14)\n r3 = *(s32 *)(r6 + 12)",
    ),
  },
  { name: "a constant across its neighbours", text: program("r6 = map[constants][0]+3", "r1 = *(u64 *)(r6 + 0)") },
  {
    name: "a constant that rules a branch out",
    text: program("r6 = map[constants][0]", "r1 = *(u8 *)(r6 + 1)\n if r1 == 1 goto none\n r2 = *(u64 *)(r10 - 400)"),
  },
  { name: "a constant of a lookup", text: program(lookup("constants"), "r1 = *(u32 *)(r6 + 4)") },
  {
    name: "a constant at an unknown place",
    text: program("r6 = map[constants][0]", "call get_prandom_u32\n r0 &= 7\n r6 += r0\n r1 = *(u8 *)(r6 + 0)"),
  },
  {
    name: "a constant is written",
    text: program("r6 = map[constants][0]", "*(u8 *)(r6 + 0) = 1"),
    error: "write into map forbidden, value_size=16 off=0 size=1",
    errno: "EACCES",
  },
  {
    name: "behind the constants",
    text: program("r6 = map[constants][0]", "r1 = *(u64 *)(r6 + 12)"),
    error: "R6 min value is outside of the allowed memory range",
    errno: "EACCES",
  },
  { name: "a frozen map that programs may write", text: program("r6 = map[settled][0]", "r1 = *(u64 *)(r6 + 0)") },
  { name: "a frozen hash", text: program(lookup("frozenHash"), "r1 = *(u64 *)(r6 + 0)") },
];
