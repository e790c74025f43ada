/** Programs, verdicts and logs as other folders hand them to the views: plain data. */
import { assemble } from "../../src/asm/assemble.ts";
import { helperId } from "../../src/helpers/names.ts";
import type { ProgramSpec } from "../../src/programs/spec.ts";
import type { Verdict } from "../../src/verifier/verdict.ts";

const resolver = { helper: helperId, map: (name: string) => (name === "sizes" ? 0 : undefined) };

export const dropUdp: ProgramSpec = {
  type: "xdp",
  name: "drop_udp",
  license: "GPL",
  maps: [],
  ...assemble(
    `    r2 = *(u32 *)(r1 + 0)        // data
    r3 = *(u32 *)(r1 + 4)        // data_end
    r4 = r2
    r4 += 34
    if r4 > r3 goto pass
    r5 = *(u8 *)(r2 + 23)        // ip->protocol
    if r5 != 17 goto pass
    r0 = 1
    exit
pass:
    r0 = 2
    exit
`,
    resolver,
  ),
};

export const accepted: Verdict = {
  ok: true,
  processed: 13,
  stackDepth: [0],
  facts: [],
  log: `0: R1=ctx() R10=fp0
0: (61) r2 = *(u32 *)(r1 +0)          ; R1=ctx() R2_w=pkt(r=0)
1: (61) r3 = *(u32 *)(r1 +4)          ; R1=ctx() R3_w=pkt_end()
2: (bf) r4 = r2                       ; R2_w=pkt(r=0) R4_w=pkt(r=0)
3: (07) r4 += 34                      ; R4_w=pkt(off=34,r=0)
4: (2d) if r4 > r3 goto pc+4          ; R3_w=pkt_end() R4_w=pkt(off=34,r=34)
5: (71) r5 = *(u8 *)(r2 +23)          ; R2_w=pkt(r=34) R5_w=scalar(smin=smin32=0,smax=umax=smax32=umax32=255,var_off=(0x0; 0xff))
6: (55) if r5 != 0x11 goto pc+2       ; R5_w=17
7: (b7) r0 = 1                        ; R0_w=1
8: (95) exit

from 6 to 9: R1=ctx() R2_w=pkt(r=34) R3_w=pkt_end() R4_w=pkt(off=34,r=34) R5_w=scalar() R10=fp0
9: (b7) r0 = 2                        ; R0_w=2
10: (95) exit
processed 13 insns (limit 1000000) max_states_per_insn 0 total_states 1 peak_states 1 mark_read 1
`,
};

export const countReads: ProgramSpec = {
  type: "tracepoint",
  name: "count_reads",
  license: "GPL",
  maps: [{ type: "hash", name: "sizes", keySize: 4, valueSize: 8, maxEntries: 64, flags: 0 }],
  ...assemble(
    `    r2 = *(u64 *)(r1 + 16)       // ret
    *(u32 *)(r10 - 4) = r2
    r2 = r10
    r2 += -4
    r1 = map[sizes]
    call bpf_map_lookup_elem
    r1 = 1
    lock *(u64 *)(r0 + 0) += r1  // no test for NULL
    r0 = 0
    exit
`,
    resolver,
  ),
};

export const rejected: Verdict = {
  ok: false,
  errno: "EACCES",
  error: "R0 invalid mem access 'map_value_or_null'",
  at: 8,
  processed: 8,
  stackDepth: [8],
  facts: [],
  log: `0: R1=ctx() R10=fp0
0: (79) r2 = *(u64 *)(r1 +16)         ; R1=ctx() R2_w=scalar()
1: (63) *(u32 *)(r10 -4) = r2         ; R2_w=scalar() R10=fp0 fp-8=mmmm????
2: (bf) r2 = r10                      ; R2_w=fp0 R10=fp0
3: (07) r2 += -4                      ; R2_w=fp-4
4: (18) r1 = 0xffff888100000000       ; R1_w=map_ptr(map=sizes,ks=4,vs=8)
6: (85) call bpf_map_lookup_elem#1    ; R0_w=map_value_or_null(id=1,map=sizes,ks=4,vs=8)
7: (b7) r1 = 1                        ; R1_w=1
8: (db) lock *(u64 *)(r0 +0) += r1
R0 invalid mem access 'map_value_or_null'
processed 8 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
`,
};

/** A program as a compiler makes it: several instructions a line, some without one. */
export const compiled: ProgramSpec = {
  type: "xdp",
  name: "from_c",
  license: "GPL",
  maps: [{ type: "array", name: "<counts>", keySize: 4, valueSize: 8, maxEntries: 1, flags: 0 }],
  insns: [
    { code: 0x18, dst: 1, src: 2, offset: 0, imm: 0 },
    { code: 0, dst: 0, src: 0, offset: 0, imm: 8 },
    { code: 0xb7, dst: 0, src: 0, offset: 0, imm: 2 },
    { code: 0x95, dst: 0, src: 0, offset: 0, imm: 0 },
  ],
  lines: [
    { line: 7, column: 3, text: "  count = &counts[1];" },
    undefined,
    { line: 9, column: 3, text: "  return XDP_PASS; /* <b> */" },
    { line: 9, column: 3, text: "  return XDP_PASS; /* <b> */" },
  ],
};
