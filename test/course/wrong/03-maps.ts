import { asm } from "../../../src/loader/asm.ts";
import { u32, u64 } from "../../../src/maps/codec.ts";
import { map } from "../../../src/maps/map.ts";
import type { WrongAnswers } from "./wrong-answer.ts";

/** The lesson's program from where the key is known, with or without swapping the port's bytes. */
function countPorts(counts: string, swap = "r7 = be16 r7") {
  const ports = map.hash({ name: "ports", key: u32, value: u64, maxEntries: 1024 });
  return asm({ type: "xdp", name: "count_ports" })`
      r6 = *(u32 *)(r1 + 0)
      r2 = *(u32 *)(r1 + 4)
      r3 = r6
      r3 += 42
      if r3 > r2 goto pass
      r7 = *(u16 *)(r6 + 36)
      ${swap}
      *(u32 *)(r10 - 4) = r7
      r1 = 1
      *(u64 *)(r10 - 16) = r1
      r1 = map[${ports}]
      r2 = r10
      r2 += -4
      ${counts}
  pass:
      r0 = 2
      exit
  `;
}

const INSERT = "r3 = r10\nr3 += -16\nr4 = 0\ncall bpf_map_update_elem";
const ADD_IF_THERE = "call bpf_map_lookup_elem\nif r0 == 0 goto pass\nr1 = 1\nlock *(u64 *)(r0 + 0) += r1";

/** The lesson's program, adding in some way. */
function addLength(add: string) {
  const sum = map.array({ name: "bytes_seen", value: u64, maxEntries: 1 });
  return asm({ type: "xdp", name: "add_length" })`
      r6 = *(u32 *)(r1 + 0)
      r7 = *(u32 *)(r1 + 4)
      r7 -= r6
      *(u32 *)(r10 - 4) = 0
      r1 = map[${sum}]
      r2 = r10
      r2 += -4
      call bpf_map_lookup_elem
      if r0 == 0 goto out
      ${add}
  out:
      r0 = 2
      exit
  `;
}

const PLAIN = "r1 = *(u64 *)(r0 + 0)\nr1 += r7\n*(u64 *)(r0 + 0) = r1";
const ATOMIC = "lock *(u64 *)(r0 + 0) += r7";

export const WRONG_03: WrongAnswers = {
  "03-1": [
    { answer: ["ENOENT", "EEXIST", "EINVAL"], mistake: "range" },
    { answer: ["E2BIG", "ENOENT", "EINVAL"], mistake: "absent" },
    { answer: ["E2BIG", "EEXIST", "ENOENT"], mistake: "missing" },
  ],
  "03-2": [
    { answer: countPorts(ADD_IF_THERE), mistake: "empty" },
    { answer: countPorts(INSERT), mistake: "ones" },
    { answer: countPorts(INSERT, ""), mistake: "order" },
  ],
  "03-3": [
    { answer: addLength(PLAIN), mistake: "lost" },
    { answer: addLength(`${PLAIN}\n${ATOMIC}`), mistake: "twice" },
    { answer: addLength("r1 = 1\nlock *(u64 *)(r0 + 0) += r1"), mistake: "ones" },
    { answer: addLength("lock *(u64 *)(r0 + 4) += r7"), mistake: "width" },
  ],
  "03-4": [
    { answer: ["hash", "percpu_array", "ringbuf", "lpm_trie"], mistake: "full" },
    { answer: ["lru_hash", "array", "ringbuf", "lpm_trie"], mistake: "shared" },
    { answer: ["lru_hash", "percpu_array", "perf_event_array", "lpm_trie"], mistake: "unordered" },
    { answer: ["lru_hash", "percpu_array", "ringbuf", "hash"], mistake: "exact" },
  ],
};
