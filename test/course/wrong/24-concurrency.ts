import { asm } from "../../../src/loader/asm.ts";
import { u32, u64 } from "../../../src/maps/codec.ts";
import { bpfSpinLock } from "../../../src/maps/kernel-codec.ts";
import { map } from "../../../src/maps/map.ts";
import { struct } from "../../../src/maps/struct.ts";
import type { WrongAnswers } from "./wrong-answer.ts";

const shortest = map.array({ name: "shortest", value: u64, maxEntries: 1 });
const longest = map.array({
  name: "longest",
  value: struct({ lock: bpfSpinLock, sender: u32, length: u64 }),
  maxEntries: 1,
});
const lengths = map.hash({ name: "lengths", key: u32, value: u64, maxEntries: 2048 });

/** r6 is the address of the element, r7 the packet's length, r8 the last byte of its sender. */
const keep = (where: typeof shortest | typeof longest, body: string) => asm({ type: "xdp", name: "keep" })`
    r6 = *(u32 *)(r1 + 0)
    r7 = *(u32 *)(r1 + 4)
    r2 = r6
    r2 += 30
    if r2 > r7 goto out
    r8 = *(u8 *)(r6 + 29)
    r7 -= r6
    *(u32 *)(r10 - 4) = 0
    r1 = map[${where}]
    r2 = r10
    r2 += -4
    call bpf_map_lookup_elem
    if r0 == 0 goto out
    r6 = r0
    ${body}
out:
    r0 = 2
    exit
`;

const LOOKUP = "r1 = map[lengths]\nr2 = r10\nr2 += -4\ncall bpf_map_lookup_elem\n";
const update = (flags: number) =>
  `r1 = map[lengths]\nr2 = r10\nr2 += -4\nr3 = r10\nr3 += -16\nr4 = ${flags}\ncall bpf_map_update_elem\n`;
const ADD = "r1 = 1\nlock *(u64 *)(r0 + 0) += r1\n";
const byLength = (body: string) => asm({ type: "xdp", name: "by_length", maps: [lengths] })`
    r6 = *(u32 *)(r1 + 0)
    r7 = *(u32 *)(r1 + 4)
    r7 -= r6
    *(u32 *)(r10 - 4) = r7
    r1 = 1
    *(u64 *)(r10 - 16) = r1
    ${body}
out:
    r0 = 2
    exit
`;

const COMPARE = "r1 = *(u64 *)(r6 + 8)\nif r1 >= r7 goto out\n";
const STORE = "*(u32 *)(r6 + 4) = r8\n*(u64 *)(r6 + 8) = r7\n";
const LOCK = "r1 = r6\ncall bpf_spin_lock\n";
const UNLOCK = "r1 = r6\ncall bpf_spin_unlock\n";

export const WRONG_24: WrongAnswers = {
  "24-1": [
    { answer: [35], mistake: "best" },
    { answer: [25, 35], mistake: "worst" },
    { answer: [5, 15, 25, 35], mistake: "none" },
  ],
  "24-2": [
    {
      answer: keep(
        shortest,
        "r1 = *(u64 *)(r6 + 0)\nif r1 == 0 goto mine\nif r7 >= r1 goto out\nmine:\n*(u64 *)(r6 + 0) = r7",
      ),
      mistake: "lost",
    },
    {
      answer: keep(
        shortest,
        "r0 = *(u64 *)(r6 + 0)\nif r0 == 0 goto mine\nif r7 >= r0 goto out\nmine:\nr0 = cmpxchg_64(r6 + 0, r0, r7)",
      ),
      mistake: "once",
    },
    { answer: keep(shortest, "r1 = *(u64 *)(r6 + 0)\nif r7 >= r1 goto out\n*(u64 *)(r6 + 0) = r7"), mistake: "zero" },
    {
      answer: keep(shortest, "r1 = *(u64 *)(r6 + 0)\nif r1 >= r7 goto out\n*(u64 *)(r6 + 0) = r7"),
      mistake: "longest",
    },
  ],
  "24-3": [
    { answer: byLength(update(0)), mistake: "overwrites" },
    { answer: byLength(`${LOOKUP}if r0 != 0 goto add\n${update(0)}goto out\nadd:\n${ADD}`), mistake: "insert" },
    { answer: byLength(`${LOOKUP}if r0 != 0 goto add\n${update(1)}goto out\nadd:\n${ADD}`), mistake: "once" },
    {
      answer: byLength(
        `${LOOKUP}if r0 != 0 goto add\n${update(1)}if r0 == 0 goto out\n${LOOKUP}if r0 == 0 goto out\nadd:\nr1 = *(u64 *)(r0 + 0)\nr1 += 1\n*(u64 *)(r0 + 0) = r1`,
      ),
      mistake: "plain",
    },
  ],
  "24-4": [
    { answer: keep(longest, `${COMPARE}${STORE}`), mistake: "mixed" },
    { answer: keep(longest, `${COMPARE}${LOCK}${STORE}${UNLOCK}`), mistake: "late" },
    { answer: keep(longest, `${LOCK}${STORE}${UNLOCK}`), mistake: "any" },
  ],
};
