import { asm } from "../../../src/loader/asm.ts";
import { u64 } from "../../../src/maps/codec.ts";
import { map } from "../../../src/maps/map.ts";
import type { WrongAnswers } from "./wrong-answer.ts";

/** The lesson's program, with a key and an amount of its own. */
function addBytes(key: string, amount = "r7 -= r6\nr1 = r7") {
  const volume = map.array({ name: "volume", value: u64, maxEntries: 256 });
  return asm({ type: "xdp", name: "add_bytes" })`
      r6 = *(u32 *)(r1 + 0)
      r7 = *(u32 *)(r1 + 4)
      r4 = r6
      r4 += 34
      if r4 > r7 goto pass
      r5 = *(u16 *)(r6 + 12)
      ${key}
      *(u32 *)(r10 - 4) = r5
      r1 = map[${volume}]
      r2 = r10
      r2 += -4
      call bpf_map_lookup_elem
      if r0 == 0 goto pass
      ${amount}
      lock *(u64 *)(r0 + 0) += r1
  pass:
      r0 = 2
      exit
  `;
}

/** Drops what `decide` does not send to pass. */
const dropIf = (decide: string) => asm({ type: "xdp", name: "drop_udp" })`
    r2 = *(u32 *)(r1 + 0)
    r3 = *(u32 *)(r1 + 4)
    r4 = r2
    r4 += 38
    if r4 > r3 goto pass
    r5 = *(u16 *)(r2 + 12)
    ${decide}
    r0 = 1
    exit
pass:
    r0 = 2
    exit
`;

const STEP = "if r5 != 0x81 goto plain\nr2 += 4\nr5 = *(u16 *)(r2 + 12)\nplain:";
const PROTOCOL = "r5 = *(u8 *)(r2 + 23)";

export const WRONG_14: WrongAnswers = {
  "14-1": [
    { answer: 0x8100, mistake: "order" },
    { answer: 8, mistake: "inner" },
  ],
  "14-2": [
    { answer: addBytes(""), mistake: "type" },
    { answer: addBytes("if r5 != 8 goto pass\nr5 = *(u8 *)(r6 + 23)", "r1 = 1"), mistake: "packets" },
    { answer: addBytes("r5 = *(u8 *)(r6 + 23)"), mistake: "others" },
    { answer: addBytes("if r5 != 0x800 goto pass\nr5 = *(u8 *)(r6 + 23)"), mistake: "order" },
  ],
  "14-3": [
    { answer: dropIf(`if r5 != 8 goto pass\n${PROTOCOL}\nif r5 != 17 goto pass`), mistake: "tagged" },
    { answer: dropIf(`${STEP}\nif r5 != 8 goto pass`), mistake: "protocol" },
    { answer: dropIf(`${STEP}\n${PROTOCOL}\nif r5 != 17 goto pass`), mistake: "all" },
  ],
  "14-4": [
    { answer: ["XDP_REDIRECT", "XDP_PASS", "XDP_ABORTED", "XDP_DROP"], mistake: "other" },
    { answer: ["XDP_TX", "XDP_PASS", "XDP_DROP", "XDP_DROP"], mistake: "silent" },
    { answer: ["XDP_TX", "XDP_PASS", "XDP_ABORTED", "XDP_ABORTED"], mistake: "noisy" },
  ],
};
