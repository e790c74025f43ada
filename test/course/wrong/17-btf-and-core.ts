import type { Btf } from "../../../src/btf/btf.ts";
import { asm } from "../../../src/loader/asm.ts";
import { u32 } from "../../../src/maps/codec.ts";
import { map } from "../../../src/maps/map.ts";
import type { WrongAnswers } from "./wrong-answer.ts";

const bits = (btf: Btf, structure: string, member: string) =>
  btf.byName(structure, "struct")?.members.find(({ name }) => name === member)?.bitOffset;

const noteParent = (parent: number, tgid: number) => () => {
  const noted = map.array({ name: "parent", value: u32, maxEntries: 1 });
  return asm({ type: "tracepoint", name: "note_parent" })`
    *(u32 *)(r10 - 4) = 0
    r1 = map[${noted}]
    r2 = r10
    r2 += -4
    call bpf_map_lookup_elem
    if r0 == 0 goto out
    r6 = r0
    call bpf_get_current_task
    r1 = r10
    r1 += -16
    r2 = 8
    r3 = r0
    r3 += ${parent}
    call bpf_probe_read_kernel
    r1 = r6
    r2 = 4
    r3 = *(u64 *)(r10 - 16)
    r3 += ${tgid}
    call bpf_probe_read_kernel
out:
    r0 = 0
    exit
`;
};

export const WRONG_17: WrongAnswers = {
  "17-1": [
    { answer: 1264, mistake: "compiled" },
    { answer: 2416, mistake: "other" },
    { answer: 8 * 2432, mistake: "bits" },
  ],
  "17-2": [
    { answer: bits, mistake: "bits" },
    { answer: () => 1268, mistake: "fixed" },
    {
      answer: (btf: Btf, structure: string, member: string) => Number(bits(btf, structure, member)) / 8,
      mistake: "missing",
    },
  ],
  "17-3": [
    { answer: ["same", "refused", "left out", "same"], mistake: "moved" },
    { answer: ["moved", "refused", "refused", "same"], mistake: "asked" },
    { answer: ["moved", "left out", "left out", "same"], mistake: "unasked" },
    { answer: ["moved", "refused", "left out", "moved"], mistake: "stays" },
  ],
  "17-4": [
    { answer: noteParent(0, 0), mistake: "beginning" },
    { answer: noteParent(1280, 1268), mistake: "fixed" },
    {
      answer: (btf: Btf) =>
        noteParent(
          Number(bits(btf, "task_struct", "group_leader")) / 8,
          Number(bits(btf, "task_struct", "tgid")) / 8,
        )(),
      mistake: "itself",
    },
  ],
};
