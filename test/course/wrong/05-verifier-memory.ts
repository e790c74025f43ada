import { asm } from "../../../src/loader/asm.ts";
import { u32, u64 } from "../../../src/maps/codec.ts";
import { map } from "../../../src/maps/map.ts";
import type { WrongAnswers } from "./wrong-answer.ts";

/** A DNS filter: how many bytes it compares, the protocol it wants, the port as it compares it, and what it returns. */
function dropDns({ bytes = 38, protocol = "if r0 != 17 goto pass", port = "0x3500", drop = 1 } = {}) {
  return asm({ type: "xdp", name: "drop_dns" })`
      r2 = *(u32 *)(r1 + 0)
      r3 = *(u32 *)(r1 + 4)
      r4 = r2
      r4 += ${bytes}
      if r4 > r3 goto pass
      r0 = *(u8 *)(r2 + 23)
      ${protocol}
      r5 = *(u16 *)(r2 + 36)
      if r5 != ${port} goto pass
      r0 = ${drop}
      exit
  pass:
      r0 = 2
      exit
  `;
}

/** Counts protocols: what it does after the lookup, and what it returns. */
function byProtocol(after: string, returns = 2) {
  const counts = map.hash({ name: "counts", key: u32, value: u64, maxEntries: 256 });
  return asm({ type: "xdp", name: "by_protocol" })`
      r2 = *(u32 *)(r1 + 0)
      r3 = *(u32 *)(r1 + 4)
      r4 = r2
      r4 += 24
      if r4 > r3 goto out
      r0 = *(u8 *)(r2 + 23)
      *(u32 *)(r10 - 4) = r0
      *(u64 *)(r10 - 16) = ${after === "zero" ? 0 : 1}
      r1 = map[${counts}]
      r2 = r10
      r2 += -4
      call bpf_map_lookup_elem
      ${after === "unchecked" ? "r1 = *(u64 *)(r0 + 0)" : "r1 = 0"}
      if r0 == 0 goto first
      r1 = 1
      lock *(u64 *)(r0 + 0) += r1
      goto out
  first:
      r1 = map[${counts}]
      r2 = r10
      r2 += -4
      r3 = r10
      r3 += -16
      r4 = 0
      call bpf_map_update_elem
  out:
      r0 = ${returns}
      exit
  `;
}

export const WRONG_05: WrongAnswers = {
  "05-1": [
    { answer: 36, mistake: "first" },
    { answer: 37, mistake: "last" },
  ],
  "05-2": [
    { answer: dropDns({ port: "53" }), mistake: "order" },
    { answer: dropDns({ protocol: "r0 = 0" }), mistake: "protocol" },
    { answer: dropDns({ drop: 0 }), mistake: "returns" },
    { answer: dropDns({ bytes: 37 }), mistake: "length" },
  ],
  "05-3": [
    { answer: byProtocol("zero"), mistake: "first" },
    { answer: byProtocol("unchecked"), mistake: "null" },
    { answer: byProtocol("checked", 1), mistake: "drops" },
  ],
};
