import { asm } from "../../../src/loader/asm.ts";
import { bytes, u64 } from "../../../src/maps/codec.ts";
import { map } from "../../../src/maps/map.ts";
import type { WrongAnswers } from "./wrong-answer.ts";

const DISCARD = "r1 = r6\nr2 = 0\ncall bpf_ringbuf_discard";

/** The lesson's program: where root goes, where it goes without room, and what is done at `root` and `out`. */
function reportUsers({ root = "if r0 == 0 goto out", noRoom = "out", end = "out:" }) {
  const users = map.ringbuf({ name: "users", value: u64, size: 4096 });
  return asm({ type: "tracepoint", name: "report_users" })`
      r6 = 0
      r1 = map[${users}]
      r2 = 8
      r3 = 0
      call bpf_ringbuf_reserve
      if r0 == 0 goto ${noRoom}
      r6 = r0
      call bpf_get_current_uid_gid
      r0 <<= 32
      r0 >>= 32
      ${root}
      *(u64 *)(r6 + 0) = r0
      r1 = r6
      r2 = 0
      call bpf_ringbuf_submit
      r6 = 0
      r0 = 0
      exit
  ${end}
      r0 = 0
      exit
  `;
}

/** The lesson's program, with its checks and the size for the helper. */
function copyBytes(checks: string, size = "r4 = r8") {
  const sample = map.array({ name: "sample", value: bytes(16), maxEntries: 1 });
  return asm({ type: "xdp", name: "copy_bytes" })`
      r6 = r1
      *(u32 *)(r10 - 4) = 0
      r1 = map[${sample}]
      r2 = r10
      r2 += -4
      call bpf_map_lookup_elem
      if r0 == 0 goto out
      r7 = r0
      r8 = *(u8 *)(r7 + 0)
      ${checks}
      r1 = r6
      r2 = 0
      r3 = r7
      r3 += 1
      ${size}
      call bpf_xdp_load_bytes
      r0 = r8
      exit
  out:
      r0 = 0
      exit
  `;
}

/** A program that gives the port behind `header` bytes of IP header. */
function portOf({ length = "r5 &= 15\nr5 <<= 2", again = "r4 = r2\nr4 += 18\nif r4 > r3 goto out", swap = true } = {}) {
  return asm({ type: "xdp", name: "port_of" })`
      r2 = *(u32 *)(r1 + 0)
      r3 = *(u32 *)(r1 + 4)
      r4 = r2
      r4 += 34
      if r4 > r3 goto out
      r5 = *(u8 *)(r2 + 23)
      if r5 != 17 goto out
      r5 = *(u8 *)(r2 + 14)
      ${length}
      r2 += r5
      ${again}
      r0 = *(u16 *)(r2 + 16)
      ${swap ? "r0 = be16 r0" : ""}
      exit
  out:
      r0 = 0
      exit
  `;
}

export const WRONG_07: WrongAnswers = {
  "07-1": [
    { answer: 8, mistake: "place" },
    { answer: 4, mistake: "check" },
    { answer: 3, mistake: "check" },
    { answer: 5, mistake: "other" },
    { answer: 6, mistake: "other" },
  ],
  "07-2": [
    { answer: reportUsers({}), mistake: "leak" },
    {
      answer: reportUsers({ noRoom: "give", root: "if r0 == 0 goto give", end: `give:\n${DISCARD}\nout:` }),
      mistake: "null",
    },
    { answer: reportUsers({ root: "", end: "out:" }), mistake: "root" },
  ],
  "07-3": [
    { answer: copyBytes("if r8 > 16 goto out", "r4 = *(u8 *)(r7 + 0)"), mistake: "twice" },
    { answer: copyBytes("if r8 == 0 goto out\nif r8 > 16 goto out"), mistake: "large" },
    { answer: copyBytes("if r8 > 15 goto out"), mistake: "zero" },
    { answer: copyBytes("r8 &= 15\nif r8 == 0 goto out"), mistake: "masked" },
  ],
  "07-4": [
    { answer: portOf({ length: "r5 = 20" }), mistake: "fixed" },
    { answer: portOf({ length: "r5 &= 15" }), mistake: "units" },
    { answer: portOf({ again: "" }), mistake: "again" },
    { answer: portOf({ swap: false }), mistake: "order" },
  ],
};
