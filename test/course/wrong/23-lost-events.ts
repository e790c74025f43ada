import { asm } from "../../../src/loader/asm.ts";
import { u32, u64 } from "../../../src/maps/codec.ts";
import { map } from "../../../src/maps/map.ts";
import type { WrongAnswers } from "./wrong-answer.ts";

const callers = map.ringbuf({ name: "callers", value: u32, size: 4096 });
const missed = map.array({ name: "missed", value: u64, maxEntries: 1 });

/** Sends, then leaves or goes on to count by what `leave` says of r0. */
const openers = (leave: string) => asm({ type: "tracepoint", name: "openers", maps: [callers, missed] })`
    call bpf_get_current_pid_tgid
    r0 >>= 32
    *(u32 *)(r10 - 4) = r0
    r1 = map[callers]
    r2 = r10
    r2 += -4
    r3 = 4
    r4 = 0
    call bpf_ringbuf_output
    ${leave}
    *(u32 *)(r10 - 4) = 0
    r1 = map[missed]
    r2 = r10
    r2 += -4
    call bpf_map_lookup_elem
    if r0 == 0 goto out
    r1 = 1
    lock *(u64 *)(r0 + 0) += r1
out:
    r0 = 0
    exit
`;

const opens = map.ringbuf({ name: "opens", value: u64, size: 4096 });
const precious = (decide: string) => asm({ type: "tracepoint", name: "precious", maps: [opens] })`
    r6 = *(u64 *)(r1 + 16)
    ${decide}
send:
    *(u64 *)(r10 - 8) = r6
    r1 = map[opens]
    r2 = r10
    r2 += -8
    r3 = 8
    r4 = 0
    call bpf_ringbuf_output
out:
    r0 = 0
    exit
`;
const HALF = "r1 = map[opens]\nr2 = 0\ncall bpf_ringbuf_query\nif r0 >= 2048 goto out";

export const WRONG_23: WrongAnswers = {
  "23-1": [
    { answer: 163, mistake: "bare" },
    { answer: 141, mistake: "rounding" },
    { answer: 128, mistake: "full" },
  ],
  "23-2": [
    { answer: 65536, mistake: "header" },
    { answer: 67200, mistake: "power" },
    { answer: 4194304, mistake: "second" },
  ],
  "23-3": [
    { answer: openers("if r0 != 1 goto out"), mistake: "none" },
    { answer: openers(""), mistake: "all" },
    { answer: openers("if r0 != 0 goto out"), mistake: "sent" },
  ],
  "23-4": [
    { answer: precious(""), mistake: "full" },
    { answer: precious(HALF), mistake: "both" },
    { answer: precious("if r6 s>= 0 goto out"), mistake: "silent" },
  ],
};
