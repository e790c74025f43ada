import { asm } from "../../../src/loader/asm.ts";
import { u32, u64 } from "../../../src/maps/codec.ts";
import { MapDeclaration } from "../../../src/maps/declaration.ts";
import { map } from "../../../src/maps/map.ts";
import type { WrongAnswers } from "./wrong-answer.ts";

const handlers = new MapDeclaration({
  ...{ type: "prog_array", name: "handlers" },
  ...{ key: u32, value: u32, maxEntries: 256 },
} as const);
const found = map.percpuArray({ name: "found", value: u64, maxEntries: 1 });

/** `index` puts the place into r3; `behind` is what stands behind the call. */
const dispatcher = (index: string, behind = "r0 = 2") => asm({ type: "xdp", name: "dispatcher" })`
    r2 = *(u32 *)(r1 + 0)
    r3 = *(u32 *)(r1 + 4)
    r4 = r2
    r4 += 34
    if r4 > r3 goto pass
    ${index}
    r2 = map[${handlers}]
    call bpf_tail_call
    ${behind}
    exit
pass:
    r0 = 2
    exit
`;
const IPV4 = "r5 = *(u16 *)(r2 + 12)\nif r5 != 8 goto pass\n";

const second = (compare: string, drop = 1, pass = 2) => asm({ type: "xdp", name: "second" })`
    r7 = *(u32 *)(r1 + 4)
    r2 = *(u32 *)(r1 + 0)
    r7 -= r2
    *(u32 *)(r10 - 4) = 0
    r1 = map[${found}]
    r2 = r10
    r2 += -4
    call bpf_map_lookup_elem
    if r0 == 0 goto pass
    r1 = *(u64 *)(r0 + 0)
    ${compare}
pass:
    r0 = ${pass}
    exit
drop:
    r0 = ${drop}
    exit
`;

export const WRONG_25: WrongAnswers = {
  "25-1": [
    { answer: [17, 16], mistake: "first" },
    { answer: [33, 33], mistake: "each" },
    { answer: [18, 16], mistake: "turn" },
  ],
  "25-2": [
    { answer: dispatcher("r3 = 23"), mistake: "fixed" },
    { answer: dispatcher(`${IPV4}r3 = *(u8 *)(r2 + 9)`), mistake: "offset" },
    { answer: dispatcher("r3 = *(u8 *)(r2 + 23)"), mistake: "others" },
    { answer: dispatcher(`${IPV4}r3 = *(u8 *)(r2 + 23)`, "r0 = 1"), mistake: "behind" },
  ],
  "25-3": [
    { answer: second("if r7 > 100 goto drop"), mistake: "own" },
    {
      answer: asm({ type: "xdp", name: "second" })("r0 = 2\nif r7 <= 100 goto +1\nr0 = 1\nexit"),
      mistake: "register",
    },
    { answer: second("if r1 > 100 goto drop", 2, 1), mistake: "reversed" },
    { answer: second("if r1 >= 100 goto drop"), mistake: "edge" },
  ],
  "25-4": [
    { answer: ["tail call", "static function", "static function", "bpf_loop"], mistake: "again" },
    { answer: ["tail call", "global function", "global function", "bpf_loop"], mistake: "checked" },
    { answer: ["tail call", "global function", "static function", "tail call"], mistake: "many" },
  ],
};
