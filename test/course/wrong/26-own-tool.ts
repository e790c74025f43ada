import { asm } from "../../../src/loader/asm.ts";
import { u32, u64 } from "../../../src/maps/codec.ts";
import { map } from "../../../src/maps/map.ts";
import type { WrongAnswers } from "./wrong-answer.ts";

const began = map.hash({ name: "began", key: u32, value: u64, maxEntries: 1024 });
const least = map.array({ name: "least", value: u64, maxEntries: 1 });
const slept = map.ringbuf({ name: "slept", value: u64, size: 4096 });
const open = map.hash({ name: "open", key: u32, value: u64, maxEntries: 1024 });

const DELETE = `r1 = map[${began.name}]\nr2 = r10\nr2 += -4\ncall bpf_map_delete_elem\n`;
/** `first` comes before the comparison `compare`, `last` after the record was sent. */
const atEnd = (first: string, compare: string, last = "") => asm({
  type: "tracepoint",
  name: "at_end",
  maps: [began, least, slept],
})`
    call bpf_get_current_pid_tgid
    *(u32 *)(r10 - 4) = r0
    r1 = map[began]
    r2 = r10
    r2 += -4
    call bpf_map_lookup_elem
    if r0 == 0 goto out
    r7 = *(u64 *)(r0 + 0)
    ${first}
    call bpf_ktime_get_ns
    r0 -= r7
    r7 = r0
    *(u64 *)(r10 - 16) = r7
    *(u32 *)(r10 - 20) = 0
    r1 = map[least]
    r2 = r10
    r2 += -20
    call bpf_map_lookup_elem
    if r0 == 0 goto out
    r1 = *(u64 *)(r0 + 0)
    ${compare}
    r1 = map[slept]
    r2 = r10
    r2 += -16
    r3 = 8
    r4 = 0
    call bpf_ringbuf_output
    ${last}
out:
    r0 = 0
    exit
`;
const BELOW = "if r7 < r1 goto out";

const sweep = (key: string) => asm({ type: "tracepoint", name: "sweep", maps: [open] })`
    call bpf_get_current_pid_tgid
    ${key}
    *(u32 *)(r10 - 4) = r0
    r1 = map[open]
    r2 = r10
    r2 += -4
    call bpf_map_delete_elem
    r0 = 0
    exit
`;
export const WRONG_26: WrongAnswers = {
  "26-1": [
    { answer: ["kprobe", "profile", "uprobe", "kprobe"], mistake: "promise" },
    { answer: ["tracepoints", "tracepoints", "uprobe", "kprobe"], mistake: "counting" },
    { answer: ["tracepoints", "profile", "kprobe", "kprobe"], mistake: "inside" },
    { answer: ["tracepoints", "profile", "uprobe", "tracepoints"], mistake: "none" },
  ],
  "26-2": [
    { answer: atEnd(DELETE, ""), mistake: "all" },
    { answer: atEnd(DELETE, "if r7 >= r1 goto out"), mistake: "reversed" },
    { answer: atEnd("", BELOW), mistake: "kept" },
    { answer: atEnd("", BELOW, DELETE), mistake: "half" },
  ],
  "26-3": [
    { answer: sweep("r0 >>= 32"), mistake: "process" },
    { answer: sweep("r0 = 0"), mistake: "none" },
  ],
};
