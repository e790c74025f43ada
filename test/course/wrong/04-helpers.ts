import { asm } from "../../../src/loader/asm.ts";
import { u32, u64 } from "../../../src/maps/codec.ts";
import { map } from "../../../src/maps/map.ts";
import { struct } from "../../../src/maps/struct.ts";
import type { WrongAnswers } from "./wrong-answer.ts";

/** The lesson's program with its own way to keep the context, and to load the length. */
function lengthOf(keep: string, load: string, call = "call bpf_ktime_get_ns") {
  const last = map.array({ name: "last", value: u64, maxEntries: 1 });
  return asm({ type: "socket_filter", name: "length_of" })`
      ${keep}
      r0 = 1
      ${call}
      *(u64 *)(r10 - 16) = r0
      *(u32 *)(r10 - 4) = 0
      ${load}
      r1 = map[${last}]
      r2 = r10
      r2 += -4
      r3 = r10
      r3 += -16
      r4 = 0
      call bpf_map_update_elem
      r0 = r7
      exit
  `;
}

/** A program that sends reads, with its parts exchanged. */
function sendLarge({
  before = "if r6 s< 4096 goto out",
  check = "if r0 == 0 goto out",
  shift = "r0 >>= 32",
  end = "",
}) {
  const large = map.ringbuf({ name: "large", value: struct({ pid: u32, size: u32 }), size: 4096 });
  return asm({ type: "tracepoint", name: "send_large" })`
      r6 = *(u64 *)(r1 + 16)
      ${before}
      r1 = map[${large}]
      r2 = 8
      r3 = 0
      call bpf_ringbuf_reserve
      ${check}
      r7 = r0
      call bpf_get_current_pid_tgid
      ${shift}
      *(u32 *)(r7 + 0) = r0
      *(u32 *)(r7 + 4) = r6
      ${end}
      r1 = r7
      r2 = 0
      call bpf_ringbuf_submit
  out:
      r0 = 0
      exit
  `;
}

export const WRONG_04: WrongAnswers = {
  "04-1": [
    { answer: 4100, mistake: "thread" },
    { answer: 13520557051908n, mistake: "whole" },
  ],
  "04-2": [
    { answer: lengthOf("", "r7 = *(u32 *)(r1 + 0)"), mistake: "gone" },
    { answer: lengthOf("r3 = r1", "r7 = *(u32 *)(r3 + 0)"), mistake: "clobbered" },
    { answer: lengthOf("", "r7 = *(u32 *)(r1 + 0)", ""), mistake: "removed" },
  ],
  "04-3": [
    { answer: ["bpf_skb_load_bytes", "bpf_ktime_get_ns"], mistake: "skb" },
    { answer: ["bpf_xdp_adjust_tail", "bpf_ktime_get_ns", "bpf_get_stackid"], mistake: "stack" },
    { answer: ["bpf_ktime_get_ns"], mistake: "missing" },
  ],
  "04-4": [
    { answer: sendLarge({ end: "if r6 s< 5000 goto out" }), mistake: "leak" },
    { answer: sendLarge({ check: "" }), mistake: "unchecked" },
    { answer: sendLarge({ before: "" }), mistake: "all" },
    { answer: sendLarge({ shift: "" }), mistake: "thread" },
    { answer: sendLarge({ before: "if r6 s<= 4096 goto out" }), mistake: "limit" },
  ],
};
