import { asm } from "../../../src/loader/asm.ts";
import { u64 } from "../../../src/maps/codec.ts";
import { map } from "../../../src/maps/map.ts";
import type { WrongAnswers } from "./wrong-answer.ts";

const filter = (text: string) => asm({ type: "socket_filter", name: "cut" })(text);

function nothingRead(narrow: string) {
  const ends = map.array({ name: "ends", value: u64, maxEntries: 1 });
  return asm({ type: "tracing", attach: "fexit:vfs_read", name: "nothing_read" })`
      ${narrow}
      *(u32 *)(r10 - 4) = 0
      r1 = map[${ends}]
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
}

export const WRONG_10: WrongAnswers = {
  "10-1": [
    { answer: ["sched_cls", "cgroup_sock_addr", "tracing", "perf_event"], mistake: "late" },
    { answer: ["xdp", "lsm", "tracing", "perf_event"], mistake: "watches" },
    { answer: ["xdp", "cgroup_sock_addr", "kprobe", "perf_event"], mistake: "untyped" },
    { answer: ["xdp", "cgroup_sock_addr", "tracing", "tracepoint"], mistake: "events" },
  ],
  "10-2": [
    { answer: filter("r0 = 2\nexit"), mistake: "verdict" },
    { answer: filter("r0 = *(u32 *)(r1 + 0)\nif r0 > 500 goto out\nr0 = 0\nout: exit"), mistake: "whole" },
    {
      answer: filter("r1 = *(u32 *)(r1 + 0)\nr0 = 100\nif r1 <= 500 goto out\nr0 = 0\nout: exit"),
      mistake: "reversed",
    },
  ],
  "10-3": [
    { answer: nothingRead(""), mistake: "all" },
    { answer: nothingRead("r6 = *(u64 *)(r1 + 16)\nif r6 != 0 goto out"), mistake: "argument" },
    { answer: nothingRead("r6 = *(u64 *)(r1 + 32)\nif r6 == 0 goto out"), mistake: "reversed" },
  ],
};
